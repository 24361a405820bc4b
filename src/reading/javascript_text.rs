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
    // Most texts have nothing around them, which their outermost bytes tell.
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(is_space),
    }
}

/// Whether something in a line may end it for JavaScript; looks at every byte, which is faster than stopping at one.
#[must_use]
pub fn may_break(line: &str) -> bool {
    line.bytes().fold(0, |found, byte| found | u8::from(byte == b'\r') | u8::from(byte == 0xe2)) != 0
}

/// Where the first line terminator stands: what `.` does not match.
#[must_use]
pub fn terminator(text: &str) -> Option<usize> {
    // Few texts hold one; looking at every byte is faster than stopping at one.
    let may_end = |byte: u8| u8::from(byte == b'\n') | u8::from(byte == b'\r') | u8::from(byte == 0xe2);
    if text.bytes().fold(0, |found, byte| found | may_end(byte)) == 0 {
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
