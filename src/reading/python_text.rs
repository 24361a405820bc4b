//! Text as Python's `str` and `re` see it: the classes `\s`, `\w` and `\d` differ from Rust's and from JavaScript's.

use super::bytes::{find, find_either, lines};
use std::borrow::Cow;

/// Whether Python's `\s` matches and `str.strip` takes it away (`str.isspace`): Unicode's white space and the four
/// information separators.
#[must_use]
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Whether Python's `\w` matches: `str.isalnum` or `_`. Rust's alphanumeric also holds vowel signs and circled letters.
#[must_use]
pub fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    c.is_alphanumeric() && !in_ranges(c, ALPHABETIC_MARKS)
}

/// Whether Python's `\d` matches: a decimal digit of any script.
#[must_use]
pub fn is_digit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    let code = u32::from(c);
    // The mathematical digits come five times over, everything else in tens.
    (0x1_d7ce..0x1_d800).contains(&code)
        || match DIGIT_ZEROS.binary_search(&code) {
            Ok(_) => true,
            Err(after) => after.checked_sub(1).and_then(|at| DIGIT_ZEROS.get(at)).is_some_and(|zero| code - zero < 10),
        }
}

/// `str.strip()`.
#[must_use]
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Jinja's `title`: every word begins in upper case and goes on in lower case.
#[must_use]
pub fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        if is_space(c) || matches!(c, '-' | '(' | '{' | '[' | '<') {
            begins = true;
            out.push(c);
        } else if std::mem::take(&mut begins) {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// `textwrap.dedent` of Python 3.11: lines of blanks are emptied, the margin common to all others is taken away.
#[must_use]
pub fn dedent(text: &str) -> Cow<'_, str> {
    let indented = |line: &str| line.starts_with([' ', '\t']);
    // Most texts have neither a margin nor lines of blanks.
    if !lines(text).any(indented) {
        return text.into();
    }
    let blank = |line: &str| line.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    let mut margin: Option<&str> = None;
    for line in text.split('\n').filter(|line| !blank(line)) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let indent = line.get(..indent).unwrap_or_default();
        let common = margin.map_or(indent.len(), |margin| {
            margin.bytes().zip(indent.bytes()).take_while(|(left, right)| left == right).count()
        });
        margin = indent.get(..common);
    }
    let margin = margin.unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if !blank(line) {
            out.push_str(line.strip_prefix(margin).unwrap_or(line));
        }
    }
    out.into()
}

fn in_ranges(c: char, ranges: &[(u32, u32)]) -> bool {
    let code = u32::from(c);
    let after = ranges.partition_point(|(first, _)| *first <= code);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, last)| code <= *last)
}

/// The zeros of the digits beyond ASCII (general category Nd, Unicode 14 as in Python 3.11).
#[rustfmt::skip]
const DIGIT_ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x1_04a0, 0x1_0d30, 0x1_1066, 0x1_10f0,
    0x1_1136, 0x1_11d0, 0x1_12f0, 0x1_1450, 0x1_14d0, 0x1_1650, 0x1_16c0, 0x1_1730, 0x1_18e0, 0x1_1950,
    0x1_1c50, 0x1_1d50, 0x1_1da0, 0x1_6a60, 0x1_6ac0, 0x1_6b50, 0x1_e140, 0x1_e2f0, 0x1_e950, 0x1_fbf0,
];

/// What Rust calls alphanumeric and Python does not: the alphabetic characters of the categories Mn, Mc and So.
#[rustfmt::skip]
const ALPHABETIC_MARKS: &[(u32, u32)] = &[
    (0x345, 0x345), (0x363, 0x36f), (0x5b0, 0x5bd), (0x5bf, 0x5bf), (0x5c1, 0x5c2), (0x5c4, 0x5c5), (0x5c7,
    0x5c7), (0x610, 0x61a), (0x64b, 0x657), (0x659, 0x65f), (0x670, 0x670), (0x6d6, 0x6dc), (0x6e1, 0x6e4),
    (0x6e7, 0x6e8), (0x6ed, 0x6ed), (0x711, 0x711), (0x730, 0x73f), (0x7a6, 0x7b0), (0x816, 0x817), (0x81b,
    0x823), (0x825, 0x827), (0x829, 0x82c), (0x8d4, 0x8df), (0x8e3, 0x8e9), (0x8f0, 0x903), (0x93a, 0x93b),
    (0x93e, 0x94c), (0x94e, 0x94f), (0x955, 0x957), (0x962, 0x963), (0x981, 0x983), (0x9be, 0x9c4), (0x9c7,
    0x9c8), (0x9cb, 0x9cc), (0x9d7, 0x9d7), (0x9e2, 0x9e3), (0xa01, 0xa03), (0xa3e, 0xa42), (0xa47, 0xa48),
    (0xa4b, 0xa4c), (0xa51, 0xa51), (0xa70, 0xa71), (0xa75, 0xa75), (0xa81, 0xa83), (0xabe, 0xac5), (0xac7,
    0xac9), (0xacb, 0xacc), (0xae2, 0xae3), (0xafa, 0xafc), (0xb01, 0xb03), (0xb3e, 0xb44), (0xb47, 0xb48),
    (0xb4b, 0xb4c), (0xb56, 0xb57), (0xb62, 0xb63), (0xb82, 0xb82), (0xbbe, 0xbc2), (0xbc6, 0xbc8), (0xbca,
    0xbcc), (0xbd7, 0xbd7), (0xc00, 0xc04), (0xc3e, 0xc44), (0xc46, 0xc48), (0xc4a, 0xc4c), (0xc55, 0xc56),
    (0xc62, 0xc63), (0xc81, 0xc83), (0xcbe, 0xcc4), (0xcc6, 0xcc8), (0xcca, 0xccc), (0xcd5, 0xcd6), (0xce2,
    0xce3), (0xd00, 0xd03), (0xd3e, 0xd44), (0xd46, 0xd48), (0xd4a, 0xd4c), (0xd57, 0xd57), (0xd62, 0xd63),
    (0xd81, 0xd83), (0xdcf, 0xdd4), (0xdd6, 0xdd6), (0xdd8, 0xddf), (0xdf2, 0xdf3), (0xe31, 0xe31), (0xe34,
    0xe3a), (0xe4d, 0xe4d), (0xeb1, 0xeb1), (0xeb4, 0xeb9), (0xebb, 0xebc), (0xecd, 0xecd), (0xf71, 0xf83),
    (0xf8d, 0xf97), (0xf99, 0xfbc), (0x102b, 0x1036), (0x1038, 0x1038), (0x103b, 0x103e), (0x1056, 0x1059),
    (0x105e, 0x1060), (0x1062, 0x1064), (0x1067, 0x106d), (0x1071, 0x1074), (0x1082, 0x108d), (0x108f, 0x108f),
    (0x109a, 0x109d), (0x1712, 0x1713), (0x1732, 0x1733), (0x1752, 0x1753), (0x1772, 0x1773), (0x17b6, 0x17c8),
    (0x1885, 0x1886), (0x18a9, 0x18a9), (0x1920, 0x192b), (0x1930, 0x1938), (0x1a17, 0x1a1b), (0x1a55, 0x1a5e),
    (0x1a61, 0x1a74), (0x1abf, 0x1ac0), (0x1acc, 0x1ace), (0x1b00, 0x1b04), (0x1b35, 0x1b43), (0x1b80, 0x1b82),
    (0x1ba1, 0x1ba9), (0x1bac, 0x1bad), (0x1be7, 0x1bf1), (0x1c24, 0x1c36), (0x1dd3, 0x1df4), (0x24b6, 0x24e9),
    (0x2de0, 0x2dff), (0xa674, 0xa67b), (0xa69e, 0xa69f), (0xa802, 0xa802), (0xa80b, 0xa80b), (0xa823, 0xa827),
    (0xa880, 0xa881), (0xa8b4, 0xa8c3), (0xa8c5, 0xa8c5), (0xa8ff, 0xa8ff), (0xa926, 0xa92a), (0xa947, 0xa952),
    (0xa980, 0xa983), (0xa9b4, 0xa9bf), (0xa9e5, 0xa9e5), (0xaa29, 0xaa36), (0xaa43, 0xaa43), (0xaa4c, 0xaa4d),
    (0xaa7b, 0xaa7d), (0xaab0, 0xaab0), (0xaab2, 0xaab4), (0xaab7, 0xaab8), (0xaabe, 0xaabe), (0xaaeb, 0xaaef),
    (0xaaf5, 0xaaf5), (0xabe3, 0xabea), (0xfb1e, 0xfb1e), (0x1_0376, 0x1_037a), (0x1_0a01, 0x1_0a03), (0x1_0a05,
    0x1_0a06), (0x1_0a0c, 0x1_0a0f), (0x1_0d24, 0x1_0d27), (0x1_0eab, 0x1_0eac), (0x1_1000, 0x1_1002),
    (0x1_1038, 0x1_1045), (0x1_1073, 0x1_1074), (0x1_1080, 0x1_1082), (0x1_10b0, 0x1_10b8), (0x1_10c2,
    0x1_10c2), (0x1_1100, 0x1_1102), (0x1_1127, 0x1_1132), (0x1_1145, 0x1_1146), (0x1_1180, 0x1_1182),
    (0x1_11b3, 0x1_11bf), (0x1_11ce, 0x1_11cf), (0x1_122c, 0x1_1234), (0x1_1237, 0x1_1237), (0x1_123e,
    0x1_123e), (0x1_12df, 0x1_12e8), (0x1_1300, 0x1_1303), (0x1_133e, 0x1_1344), (0x1_1347, 0x1_1348),
    (0x1_134b, 0x1_134c), (0x1_1357, 0x1_1357), (0x1_1362, 0x1_1363), (0x1_1435, 0x1_1441), (0x1_1443,
    0x1_1445), (0x1_14b0, 0x1_14c1), (0x1_15af, 0x1_15b5), (0x1_15b8, 0x1_15be), (0x1_15dc, 0x1_15dd),
    (0x1_1630, 0x1_163e), (0x1_1640, 0x1_1640), (0x1_16ab, 0x1_16b5), (0x1_171d, 0x1_172a), (0x1_182c,
    0x1_1838), (0x1_1930, 0x1_1935), (0x1_1937, 0x1_1938), (0x1_193b, 0x1_193c), (0x1_1940, 0x1_1940),
    (0x1_1942, 0x1_1942), (0x1_19d1, 0x1_19d7), (0x1_19da, 0x1_19df), (0x1_19e4, 0x1_19e4), (0x1_1a01,
    0x1_1a0a), (0x1_1a35, 0x1_1a39), (0x1_1a3b, 0x1_1a3e), (0x1_1a51, 0x1_1a5b), (0x1_1a8a, 0x1_1a97),
    (0x1_1c2f, 0x1_1c36), (0x1_1c38, 0x1_1c3e), (0x1_1c92, 0x1_1ca7), (0x1_1ca9, 0x1_1cb6), (0x1_1d31,
    0x1_1d36), (0x1_1d3a, 0x1_1d3a), (0x1_1d3c, 0x1_1d3d), (0x1_1d3f, 0x1_1d41), (0x1_1d43, 0x1_1d43),
    (0x1_1d47, 0x1_1d47), (0x1_1d8a, 0x1_1d8e), (0x1_1d90, 0x1_1d91), (0x1_1d93, 0x1_1d96), (0x1_1ef3,
    0x1_1ef6), (0x1_6f4f, 0x1_6f4f), (0x1_6f51, 0x1_6f87), (0x1_6f8f, 0x1_6f92), (0x1_6ff0, 0x1_6ff1),
    (0x1_bc9e, 0x1_bc9e), (0x1_e000, 0x1_e006), (0x1_e008, 0x1_e018), (0x1_e01b, 0x1_e021), (0x1_e023,
    0x1_e024), (0x1_e026, 0x1_e02a), (0x1_e947, 0x1_e947), (0x1_f130, 0x1_f149), (0x1_f150, 0x1_f169),
    (0x1_f170, 0x1_f189),
];

/// What markupsafe makes of a text.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    push_escaped(text, &mut out);
    out
}

/// Puts what markupsafe makes of a text behind another one.
pub fn push_escaped(text: &str, out: &mut String) {
    let all = text.as_bytes();
    // Each kind is looked for by itself, so that the many bytes between are passed over quickly.
    let seek = |kind: usize, from: usize| {
        let rest = all.get(from..).unwrap_or_default();
        let step = match kind {
            0 => find_either(b'<', b'>', rest),
            1 => find_either(b'\'', b'"', rest),
            _ => find(b'&', rest),
        };
        step.map_or(all.len(), |step| from + step)
    };
    let mut next: [usize; 3] = std::array::from_fn(|kind| seek(kind, 0));
    let mut done = 0;
    while let Some((kind, place)) = next.iter_mut().enumerate().min_by_key(|(_, place)| **place) {
        let at = *place;
        out.push_str(text.get(done..at).unwrap_or_default());
        out.push_str(match all.get(at) {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'\'') => "&#39;",
            Some(_) => "&#34;",
            None => return,
        });
        done = at + 1;
        *place = seek(kind, done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_pythons() {
        assert!(is_space('\u{1c}') && is_space('\u{85}') && is_space('\u{a0}') && !is_space('\u{feff}'));
        assert!(is_word('é') && is_word('二') && is_word('_') && !is_word('\u{93e}') && !is_word('Ⓐ') && is_word('Ⅷ'));
        assert!(is_digit('7') && is_digit('٣') && is_digit('\u{1d7ff}') && !is_digit('²') && !is_digit('a'));
    }

    #[test]
    fn marks_are_escaped() {
        let mut out = String::new();
        push_escaped("<é> 'a' & \"b\"&&", &mut out);
        assert_eq!(out, "&lt;é&gt; &#39;a&#39; &amp; &#34;b&#34;&amp;&amp;");
    }

    #[test]
    fn dedent_takes_the_common_margin() {
        assert_eq!(dedent("  a\n    b\n \t\n  c"), "a\n  b\n\nc");
        assert_eq!(dedent("  a\n\tb"), "  a\n\tb");
        assert_eq!(dedent("a\n  b"), "a\n  b");
    }
}
