//! Where a byte stands in a text: most of what reading a message costs.

/// The place of the first such byte.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    memchr::memchr(byte, text)
}

/// The place of the last such byte.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn find_last(byte: u8, text: &[u8]) -> Option<usize> {
    memchr::memrchr(byte, text)
}

/// The place of the last such byte.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn find_last(byte: u8, text: &[u8]) -> Option<usize> {
    text.iter().rposition(|other| *other == byte)
}

/// The place of the first byte that is one of the two.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn find_either(one: u8, other: u8, text: &[u8]) -> Option<usize> {
    memchr::memchr2(one, other, text)
}

/// The place of the first byte that is one of the two.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn find_either(one: u8, other: u8, text: &[u8]) -> Option<usize> {
    let either = |word: u64| words::zeros(word ^ words::of(one)) | words::zeros(word ^ words::of(other));
    words::find(text, either, |byte| byte == one || byte == other)
}

/// The place of the first such byte. The crate's own search weighs more here than it gains.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    words::find(text, |word| words::zeros(word ^ words::of(byte)), |other| other == byte)
}

/// The lines of a text without what ends them, as `split('\n')` has them.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = find(b'\n', text.as_bytes());
        rest = end.and_then(|end| text.get(end + 1..));
        text.get(..end.unwrap_or(text.len()))
    })
}

/// The same with what ends them, as `split_inclusive('\n')` has them.
pub fn whole_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = find(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        let (line, behind) = rest.split_at_checked(end).filter(|(line, _)| !line.is_empty())?;
        rest = behind;
        Some(line)
    })
}

/// Eight bytes at once, in plain numbers.
#[cfg(any(target_arch = "wasm32", test))]
mod words {
    /// A word of eight such bytes.
    pub(super) fn of(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }

    /// Marks the highest bit of the first byte that is zero; what it marks behind that may be wrong.
    pub(super) fn zeros(word: u64) -> u64 {
        word.wrapping_sub(of(1)) & !word & of(0x80)
    }

    /// The place of the first byte that `marks` finds in a word, or `is` among the last few.
    pub(super) fn find(text: &[u8], marks: impl Fn(u64) -> u64, is: impl Fn(u8) -> bool) -> Option<usize> {
        let (words, rest) = text.as_chunks::<8>();
        let mut at = 0;
        for word in words {
            let marked = marks(u64::from_le_bytes(*word));
            if marked != 0 {
                return Some(at + marked.trailing_zeros() as usize / 8);
            }
            at += 8;
        }
        rest.iter().position(|byte| is(*byte)).map(|step| at + step)
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[track_caller]
    fn check(text: &[u8], byte: u8) {
        let found = words::find(text, |word| words::zeros(word ^ words::of(byte)), |other| other == byte);
        assert_eq!(found, text.iter().position(|other| *other == byte), "{byte} in {text:?}");
    }

    #[test]
    fn lines_are_those_of_the_standard_library() {
        for text in ["", "\n", "a", "a\n", "a\n\nb", "\n\né\r\n"] {
            assert!(super::lines(text).eq(text.split('\n')), "{text:?}");
            assert!(super::whole_lines(text).eq(text.split_inclusive('\n')), "{text:?}");
        }
    }

    #[test]
    fn words_find_the_first_such_byte() {
        for length in 0..40 {
            for place in 0..length {
                for around in [0_u8, 1, b'#' - 1, b'#' + 1, 0x7f, 0x80, 0xff, b'#' ^ 0x80] {
                    let mut text = vec![around; length];
                    check(&text, b'#');
                    text[place] = b'#';
                    check(&text, b'#');
                    check(&text, around);
                }
            }
        }
    }
}
