//! The order of `String.prototype.localeCompare`, in which changelog writers sort their lines.
//!
//! It is the root collation of CLDR as ICU applies it by default: punctuation counts, then symbols, digits, letters; the
//! letters' case and accents only decide between texts that are otherwise equal. What stands below is that order for
//! Latin text and for the signs that occur in commit messages; other scripts follow by code point, which is how the
//! collation orders most of them.

use std::cmp::Ordering;

/// The signs, from the lowest; a place in this text is a weight.
const SIGNS: &str = "\t\n\u{b}\u{c}\r\u{85}\u{2028}\u{2029} _‾-‐‑‒–—―,;:!¡?¿.‥…·'‘’‚‛‹›\"“”„‟«»()[]{}⌈⌉⌊⌋〈〉‖§¶@*⁎/\\&#%‰†‡•‣′″‴※‿⁂`´^¯¨˚¸°©®←→↑↓↔↕⇐⇒⇔∀∂∅∆∇∈∏∑+±÷×<=>¬|¦~−∗√∞∧∨∩∪∫∼≈≠≡≤≥⌘─│┃├└█▲▶▼○●◦★☀☑☺♥♻⚠⚡⚙✅✓✔✗✘✨❌❗❤➕➖➜⬆⬇⭐";
/// Where emoji and other signs that are not named above begin, where currencies do, digits, and letters.
const OTHER_SIGNS: u64 = 0x200;
const CURRENCIES: &str = "¤¢$£¥฿₤₩₪₫€₹₽₿";
const DIGITS: u64 = 0x400;
const LETTERS: u64 = 0x500;
const OTHER_LETTERS: u64 = 0x600;

/// The weights of a text: equal texts have equal weights, and the order of weights is the texts'.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weights {
    primary: Vec<u64>,
    secondary: Vec<u8>,
    tertiary: Vec<u8>,
}

/// Letters with marks: the plain letter and a weight for the mark, in the collation's order of marks.
fn plain(c: char) -> Option<(&'static str, u8)> {
    const GRAVE: u8 = 3;
    const ACUTE: u8 = 2;
    const BREVE: u8 = 4;
    const CIRCUMFLEX: u8 = 5;
    const CARON: u8 = 6;
    const RING: u8 = 7;
    const DIAERESIS: u8 = 8;
    const DOUBLE_ACUTE: u8 = 9;
    const TILDE: u8 = 10;
    const DOT: u8 = 11;
    const STROKE: u8 = 12;
    const CEDILLA: u8 = 13;
    const OGONEK: u8 = 14;
    const MACRON: u8 = 15;
    let lower = c.to_lowercase().next().unwrap_or(c);
    Some(match lower {
        'à' => ("a", GRAVE),
        'á' => ("a", ACUTE),
        'â' => ("a", CIRCUMFLEX),
        'ã' => ("a", TILDE),
        'ä' => ("a", DIAERESIS),
        'å' => ("a", RING),
        'ă' => ("a", BREVE),
        'ā' => ("a", MACRON),
        'ą' => ("a", OGONEK),
        'æ' => ("ae", 1),
        'ç' => ("c", CEDILLA),
        'ć' => ("c", ACUTE),
        'č' => ("c", CARON),
        'ď' => ("d", CARON),
        'đ' => ("d", STROKE),
        'è' => ("e", GRAVE),
        'é' => ("e", ACUTE),
        'ê' => ("e", CIRCUMFLEX),
        'ë' => ("e", DIAERESIS),
        'ē' => ("e", MACRON),
        'ė' => ("e", DOT),
        'ę' => ("e", OGONEK),
        'ě' => ("e", CARON),
        'ğ' => ("g", BREVE),
        'ì' => ("i", GRAVE),
        'í' => ("i", ACUTE),
        'î' => ("i", CIRCUMFLEX),
        'ï' => ("i", DIAERESIS),
        'ł' => ("l", STROKE),
        'ñ' => ("n", TILDE),
        'ń' => ("n", ACUTE),
        'ň' => ("n", CARON),
        'ò' => ("o", GRAVE),
        'ó' => ("o", ACUTE),
        'ô' => ("o", CIRCUMFLEX),
        'õ' => ("o", TILDE),
        'ö' => ("o", DIAERESIS),
        'ő' => ("o", DOUBLE_ACUTE),
        'ø' => ("o", STROKE),
        'œ' => ("oe", 1),
        'ř' => ("r", CARON),
        'ś' => ("s", ACUTE),
        'š' => ("s", CARON),
        'ş' => ("s", CEDILLA),
        'ß' => ("ss", 1),
        'ť' => ("t", CARON),
        'ù' => ("u", GRAVE),
        'ú' => ("u", ACUTE),
        'û' => ("u", CIRCUMFLEX),
        'ü' => ("u", DIAERESIS),
        'ű' => ("u", DOUBLE_ACUTE),
        'ů' => ("u", RING),
        'ý' => ("y", ACUTE),
        'ÿ' => ("y", DIAERESIS),
        'ź' => ("z", ACUTE),
        'ż' => ("z", DOT),
        'ž' => ("z", CARON),
        _ => return None,
    })
}

fn sign(c: char) -> Option<u64> {
    let place = |signs: &str| signs.chars().position(|known| known == c).and_then(|at| u64::try_from(at).ok());
    if let Some(at) = place(SIGNS) {
        return Some(at << 32);
    }
    if let Some(at) = place(CURRENCIES) {
        return Some((OTHER_SIGNS + 1 + at) << 32);
    }
    let code = u32::from(c);
    matches!(code, 0x2010..=0x2bff | 0x1f000..=0x1faff | 0x3000..=0x3030).then(|| (OTHER_SIGNS << 32) + u64::from(code))
}

impl Weights {
    /// The weights of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut weights = Self::default();
        for c in text.chars() {
            weights.add(c);
        }
        weights
    }

    fn push(&mut self, primary: u64, secondary: u8, tertiary: u8) {
        self.primary.push(primary);
        self.secondary.push(secondary);
        self.tertiary.push(tertiary);
    }

    fn add(&mut self, c: char) {
        match c {
            'a'..='z' => self.push((LETTERS << 32) + u64::from(u32::from(c)), 0, 0),
            'A'..='Z' => self.push((LETTERS << 32) + u64::from(u32::from(c.to_ascii_lowercase())), 0, 1),
            '0'..='9' => self.push((DIGITS << 32) + u64::from(u32::from(c)), 0, 0),
            // Control characters, soft hyphen, joiners and variation selectors weigh nothing.
            '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}' => {}
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {}
            '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => {}
            '\u{300}'..='\u{36f}' => {
                self.secondary.push(u8::try_from(u32::from(c) - 0x2ff).unwrap_or(u8::MAX));
                self.tertiary.push(0);
            }
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                self.push(sign(' ').unwrap_or(0), 0, 2)
            }
            _ => {
                if let Some(weight) = sign(c) {
                    self.push(weight, 0, 0);
                } else if let Some((letters, mark)) = plain(c) {
                    let case = u8::from(c.is_uppercase());
                    for letter in letters.chars() {
                        self.push((LETTERS << 32) + u64::from(u32::from(letter)), 0, case);
                    }
                    self.secondary.push(mark);
                    self.tertiary.push(0);
                } else {
                    let lower = c.to_lowercase().next().unwrap_or(c);
                    self.push((OTHER_LETTERS << 32) + u64::from(u32::from(lower)), 0, u8::from(lower != c));
                }
            }
        }
    }
}

/// `a.localeCompare(b)`.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    if a == b { Ordering::Equal } else { Weights::of(a).cmp(&Weights::of(b)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ascending: &[&str]) {
        for pair in ascending.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
    }

    #[test]
    fn texts_stand_in_the_order_of_locale_compare() {
        check(&[
            "", " ", "_", "-", ",", ";", ":", "!", "?", ".", "'", "\"", "(", ")", "[", "]", "{", "}", "@", "*", "/",
        ]);
        check(&[
            "/", "\\", "&", "#", "%", "`", "^", "+", "<", "=", ">", "|", "~", "✨", "$", "0", "9", "a", "A", "b", "B",
            "z", "Z", "α",
        ]);
        check(&["add", "Add", "added", "Added"]);
        check(&["resume", "résumé", "resumes"]);
        check(&["a b", "a-b", "ab"]);
        assert_eq!(compare("a\u{200d}b", "ab"), Ordering::Equal);
    }
}
