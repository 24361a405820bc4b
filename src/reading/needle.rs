//! What every match of a regular expression has to contain, to pass a text over without running the expression: the
//! engine (`regex-lite`) takes some tens of nanoseconds a byte, looking for a word about one.
//!
//! Only what is certain counts: whatever is not understood here asks for nothing, and the expression is run.

/// What a text has to contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needles {
    /// One of these at the beginning; empty where anything may stand there.
    heads: Vec<Vec<u8>>,
    /// Every line has a beginning, not the text alone.
    lines: bool,
    /// Of each of these lists one, anywhere.
    all: Vec<Vec<Vec<u8>>>,
    /// Letters are the same in either case (those of ASCII, as in the engine).
    fold: bool,
}

/// What is known of a part of an expression.
#[derive(Clone, Debug, Default)]
struct Part {
    /// The only text it matches, where there is only one.
    exact: Option<Vec<u8>>,
    /// What its matches contain, as in [`Needles`].
    needs: Vec<Vec<Vec<u8>>>,
}

impl Needles {
    /// What the matches of an expression contain. `flags` are the letters it is compiled with; `i` and `m` count, and `x` makes
    /// the expression another language.
    #[must_use]
    pub fn of(source: &str, flags: &str) -> Self {
        if flags.contains('x') {
            return Self::default();
        }
        let mut reader = Reader { rest: source, depth: 0 };
        let Some(part) = reader.alternatives().filter(|_| reader.rest.is_empty()) else { return Self::default() };
        Self { heads: heads(source), lines: flags.contains('m'), all: part.all(), fold: flags.contains('i') }
    }

    /// Whether the expression may be found in the text; where not, it is not.
    #[must_use]
    pub fn may_match(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let begins = |at: usize, needle: &Vec<u8>| {
            bytes
                .get(at..at + needle.len())
                .is_some_and(|found| if self.fold { found.eq_ignore_ascii_case(needle) } else { found == needle })
        };
        let leads = |at: usize| self.heads.iter().any(|head| begins(at, head));
        let on_a_line = || self.lines && text.match_indices('\n').any(|(at, _)| leads(at + 1));
        if !(self.heads.is_empty() || leads(0) || on_a_line()) {
            return false;
        }
        let contains = |needle: &Vec<u8>| {
            let Some(first) = needle.first() else { return true };
            let other = if self.fold { [first.to_ascii_lowercase(), first.to_ascii_uppercase()] } else { [*first; 2] };
            bytes.iter().enumerate().any(|(at, byte)| other.contains(byte) && begins(at, needle))
        };
        self.all.iter().all(|any| any.iter().any(contains))
    }
}

/// What follows the `^` of an expression that has one branch: a text, or a group of texts.
fn heads(source: &str) -> Vec<Vec<u8>> {
    let Some(after) = source.strip_prefix('^') else { return Vec::new() };
    let mut reader = Reader { rest: after, depth: 0 };
    let one = reader.sequence().is_some() && reader.rest.is_empty();
    let mut reader = Reader { rest: after, depth: 0 };
    let known = one.then(|| reader.item()).flatten();
    match known.zip(reader.least()) {
        Some((Part { exact: Some(text), .. }, 1..)) if !text.is_empty() => vec![text],
        Some((Part { needs, .. }, 1..)) if after.starts_with('(') => {
            // Only where the group is nothing but these texts.
            let inside =
                after.strip_prefix('(').map(|rest| rest.strip_prefix("?:").unwrap_or(rest)).unwrap_or_default();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '|' || c == '-' || c == '_' || c == ' ';
            let whole = inside.split_once(')').is_some_and(|(words, _)| words.chars().all(plain));
            needs.into_iter().next().filter(|_| whole).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

impl Part {
    /// All that its matches contain.
    fn all(self) -> Vec<Vec<Vec<u8>>> {
        match self.exact {
            Some(text) if text.is_empty() => Vec::new(),
            Some(text) => vec![vec![text]],
            None => self.needs,
        }
    }
}

/// How deep groups may lie in each other.
const DEPTH: usize = 20;

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next();
        self.rest = letters.as_str();
        letter
    }

    fn eats(&mut self, text: &str) -> bool {
        let after = self.rest.strip_prefix(text);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Branches up to the end of the group or of the expression; `None` where something is not understood.
    fn alternatives(&mut self) -> Option<Part> {
        let mut branches = vec![self.sequence()?];
        while self.eats("|") {
            branches.push(self.sequence()?);
        }
        if branches.len() == 1 {
            return branches.pop();
        }
        // Of each branch the list whose shortest text is longest: a match contains one of them all.
        let least = |list: &Vec<Vec<u8>>| list.iter().map(Vec::len).min().unwrap_or_default();
        let best = branches.into_iter().map(|branch| branch.all().into_iter().max_by_key(least));
        let any: Option<Vec<Vec<Vec<u8>>>> = best.collect();
        Some(Part { exact: None, needs: any.map(|lists| vec![lists.concat()]).unwrap_or_default() })
    }

    fn sequence(&mut self) -> Option<Part> {
        let mut needs: Vec<Vec<Vec<u8>>> = Vec::new();
        let mut run: Vec<u8> = Vec::new();
        let mut exact = true;
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            let item = self.item()?;
            let before = self.rest.len();
            let least = self.least()?;
            let once = self.rest.len() == before;
            match item.exact {
                Some(text) if once => run.extend(text),
                _ if least == 0 => {
                    needs.extend((!run.is_empty()).then(|| vec![std::mem::take(&mut run)]));
                    exact = false;
                }
                Some(text) => {
                    // At least once, so what came before stands before the first of them.
                    run.extend(&text);
                    needs.extend((!run.is_empty()).then(|| vec![std::mem::take(&mut run)]));
                    exact = false;
                }
                None => {
                    needs.extend((!run.is_empty()).then(|| vec![std::mem::take(&mut run)]));
                    needs.extend(item.needs);
                    exact = false;
                }
            }
        }
        if exact {
            return Some(Part { exact: Some(run), needs: Vec::new() });
        }
        needs.extend((!run.is_empty()).then(|| vec![run]));
        Some(Part { exact: None, needs })
    }

    /// One thing that a repetition would repeat.
    fn item(&mut self) -> Option<Part> {
        let exact = |text: Vec<u8>| Some(Part { exact: Some(text), needs: Vec::new() });
        match self.next()? {
            '(' => {
                // Groups with a name, flags or a look around are left to the engine.
                if self.rest.starts_with('?') && !self.eats("?:") || self.depth >= DEPTH {
                    return None;
                }
                self.depth += 1;
                let inside = self.alternatives()?;
                self.depth -= 1;
                self.eats(")").then_some(inside)
            }
            '[' => {
                self.class()?;
                Some(Part::default())
            }
            '\\' => match self.next()? {
                'n' => exact(vec![b'\n']),
                'b' => exact(Vec::new()),
                'w' | 'W' | 's' | 'S' | 'd' | 'D' => Some(Part::default()),
                other if other.is_ascii_punctuation() => exact(other.to_string().into_bytes()),
                _ => None,
            },
            '.' => Some(Part::default()),
            // Places, not texts.
            '^' | '$' => exact(Vec::new()),
            '*' | '+' | '?' | '{' => None,
            other => exact(other.to_string().into_bytes()),
        }
    }

    /// Behind the opening bracket of a class: passes it over.
    fn class(&mut self) -> Option<()> {
        self.eats("^");
        let mut first = true;
        loop {
            match self.next()? {
                ']' if !first => return Some(()),
                // Classes within classes.
                '[' => return None,
                '\\' => drop(self.next()?),
                _ => {}
            }
            first = false;
        }
    }

    /// How often the thing before has to stand there at least.
    fn least(&mut self) -> Option<usize> {
        let least = match self.rest.chars().next() {
            Some('*' | '?') => 0,
            Some('+') => 1,
            Some('{') => {
                let (inside, after) = self.rest.get(1..)?.split_once('}')?;
                let least = inside.split(',').next()?.trim().parse().ok()?;
                self.rest = after;
                self.eats("?");
                return Some(least);
            }
            _ => return Some(1),
        };
        self.next();
        self.eats("?");
        // A repetition of a repetition is left to the engine.
        (!self.rest.starts_with(['*', '+', '?', '{'])).then_some(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::pattern::Regex;

    /// The needles say nothing that the engine denies; `expected` is whether they pass the text over.
    #[track_caller]
    fn check(source: &str, text: &str, expected: bool) {
        let regex = Regex::new(&format!("(?im){source}")).unwrap();
        let may = Needles::of(source, "im").may_match(text);
        assert!(may || !regex.is_match(text), "{source} is found in {text:?}");
        assert_eq!(may, expected, "{source} in {text:?}: {:?}", Needles::of(source, "im"));
    }

    #[test]
    fn what_a_match_contains_is_looked_for() {
        check(r"\+semver:\s?(breaking|major)", "x +semver: minor", false);
        check(r"\+semver:\s?(breaking|major)", "x +SEMVER: Major", true);
        let major = r"^(build|chore|feat|fix)(\([\w\s-]*\))?(!:|:.*\n\n((.+\n)+\n)?BREAKING CHANGE:\s.+)";
        check(major, "feat: x", false);
        check(major, "feat!: x", true);
        check(major, "docs!: x", false);
        check(major, "docs: x\nFix: y\n\nBREAKING CHANGE: z", true);
        check(r"^(feat)(\([\w\s-]*\))?:", "a feat: x", false);
        check(r"^feat", "x\nfeat", true);
        check(r"(?:a|bc)d", "ad", true);
        check(r"(?:a|bc)d", "cd", false);
        check("ab?c", "ac", true);
        check("ab+c", "abbc", true);
        check("ab{0,2}c", "ac", true);
        check("ab{2}c", "abbc", true);
        check("a|b", "b", true);
        check("^a|b", "xb", true);
        check("^(a|b)?c", "c", true);
        check("^(a|b(c|d))", "bd", true);
        check("^(?:ab)+", "ab", true);
        check("", "x", true);
        check(r"\bfeat\b", "feat", true);
        check("fe[a]t", "feat", true);
    }

    #[test]
    fn what_is_not_understood_asks_for_nothing() {
        for source in [r"(?P<a>x)", r"(?i)x", r"\x41", r"\p{L}x", "[[:alpha:]]x", "a**", "(", ")", r"a\"] {
            assert_eq!(Needles::of(source, ""), Needles::default(), "{source}");
        }
    }
}
