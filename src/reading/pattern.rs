//! The regular expressions that a configuration brings. Only the second module has an engine for them: a repository that
//! sets one is told by it (`tool::elsewhere`).

#[cfg(feature = "more")]
pub use regex_lite::Regex;

/// A regular expression; the base module has none.
#[cfg(not(feature = "more"))]
#[derive(Clone, Copy, Debug)]
pub enum Regex {}

#[cfg(not(feature = "more"))]
impl Regex {
    /// What it was made of.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match *self {}
    }

    /// Whether it is found in a text.
    #[must_use]
    pub fn is_match(&self, _text: &str) -> bool {
        match *self {}
    }
}

/// What a regular expression's groups capture, the whole match first; `None` where it is not found.
#[cfg(feature = "more")]
#[must_use]
pub fn groups<'a>(regex: &Regex, text: &'a str) -> Option<Vec<Option<&'a str>>> {
    Some(regex.captures(text)?.iter().map(|group| group.map(|group| group.as_str())).collect())
}

/// What a regular expression's groups capture.
#[cfg(not(feature = "more"))]
#[must_use]
pub fn groups<'a>(regex: &Regex, _text: &'a str) -> Option<Vec<Option<&'a str>>> {
    match *regex {}
}

/// No expression can be read here.
#[cfg(not(feature = "more"))]
#[must_use]
pub fn regex(_source: &str, _flags: &str) -> Option<Regex> {
    None
}

/// Whether a configuration's text sets an expression that only [`regex`] of the second module reads, or names a preset
/// that does.
#[must_use]
pub fn is_set(text: &str) -> bool {
    const KEYS: [&str; 5] =
        ["headerPattern", "breakingHeaderPattern", "revertPattern", "mergePattern", "ignoreCommits"];
    const NAMES: [&str; 2] = ["preset", "conventional-changelog-"];
    const PRESETS: [&str; 6] = ["atom", "codemirror", "ember", "eslint", "express", "jshint"];
    let named = |rest: &str| {
        let rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ':', '"', '\'', '`']);
        PRESETS.iter().any(|preset| rest.get(..preset.len()).is_some_and(|name| name.eq_ignore_ascii_case(preset)))
    };
    KEYS.iter().any(|key| text.contains(key)) || NAMES.iter().any(|name| text.split(name).skip(1).any(named))
}

/// A regular expression of JavaScript's as one of `regex-lite`'s; `None` where it says what that cannot (look-around,
/// back-references) or is malformed. `flags` are JavaScript's letters, of which `i`, `m`, `s` count.
#[cfg(feature = "more")]
#[must_use]
pub fn regex(source: &str, flags: &str) -> Option<Regex> {
    let mut out = String::with_capacity(source.len() + 8);
    let letters: String = flags.chars().filter(|flag| matches!(flag, 'i' | 'm' | 's')).collect();
    if !letters.is_empty() {
        out.push_str("(?");
        out.push_str(&letters);
        out.push(')');
    }
    let mut class = false;
    let mut before_set = false;
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        let mut set = false;
        match c {
            '\\' => match chars.next()? {
                's' if class => {
                    out.push_str(
                        r"\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}",
                    );
                    set = true;
                }
                's' => out.push_str(
                    r"[\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}]",
                ),
                'S' if !class => {
                    out.push_str(
                        r"[^\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}]",
                    );
                }
                letter @ ('w' | 'W' | 'd' | 'D' | 'S') => {
                    out.push('\\');
                    out.push(letter);
                    set = class;
                }
                letter @ ('b' | 'B' | 'n' | 'r' | 't' | 'v' | 'f') => {
                    out.push('\\');
                    out.push(letter);
                }
                'u' => {
                    out.push_str(r"\u");
                    if chars.peek() != Some(&'{') {
                        let hex: String = chars.by_ref().take(4).collect();
                        out.push('{');
                        out.push_str(&hex);
                        out.push('}');
                    }
                }
                letter if letter.is_ascii_alphanumeric() => return None,
                other => push_literal(&mut out, other),
            },
            '[' if !class => {
                class = true;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    chars.next();
                    out.push('^');
                }
                if chars.peek() == Some(&']') {
                    return None;
                }
            }
            ']' if class => {
                class = false;
                out.push(']');
            }
            // A dash beside a set such as `\w` is itself.
            '-' if class && (before_set || chars.peek() == Some(&']') || out.ends_with('[')) => out.push_str(r"\-"),
            '[' | '&' | '~' if class => push_literal(&mut out, c),
            '.' if !class && !flags.contains('s') => out.push_str(r"[^\n\r\u{2028}\u{2029}]"),
            ']' | '}' if !class && c == ']' => out.push_str(r"\]"),
            '(' if !class && chars.peek() == Some(&'?') => {
                out.push_str("(?");
                chars.next();
                match chars.peek() {
                    Some(':') => {}
                    Some('<') => {
                        chars.next();
                        if matches!(chars.peek(), Some('=' | '!')) {
                            return None;
                        }
                        out.push_str("P<");
                    }
                    _ => return None,
                }
            }
            other => out.push(other),
        }
        before_set = set;
    }
    regex_lite::RegexBuilder::new(&out).size_limit(1 << 20).build().ok()
}

#[cfg(feature = "more")]
fn push_literal(out: &mut String, c: char) {
    if c.is_ascii_punctuation() && c != '/' && c != '<' && c != '>' {
        out.push('\\');
    }
    out.push(c);
}

#[cfg(test)]
#[cfg(feature = "more")]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, flags: &str, text: &str, expected: Option<&[Option<&str>]>) {
        let regex = regex(source, flags).unwrap();
        let found = regex.captures(text).map(|captures| {
            captures.iter().skip(1).map(|group| group.map(|group| group.as_str().to_owned())).collect::<Vec<_>>()
        });
        let expected = expected.map(|groups| groups.iter().map(|group| group.map(str::to_owned)).collect::<Vec<_>>());
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn javascript_patterns_match_as_in_javascript() {
        check(
            r"^(\w*)(?:\(([\w$@.\-*/ ]*)\))?: (.*)$",
            "",
            "fix(a-b): c",
            Some(&[Some("fix"), Some("a-b"), Some("c")]),
        );
        check(r"^\[(.*?)(?: (.*))?] (.*)$", "", "[js mode] x", Some(&[Some("js"), Some("mode"), Some("x")]));
        check(r"([\w-\.\/]*)#", "", "a-b/c#", Some(&[Some("a-b/c")]));
        check(r"^\s*x", "i", "\u{feff}X", Some(&[]));
        check(r"^a.b$", "", "a\rb", None);
        check(r"(?<type>\w+)\/", "", "ab/", Some(&[Some("ab")]));
    }

    #[test]
    fn a_configuration_that_sets_a_pattern_is_recognised() {
        for (text, expected) in [
            ("parserOpts: {headerPattern: /x/}", true),
            ("{\"preset\": \"ESLint\"}", true),
            ("config: conventional-changelog-atom", true),
            ("preset: angular", false),
            ("{\"jest\": {\"preset\": \"ts-jest\"}, \"dependencies\": {\"eslint\": \"9\"}}", false),
            ("preset", false),
        ] {
            assert_eq!(is_set(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for source in ["(?=a)b", "(?<!a)b", r"(a)\1", "[", "(", "[]"] {
            assert!(regex(source, "").is_none(), "{source}");
        }
    }
}
