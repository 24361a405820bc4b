//! How JavaScript's regular expressions and strings see characters, where that differs from Rust's own notions.

/// Whether JavaScript's `\s` and `String.prototype.trim` take a character for white space (ECMAScript 2024, 12.2 and
/// 12.3). Rust's notion also has U+0085 and lacks U+FEFF.
#[must_use]
pub fn is_space(c: char) -> bool {
    match c {
        '\t'..='\r' | ' ' => true,
        '\0'..='\u{9f}' => false,
        _ => matches!(
            c,
            '\u{1680}' | '\u{2000}'
                ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}' | '\u{a0}'
        ),
    }
}

/// Whether `\w` takes a byte: it is ASCII only.
#[must_use]
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether `\w` takes a character.
#[must_use]
pub fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// What `.` does not match, and what `^` and `$` with the flag `m` take for a line's end.
pub const LINE_ENDS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];

/// `String.prototype.length`.
#[must_use]
pub fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// The text's last UTF-16 unit; `None` where it is empty or half of a pair, which no text equals.
#[must_use]
pub fn last_unit(text: &str) -> Option<char> {
    text.chars().next_back().filter(|c| c.len_utf16() == 1)
}

/// `split(/\r?\n/)`.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let last = text.matches('\n').count();
    text.split('\n')
        .enumerate()
        .map(move |(at, line)| if at < last { line.strip_suffix('\r').unwrap_or(line) } else { line })
}

/// `String.prototype.trim`.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Where the first line terminator stands: what `.` does not match.
#[must_use]
pub fn terminator(text: &str) -> Option<usize> {
    if !text.bytes().any(|byte| matches!(byte, b'\n' | b'\r' | 0xe2)) {
        return None;
    }
    text.find(['\n', '\r', '\u{2028}', '\u{2029}'])
}

/// The first `units` UTF-16 code units, as `substring(0, units)` cuts; a surrogate pair that would be cut in two is
/// left out whole.
#[must_use]
pub fn prefix_units(text: &str, units: usize) -> &str {
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        seen += c.len_utf16();
        if seen > units {
            return text.get(..at).unwrap_or(text);
        }
    }
    text
}

/// A regular expression of JavaScript's as one of `regex-lite`'s; `None` where it says what that cannot (look-around,
/// back-references) or is malformed. `flags` are JavaScript's letters, of which `i`, `m`, `s` count.
#[must_use]
pub fn regex(source: &str, flags: &str) -> Option<regex_lite::Regex> {
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

fn push_literal(out: &mut String, c: char) {
    if c.is_ascii_punctuation() && c != '/' && c != '<' && c != '>' {
        out.push('\\');
    }
    out.push(c);
}

#[cfg(test)]
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
    fn what_cannot_be_said_is_refused() {
        for source in ["(?=a)b", "(?<!a)b", r"(a)\1", "[", "(", "[]"] {
            assert!(regex(source, "").is_none(), "{source}");
        }
    }
}
