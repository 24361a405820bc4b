//! Upper and lower case. A browser has the tables of Unicode itself: the Wasm asks it instead of bringing its own (about
//! 28 KB). Both sides follow Unicode's full mappings, the sigma at a word's end included.

/// The text in lower case.
#[must_use]
pub fn lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { foreign(text, false) }
}

/// The text in upper case.
#[must_use]
pub fn upper(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { foreign(text, true) }
}

/// A single character in lower case: mostly one character.
#[must_use]
pub fn lower_char(letter: char) -> String {
    lower(letter.encode_utf8(&mut [0; 4]))
}

/// A single character in upper case: mostly one character.
#[must_use]
pub fn upper_char(letter: char) -> String {
    upper(letter.encode_utf8(&mut [0; 4]))
}

#[cfg(not(target_arch = "wasm32"))]
fn foreign(text: &str, upper: bool) -> String {
    if upper { text.to_uppercase() } else { text.to_lowercase() }
}

#[cfg(target_arch = "wasm32")]
fn foreign(text: &str, upper: bool) -> String {
    let text = js_sys::JsString::from(text);
    String::from(if upper { text.to_upper_case() } else { text.to_lower_case() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_unicode() {
        assert_eq!(lower("FEAT Ä ΌΣΟΣ"), "feat ä όσος");
        assert_eq!(upper("feat ß ǆ"), "FEAT SS Ǆ");
        assert_eq!(lower_char('İ'), "i\u{307}");
        assert_eq!(upper_char('ﬀ'), "FF");
    }
}
