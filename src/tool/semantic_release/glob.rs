//! Globs as micromatch 4 reads them, held against single words: types, scopes, branch names.

use regex_lite::Regex;

/// A prepared glob.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    pattern: Option<Regex>,
    negated: bool,
}

impl Glob {
    /// Prepares a glob. What cannot be said as a regular expression matches only itself.
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
        let pattern = if bare.contains(special) || negated { translate(&bare) } else { None };
        Self { text: text.to_owned(), pattern, negated }
    }

    /// Whether a word is of this glob. The glob's own text always is, the empty word never.
    #[must_use]
    pub fn matches(&self, word: &str) -> bool {
        if word.is_empty() {
            return false;
        }
        let like = |pattern: &Regex| pattern.is_match(word);
        if self.negated {
            return self.pattern.as_ref().is_none_or(|pattern| !like(pattern));
        }
        word == self.text || self.pattern.as_ref().is_some_and(like)
    }
}

fn translate(glob: &str) -> Option<Regex> {
    // How a bracket that was opened is to be closed.
    let mut closes: Vec<(char, &str)> = Vec::new();
    let mut out = String::from("^(?:");
    let mut chars = glob.chars().peekable();
    let mut at_start = true;
    while let Some(c) = chars.next() {
        let first = std::mem::replace(&mut at_start, false);
        let group = matches!(c, '*' | '+' | '?' | '@') && chars.peek() == Some(&'(');
        match c {
            _ if group => {
                chars.next();
                out.push_str("(?:");
                closes.push((
                    ')',
                    match c {
                        '*' => ")*",
                        '+' => ")+",
                        '?' => ")?",
                        _ => ")",
                    },
                ));
            }
            '*' => {
                let mut count = 1;
                while chars.peek() == Some(&'*') {
                    chars.next();
                    count += 1;
                }
                // A star takes no dot at the beginning of a name and, alone, at least one character.
                let last = chars.peek().is_none();
                match (count > 1, first) {
                    (true, true) => out.push_str("(?:[^.].*)?"),
                    (true, false) => out.push_str(".*"),
                    (false, true) if last => out.push_str("[^./][^/]*"),
                    (false, true) => out.push_str("(?:[^./][^/]*)?"),
                    (false, false) => out.push_str("[^/]*"),
                }
            }
            '?' => out.push_str("[^/]"),
            '[' => {
                let mut set = String::new();
                let mut ended = false;
                for c in chars.by_ref() {
                    if c == ']' && !set.is_empty() && set != "^" {
                        ended = true;
                        break;
                    }
                    match c {
                        '!' if set.is_empty() => set.push('^'),
                        '[' | '&' | '~' => set.extend(['\\', c]),
                        _ => set.push(c),
                    }
                }
                if !ended {
                    return None;
                }
                out.push('[');
                out.push_str(&set);
                out.push(']');
            }
            '{' => {
                let inside: String = chars.clone().take_while(|c| *c != '}').collect();
                if let Some((from, to)) = inside.split_once("..") {
                    let (from, to) = (from.parse::<i32>().ok()?, to.parse::<i32>().ok()?);
                    if from.abs_diff(to) > 1000 {
                        return None;
                    }
                    let all: Vec<String> = (from.min(to)..=from.max(to)).map(|number| number.to_string()).collect();
                    out.push_str("(?:");
                    out.push_str(&all.join("|"));
                    out.push(')');
                    chars.nth(inside.chars().count());
                } else {
                    out.push_str("(?:");
                    closes.push(('}', ")"));
                }
            }
            '(' => {
                out.push_str("(?:");
                closes.push((')', ")"));
            }
            ')' | '}' if closes.last().is_some_and(|(closing, _)| *closing == c) => {
                out.push_str(closes.pop().map_or(")", |(_, text)| text));
            }
            ',' if closes.last().is_some_and(|(closing, _)| *closing == '}') => out.push('|'),
            '|' if !closes.is_empty() => out.push('|'),
            '\\' => literal(&mut out, chars.next()?),
            _ => literal(&mut out, c),
        }
    }
    if !closes.is_empty() {
        return None;
    }
    out.push_str("/?)$");
    regex_lite::RegexBuilder::new(&out).size_limit(1 << 20).build().ok()
}

fn literal(out: &mut String, c: char) {
    if c.is_ascii_punctuation() && !matches!(c, '/' | '<' | '>') {
        out.push('\\');
    }
    out.push(c);
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
