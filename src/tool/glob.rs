//! Path globs as the Rust tools read them: the crate globset with `literal_separator(true)`, so `*` and `?` stay within
//! a folder and `**` does not.

/// One piece of a pattern.
#[derive(Clone, Debug)]
enum Token {
    Letter(char),
    /// `?`
    Any,
    /// `*`
    Star,
    /// `**/` at the beginning: any folders or none.
    Folders,
    /// `/**` at the end: something below.
    Below,
    /// `/**/`: any folders between, or none.
    Between,
    /// `[a-z]`, `[!a-z]`
    Class(bool, Vec<(char, char)>),
}

/// A pattern for paths. What it costs to match is its length times the path's.
#[derive(Clone, Debug)]
pub struct Glob {
    /// One for each choice of braces.
    alternatives: Vec<Vec<Token>>,
    /// Whether `*`, `?` and classes stand for a slash, too.
    across: bool,
}

/// How many choices braces may stand for; a real configuration has a handful.
const ALTERNATIVES: usize = 64;

impl Glob {
    /// Reads a pattern; what is no valid construct stands for itself.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self { alternatives: braces(pattern).iter().map(|pattern| tokens(pattern)).collect(), across: false }
    }

    /// Reads a pattern as the crate glob does with its own options: `*` goes on into folders, braces are letters.
    #[must_use]
    pub fn across(pattern: &str) -> Self {
        Self { alternatives: vec![tokens(pattern)], across: true }
    }

    /// Reads a pattern as gobwas/glob does where it is told of no separators: `*` stands for slashes, too, and braces for
    /// choices.
    #[must_use]
    pub fn unseparated(pattern: &str) -> Self {
        Self { across: true, ..Self::new(pattern) }
    }

    /// Whether the whole path fits.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<char> = path.chars().collect();
        self.alternatives.iter().any(|tokens| matches(tokens, &path, self.across))
    }
}

/// The patterns that `{a,b}` stands for.
fn braces(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        let parts = pattern.split_once('{').and_then(|(before, rest)| {
            let mut depth = 0_usize;
            let mut choices = vec![String::new()];
            for (at, letter) in rest.char_indices() {
                match letter {
                    '}' if depth == 0 => return Some((before, choices, rest.get(at + 1..).unwrap_or_default())),
                    ',' if depth == 0 => {
                        choices.push(String::new());
                        continue;
                    }
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if let Some(choice) = choices.last_mut() {
                    choice.push(letter);
                }
            }
            None
        });
        match parts {
            Some((before, choices, after)) if open.len() + done.len() + choices.len() <= ALTERNATIVES => {
                open.extend(choices.iter().map(|choice| format!("{before}{choice}{after}")));
            }
            _ => done.push(pattern),
        }
    }
    done
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        if tokens.is_empty()
            && let Some(after) = rest.strip_prefix("**/")
        {
            tokens.push(Token::Folders);
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix("/**/") {
            tokens.push(Token::Between);
            rest = after;
            continue;
        }
        if rest == "/**" {
            tokens.push(Token::Below);
            break;
        }
        if rest == "**" && tokens.is_empty() {
            tokens.extend([Token::Folders, Token::Star]);
            break;
        }
        let mut letters = rest.chars();
        let Some(letter) = letters.next() else { break };
        rest = letters.as_str();
        match letter {
            '*' => {
                rest = rest.trim_start_matches('*');
                tokens.push(Token::Star);
            }
            '?' => tokens.push(Token::Any),
            '\\' => {
                let escaped = letters.next().unwrap_or('\\');
                rest = letters.as_str();
                tokens.push(Token::Letter(escaped));
            }
            '[' => match class(rest) {
                Some((token, after)) => {
                    tokens.push(token);
                    rest = after;
                }
                None => tokens.push(Token::Letter('[')),
            },
            other => tokens.push(Token::Letter(other)),
        }
    }
    tokens
}

fn class(text: &str) -> Option<(Token, &str)> {
    let inner = text.strip_prefix(['!', '^']);
    let (negated, inner) = (inner.is_some(), inner.unwrap_or(text));
    // A bracket that comes first is one of the letters.
    let close = inner.char_indices().skip(1).find(|(_, letter)| *letter == ']')?.0;
    let (letters, rest) = inner.split_at_checked(close)?;
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut letters = letters.chars().peekable();
    while let Some(from) = letters.next() {
        let mut ahead = letters.clone();
        match (ahead.next(), ahead.next()) {
            (Some('-'), Some(to)) => {
                ranges.push((from, to));
                letters = ahead;
            }
            _ => ranges.push((from, from)),
        }
    }
    Some((Token::Class(negated, ranges), rest.strip_prefix(']')?))
}

/// Follows all ways through the pattern at once: the places in the path that the tokens so far can end at.
fn matches(tokens: &[Token], path: &[char], across: bool) -> bool {
    let inside = |letter: char| across || letter != '/';
    let mut here = vec![false; path.len() + 1];
    if let Some(start) = here.first_mut() {
        *start = true;
    }
    for token in tokens {
        let mut next = vec![false; path.len() + 1];
        let mut spreading = false;
        let mut below = false;
        for (at, live) in here.iter().copied().enumerate() {
            let letter = path.get(at).copied();
            let before = at.checked_sub(1).and_then(|before| path.get(before)).copied();
            let mut reach = |place: usize| {
                if let Some(place) = next.get_mut(place) {
                    *place = true;
                }
            };
            match token {
                Token::Letter(wanted) if live && letter == Some(*wanted) => reach(at + 1),
                Token::Any if live && letter.is_some_and(inside) => reach(at + 1),
                Token::Class(negated, ranges)
                    if live
                        && letter.is_some_and(|letter| {
                            inside(letter)
                                && ranges.iter().any(|(from, to)| (*from..=*to).contains(&letter)) != *negated
                        }) =>
                {
                    reach(at + 1);
                }
                Token::Star => {
                    spreading = live || (spreading && before.is_some_and(inside));
                    if spreading {
                        reach(at);
                    }
                }
                Token::Folders => {
                    if live || (below && before == Some('/')) {
                        reach(at);
                    }
                    below |= live;
                }
                Token::Between => {
                    if below && before == Some('/') {
                        reach(at);
                    }
                    below |= live && letter == Some('/');
                }
                Token::Below => {
                    if below {
                        reach(at);
                    }
                    below |= live && letter == Some('/');
                }
                _ => {}
            }
        }
        here = next;
    }
    here.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        assert_eq!(Glob::new(pattern).matches(path), expected, "{pattern} {path}");
    }

    #[test]
    fn globs_stay_within_folders_but_for_two_stars() {
        check("crates/a/**", "crates/a/src/lib.rs", true);
        check("crates/a/**", "crates/a", false);
        check("crates/a/**", "crates/ab/x", false);
        check("**/*.rs", "lib.rs", true);
        check("**/*.rs", "a/b/lib.rs", true);
        check("a/**/z", "a/z", true);
        check("a/**/z", "a/b/c/z", true);
        check("a/**/z", "ab/z", false);
        check("*.md", "docs/a.md", false);
        check("*", "a.md", true);
        check("**", "a/b", true);
        check("src/{lib,main}.rs", "src/main.rs", true);
        check("src/{lib,main}.rs", "src/mod.rs", false);
        check("[a-c]?/x", "b1/x", true);
        check("[!a]x", "bx", true);
        check("[!a]x", "ax", false);
        check("\\*", "*", true);
        check("[", "[", true);
    }

    #[test]
    fn globs_of_the_crate_glob_go_on_into_folders() {
        let check = |pattern: &str, path: &str, expected: bool| {
            assert_eq!(Glob::across(pattern).matches(path), expected, "{pattern} {path}");
        };
        check("*.md", "docs/a.md", true);
        check("src/*", "src/a/b.rs", true);
        check("src/**", "src/a/b.rs", true);
        check("src/**", "lib/a.rs", false);
        check("a?b", "a/b", true);
        check("{a,b}", "a", false);
        check("{a,b}", "{a,b}", true);
    }

    #[test]
    fn a_hostile_pattern_costs_its_length_only() {
        check(&"*a".repeat(500), &"a".repeat(2000), true);
        check(&"{a,b}".repeat(100), "x", false);
    }
}
