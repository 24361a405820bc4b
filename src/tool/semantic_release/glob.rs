//! Globs as micromatch 4 reads them, held against single words: types, scopes, branch names.

/// A prepared glob.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    pattern: Option<Vec<Step>>,
    negated: bool,
}

impl Glob {
    /// Prepares a glob. What is malformed matches only itself.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (negated, bare) = match text.strip_prefix('!') {
            Some(rest) if !rest.starts_with('(') => (true, rest),
            _ => (false, text),
        };
        let special =
            |c: char| matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '(' | ')' | '|' | '+' | '@' | '!' | '\\');
        let (negated, bare) = match bare.strip_prefix("!(").and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) if !inner.contains(['(', ')']) => (true, format!("@({inner})")),
            _ => (negated, bare.to_owned()),
        };
        let pattern = if bare.contains(special) || negated { prepare(&bare) } else { None };
        Self { text: text.to_owned(), pattern, negated }
    }

    /// Whether a word is of this glob. The glob's own text always is, the empty word never.
    #[must_use]
    pub fn matches(&self, word: &str) -> bool {
        if word.is_empty() {
            return false;
        }
        let like = |pattern: &Vec<Step>| is_match(pattern, word);
        if self.negated {
            return self.pattern.as_ref().is_none_or(|pattern| !like(pattern));
        }
        word == self.text || self.pattern.as_ref().is_some_and(like)
    }
}

/// One step of a prepared glob. Ways lead on relative to the step's own place.
#[derive(Clone, Debug)]
enum Step {
    /// Takes this character.
    Is(char),
    /// Takes any character but these.
    Not(&'static [char]),
    /// Takes a character of these ranges, or of none of them where it is reversed.
    Set(Vec<(char, char)>, bool),
    /// Goes on at both places.
    Fork(isize, isize),
}

/// How many steps and how many bytes a glob may have; real ones have some dozens.
const STEPS: usize = 20_000;
const LONGEST: usize = 2_000;

/// A group that is being read: how it is closed and repeated, and its alternatives.
struct Group {
    close: char,
    repeated: char,
    done: Vec<Vec<Step>>,
    steps: Vec<Step>,
}

/// A number of steps as a way.
fn way(steps: usize) -> isize {
    isize::try_from(steps).unwrap_or(isize::MAX)
}

/// One of these, as one row of steps.
fn either(mut alternatives: Vec<Vec<Step>>) -> Vec<Step> {
    let mut out = alternatives.pop().unwrap_or_default();
    while let Some(steps) = alternatives.pop() {
        let rest = std::mem::take(&mut out);
        out.push(Step::Fork(1, way(steps.len() + 2)));
        out.extend(steps);
        let past = way(rest.len() + 1);
        out.push(Step::Fork(past, past));
        out.extend(rest);
    }
    out
}

/// Steps repeated as `*`, `+` or `?` says, or once.
fn repeat(steps: Vec<Step>, how: char) -> Vec<Step> {
    let length = way(steps.len());
    let mut out = Vec::with_capacity(steps.len() + 2);
    if matches!(how, '*' | '?') {
        out.push(Step::Fork(1, length + if how == '*' { 2 } else { 1 }));
    }
    out.extend(steps);
    match how {
        '*' => out.push(Step::Fork(-length - 1, 1)),
        '+' => out.push(Step::Fork(-length, 1)),
        _ => {}
    }
    out
}

fn prepare(glob: &str) -> Option<Vec<Step>> {
    if glob.len() > LONGEST {
        return None;
    }
    let outer = Group { close: '\0', repeated: '1', done: Vec::new(), steps: Vec::new() };
    let (mut group, mut around) = (outer, Vec::new());
    let mut chars = glob.chars().peekable();
    let mut at_start = true;
    while let Some(c) = chars.next() {
        let first = std::mem::replace(&mut at_start, false);
        let repeated = matches!(c, '*' | '+' | '?' | '@') && chars.peek() == Some(&'(');
        match c {
            _ if repeated => {
                chars.next();
                let inner = Group { close: ')', repeated: c, done: Vec::new(), steps: Vec::new() };
                around.push(std::mem::replace(&mut group, inner));
            }
            '*' => {
                let mut count = 1;
                while chars.next_if_eq(&'*').is_some() {
                    count += 1;
                }
                let within: &[char] = if count > 1 { &['\n'] } else { &['/'] };
                let rest = repeat(vec![Step::Not(within)], '*');
                if first {
                    // A star takes no dot at the beginning of a name and, alone, at least one character.
                    let begin: &[char] = if count > 1 { &['.'] } else { &['.', '/'] };
                    let mut name = vec![Step::Not(begin)];
                    name.extend(rest);
                    let alone = count == 1 && chars.peek().is_none();
                    group.steps.extend(repeat(name, if alone { '1' } else { '?' }));
                } else {
                    group.steps.extend(rest);
                }
            }
            '?' => group.steps.push(Step::Not(&['/'])),
            '[' => group.steps.push(set(&mut chars)?),
            '{' => {
                let inside: String = chars.clone().take_while(|c| *c != '}').collect();
                if let Some((from, to)) = inside.split_once("..") {
                    let (from, to) = (from.parse::<i32>().ok()?, to.parse::<i32>().ok()?);
                    if from.abs_diff(to) > 1000 {
                        return None;
                    }
                    let number = |number: i32| number.to_string().chars().map(Step::Is).collect();
                    group.steps.extend(either((from.min(to)..=from.max(to)).map(number).collect()));
                    chars.nth(inside.chars().count());
                } else {
                    let inner = Group { close: '}', repeated: '1', done: Vec::new(), steps: Vec::new() };
                    around.push(std::mem::replace(&mut group, inner));
                }
            }
            '(' => {
                let inner = Group { close: ')', repeated: '1', done: Vec::new(), steps: Vec::new() };
                around.push(std::mem::replace(&mut group, inner));
            }
            ')' | '}' if group.close == c => {
                let outer = around.pop()?;
                let Group { repeated, mut done, steps, .. } = std::mem::replace(&mut group, outer);
                done.push(steps);
                group.steps.extend(repeat(either(done), repeated));
            }
            ',' if group.close == '}' => group.done.push(std::mem::take(&mut group.steps)),
            '|' if !around.is_empty() => group.done.push(std::mem::take(&mut group.steps)),
            '\\' => group.steps.push(Step::Is(chars.next()?)),
            _ => group.steps.push(Step::Is(c)),
        }
        if group.steps.len() > STEPS {
            return None;
        }
    }
    if !around.is_empty() {
        return None;
    }
    group.steps.extend(repeat(vec![Step::Is('/')], '?'));
    Some(group.steps)
}

/// `[a-z]`, after its bracket.
fn set(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Step> {
    let reversed = chars.next_if(|c| matches!(c, '!' | '^')).is_some();
    let mut ranges: Vec<(char, char)> = Vec::new();
    loop {
        let mut from = chars.next()?;
        if from == ']' && !ranges.is_empty() {
            return Some(Step::Set(ranges, reversed));
        }
        if from == '\\' {
            from = chars.next()?;
            match from {
                'd' => ranges.push(('0', '9')),
                'w' => ranges.extend([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
                's' => ranges.extend([('\t', '\r'), (' ', ' ')]),
                _ if from.is_ascii_alphanumeric() => return None,
                _ => {}
            }
            if from.is_ascii_alphanumeric() {
                continue;
            }
        }
        let mut ahead = chars.clone();
        if ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']') {
            chars.next();
            let to = match chars.next()? {
                '\\' => chars.next()?,
                to => to,
            };
            if to < from {
                return None;
            }
            ranges.push((from, to));
        } else {
            ranges.push((from, from));
        }
    }
}

/// Whether a word is the glob's as a whole. All ways are gone at once, so that the work is bounded by the product of
/// both lengths.
fn is_match(steps: &[Step], word: &str) -> bool {
    let mut places = Vec::new();
    let mut seen = vec![0; steps.len() + 1];
    reach(steps, 0, 1, &mut seen, &mut places);
    for (at, c) in word.chars().enumerate() {
        let before = std::mem::take(&mut places);
        for place in before {
            let taken = match steps.get(place) {
                Some(Step::Is(own)) => *own == c,
                Some(Step::Not(others)) => !others.contains(&c),
                Some(Step::Set(ranges, reversed)) => {
                    ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *reversed
                }
                _ => false,
            };
            if taken {
                reach(steps, place + 1, at + 2, &mut seen, &mut places);
            }
        }
        if places.is_empty() {
            return false;
        }
    }
    places.contains(&steps.len())
}

/// Notes the places that are reached from one without taking anything, each once a `turn`.
fn reach(steps: &[Step], from: usize, turn: usize, seen: &mut [usize], places: &mut Vec<usize>) {
    let mut waiting = vec![from];
    while let Some(place) = waiting.pop() {
        if seen.get_mut(place).is_none_or(|seen| std::mem::replace(seen, turn) == turn) {
            continue;
        }
        match steps.get(place) {
            Some(Step::Fork(one, other)) => {
                waiting
                    .extend([place.checked_add_signed(*one), place.checked_add_signed(*other)].into_iter().flatten());
            }
            _ => places.push(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(glob: &str, word: &str, expected: bool) {
        assert_eq!(Glob::new(glob).matches(word), expected, "{glob} {word}");
    }

    #[test]
    fn words_match_as_in_micromatch() {
        check("feat", "feat", true);
        check("feat", "Feat", false);
        check("core-*", "core-api", true);
        check("core-*", "core-", true);
        check("*", "x", true);
        check("*", "", false);
        check("*", ".x", false);
        check("*", "a/b", false);
        check("**", "a/b", true);
        check("{a,b}", "b", true);
        check("{a,b}", "c", false);
        check("@(a|b)", "a", true);
        check("!(a|b)", "c", true);
        check("!(a|b)", "a", false);
        check("!a", "b", true);
        check("[ab]c", "bc", true);
        check("(a|b)", "b", true);
        check("v{1..3}", "v2", true);
        check("v{1..3}", "v4", false);
        check("a?c", "abc", true);
        check("a?(b)c", "ac", true);
        check("*(ab|c)d", "abcabd", true);
        check("*(ab|c)d", "abcad", false);
        check("+(+(a))b", "aaab", true);
        check("*.x", "1.x", true);
        check("[!a]b", "ab", false);
        check("[a-c\\d]", "7", true);
        check("a{b,{c,d}e}f", "adef", true);
    }

    #[test]
    fn the_default_maintenance_branches() {
        let glob = "+([0-9])?(.{+([0-9]),x}).x";
        for (branch, expected) in
            [("1.x", true), ("1.2.x", true), ("1.x.x", true), ("12.34.x", true), ("main", false), ("x.x", false)]
        {
            check(glob, branch, expected);
        }
    }

    #[test]
    fn what_is_no_glob_matches_itself() {
        check("feat(", "feat(", true);
        check("[", "[", true);
        check("a{", "b", false);
    }
}
