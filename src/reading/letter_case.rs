//! The cases of letters that commitlint knows (`@commitlint/ensure` 21.2.4, `to-case.ts`), on es-toolkit's lodash words
//! (1.53.2, `compat/_internal/words.ts`).

use super::javascript_text::{LINE_ENDS, is_space, is_word_char as is_word, trim};

/// A case of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `camelCase`.
    Camel,
    /// `kebab-case`.
    Kebab,
    /// `snake_case`.
    Snake,
    /// `PascalCase`.
    Pascal,
    /// `Start Case`.
    Start,
    /// `UPPER CASE`.
    Upper,
    /// `Sentence case`: only the first letter counts.
    Sentence,
    /// `lower case`.
    Lower,
}

impl Case {
    /// The case of that name; `None` where there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "camel-case" => Self::Camel,
            "kebab-case" => Self::Kebab,
            "snake-case" => Self::Snake,
            "pascal-case" => Self::Pascal,
            "start-case" => Self::Start,
            "upper-case" | "uppercase" => Self::Upper,
            "sentence-case" | "sentencecase" => Self::Sentence,
            "lower-case" | "lowercase" | "lowerCase" => Self::Lower,
            _ => return None,
        })
    }

    /// Whether a text is in this case. What stands in quotes does not count; a text that says nothing or begins with a
    /// digit in its new form is in every case.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        let bare = without_quotes(text);
        let bare = trim(&bare);
        let cased = self.of(bare);
        cased.is_empty() || cased.starts_with(|c: char| c.is_ascii_digit()) || cased == bare
    }

    /// The text in this case.
    #[must_use]
    pub fn of(self, text: &str) -> String {
        match self {
            Self::Upper => text.to_uppercase(),
            Self::Lower => text.to_lowercase(),
            Self::Sentence => upper_first(text),
            Self::Kebab => lowered(text, "-"),
            Self::Snake => lowered(text, "_"),
            Self::Camel => camel(text),
            Self::Pascal => upper_first(&camel(text)),
            Self::Start => {
                let text = normalized(text);
                let words: Vec<String> = words(trim(&text)).into_iter().map(start_word).collect();
                words.join(" ")
            }
        }
    }
}

/// The first UTF-16 unit in upper case: half of a pair has none.
fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first.len_utf16() == 1 => {
            first.to_uppercase().chain(std::iter::empty()).collect::<String>() + chars.as_str()
        }
        _ => text.to_owned(),
    }
}

/// The first character in upper case, pairs as well.
fn start_word(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}

fn lowered(text: &str, between: &str) -> String {
    let text = normalized(text);
    let words: Vec<String> = words(&text).into_iter().map(str::to_lowercase).collect();
    words.join(between)
}

fn camel(text: &str) -> String {
    let text = normalized(text);
    let mut out = String::with_capacity(text.len());
    for (at, word) in words(&text).into_iter().enumerate() {
        let mut chars = word.chars();
        match chars.next() {
            Some(first) if at > 0 && first.len_utf16() == 1 => {
                out.extend(first.to_uppercase());
                out.push_str(&chars.as_str().to_lowercase());
            }
            // The rest of a pair is lowered by itself, which changes nothing.
            Some(first) if at > 0 => {
                out.push(first);
                out.push_str(&chars.as_str().to_lowercase());
            }
            _ => out.push_str(&word.to_lowercase()),
        }
    }
    out
}

/// `` /`.*?`|".*?"|'.*?'/g `` → nothing.
fn without_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive(LINE_ENDS) {
        let mut rest = line;
        // A quote that found no partner once finds none later in its line.
        let mut unpaired = [false; 3];
        while let Some(at) = rest.find(['`', '"', '\'']) {
            let quote = rest.as_bytes().get(at).copied().unwrap_or_default();
            let kind = match quote {
                b'`' => 0,
                b'"' => 1,
                _ => 2,
            };
            let (before, quoted) = rest.split_at(at);
            out.push_str(before);
            let inside = quoted.get(1..).unwrap_or_default();
            let open = unpaired.get(kind).is_none_or(|unpaired| *unpaired);
            if let Some(end) = inside.find(char::from(quote)).filter(|_| !open) {
                rest = inside.get(end + 1..).unwrap_or_default();
            } else {
                if let Some(unpaired) = unpaired.get_mut(kind) {
                    *unpaired = true;
                }
                out.push(char::from(quote));
                rest = inside;
            }
        }
        out.push_str(rest);
    }
    out
}

/// `deburr`, then without apostrophes: the letters of Latin-1 and Latin Extended-A lose their marks, combining marks go.
fn normalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let code = u32::from(c);
        match c {
            '\'' | '\u{2019}' => {}
            _ if (0xc0..=0x17f).contains(&code) => match DEBURRED.get(code as usize - 0xc0) {
                Some(&"") | None => out.push(c),
                // `'n` loses its apostrophe at once.
                Some(plain) => out.push_str(plain),
            },
            '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}' => {}
            _ => out.push(c),
        }
    }
    out
}

/// The plain letters of U+00C0 to U+017F; empty for the two signs that stay.
#[rustfmt::skip]
const DEBURRED: [&str; 192] = [
    "A", "A", "A", "A", "A", "A", "Ae", "C", "E", "E", "E", "E", "I", "I", "I", "I",
    "D", "N", "O", "O", "O", "O", "O", "", "O", "U", "U", "U", "U", "Y", "Th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y",
    "A", "a", "A", "a", "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d",
    "D", "d", "E", "e", "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
    "G", "g", "G", "g", "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i",
    "I", "i", "IJ", "ij", "J", "j", "K", "k", "k", "L", "l", "L", "l", "L", "l", "L",
    "l", "L", "l", "N", "n", "N", "n", "N", "n", "n", "N", "n", "O", "o", "O", "o",
    "O", "o", "Oe", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
    "S", "s", "T", "t", "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u",
    "U", "u", "U", "u", "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
];

/// The classes lodash builds its words of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Break,
    Dingbat,
    Astral,
    Misc,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | '\u{df}'..='\u{f6}' | '\u{f8}'..='\u{ff}' => Class::Lower,
        'A'..='Z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{de}' => Class::Upper,
        '0'..='9' => Class::Digit,
        '\0'..='\u{bf}'
        | '\u{d7}'
        | '\u{f7}'
        | '\u{2000}'..='\u{206f}'
        | '\u{feff}'
        | '\u{1680}'
        | '\u{180e}'
        | '\u{3000}' => Class::Break,
        '\u{2700}'..='\u{27bf}' => Class::Dingbat,
        _ if c.len_utf16() == 2 => Class::Astral,
        _ => Class::Misc,
    }
}

/// lodash's words.
fn words(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let complex = !bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ')
        || bytes.windows(2).any(|pair| match pair {
            [left, right] => {
                (left.is_ascii_lowercase() && right.is_ascii_uppercase())
                    || (left.is_ascii_digit() && right.is_ascii_alphabetic())
                    || (left.is_ascii_alphabetic() && right.is_ascii_digit())
            }
            _ => false,
        })
        || bytes.windows(3).any(|three| match three {
            [a, b, c] => a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_lowercase(),
            _ => false,
        });
    if !complex {
        return text.split(' ').filter(|word| !word.is_empty()).collect();
    }
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = word(rest);
        if length > 0 {
            out.push(rest.get(..length).unwrap_or_default());
            rest = rest.get(length..).unwrap_or_default();
        } else {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The length of the longest beginning whose characters are of these classes.
fn run(text: &str, of: impl Fn(Class) -> bool) -> usize {
    text.find(|c| !of(class(c))).unwrap_or(text.len())
}

/// The length of the word that begins here; 0 where none does. The alternatives in lodash's order; contractions cannot
/// occur, since apostrophes are gone by then.
fn word(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let after = |at: usize| text.get(at..).unwrap_or_default();
    let class_at = |at: usize| after(at).chars().next().map(class);
    let upper = if class(first) == Class::Upper { first.len_utf8() } else { 0 };
    let lower = run(after(upper), |class| class == Class::Lower);
    if lower > 0 && matches!(class_at(upper + lower), None | Some(Class::Break | Class::Upper)) {
        return upper + lower;
    }
    let shouted = run(text, |class| matches!(class, Class::Upper | Class::Misc));
    if shouted > 0 {
        if matches!(class_at(shouted), None | Some(Class::Break)) {
            return shouted;
        }
        let begins_next = text.get(..shouted).unwrap_or_default().char_indices().rev().find(|(at, c)| {
            *at > 0
                && class(*c) == Class::Upper
                && matches!(class_at(at + c.len_utf8()), Some(Class::Lower | Class::Misc))
        });
        if let Some((at, _)) = begins_next {
            return at;
        }
    }
    let mixed = run(after(upper), |class| matches!(class, Class::Lower | Class::Misc));
    if mixed > 0 {
        return upper + mixed;
    }
    if upper > 0 {
        return run(text, |class| class == Class::Upper);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return ordinal(text, digits).unwrap_or(digits);
    }
    match class(first) {
        Class::Dingbat | Class::Astral => emoji(text),
        _ => 0,
    }
}

/// `1st`, `22ND`: digits whose ending belongs to them.
fn ordinal(text: &str, digits: usize) -> Option<usize> {
    let last = text.as_bytes().get(digits.checked_sub(1)?)?;
    let end = digits + 2;
    let ending = text.get(digits..end)?;
    let (wanted, small) = match (last, ending) {
        (b'1', "st") | (b'2', "nd") | (b'3', "rd") => (true, true),
        (b'1', "ST") | (b'2', "ND") | (b'3', "RD") => (true, false),
        (b'1' | b'2' | b'3', _) => (false, false),
        (_, "th") => (true, true),
        (_, "TH") => (true, false),
        _ => (false, false),
    };
    let next = text.get(end..)?.chars().next();
    let ends = next.is_none_or(|next| {
        !is_word(next) || next == '_' || if small { next.is_ascii_uppercase() } else { next.is_ascii_lowercase() }
    });
    (wanted && ends).then_some(end)
}

fn is_regional(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// An emoji with its variation, modifier and joined followers.
fn emoji(text: &str) -> usize {
    let mut at = 0;
    let next = |at: usize| text.get(at..).and_then(|rest| rest.chars().next());
    let take = |at: &mut usize, of: &dyn Fn(char) -> bool| {
        let found = next(*at).filter(|c| of(*c));
        *at += found.map_or(0, char::len_utf8);
        found
    };
    let base = |at: &mut usize, of: &dyn Fn(char) -> bool| {
        let first = take(at, of);
        if first.is_some_and(is_regional) {
            take(at, &is_regional);
        }
        first.is_some()
    };
    let variation = |c: char| matches!(c, '\u{fe0e}' | '\u{fe0f}');
    let modifier = |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{fe20}'..='\u{fe2f}' | '\u{20d0}'..='\u{20ff}' | '\u{1f3fb}'..='\u{1f3ff}');
    let optional = |at: &mut usize, of: &dyn Fn(char) -> bool| {
        if let Some(c) = text.get(*at..).and_then(|rest| rest.chars().next()).filter(|c| of(*c)) {
            *at += c.len_utf8();
        }
    };
    base(&mut at, &|_| true);
    optional(&mut at, &variation);
    optional(&mut at, &modifier);
    while next(at) == Some('\u{200d}') {
        let mut joined = at + '\u{200d}'.len_utf8();
        if !base(&mut joined, &|_| true) {
            break;
        }
        at = joined;
        optional(&mut at, &variation);
        optional(&mut at, &modifier);
    }
    at
}

/// `/^[\p{Ll}\p{Lu}\p{Lt}]/iu`: whether a text begins with a letter that has a case.
#[must_use]
pub fn begins_with_cased_letter(text: &str) -> bool {
    text.chars().next().is_some_and(|c| {
        if c.is_ascii() {
            return c.is_ascii_alphabetic();
        }
        let code = u32::from(c);
        let title = matches!(code, 0x1c5 | 0x1c8 | 0x1cb | 0x1f2 | 0x1f88..=0x1f8f | 0x1f98..=0x1f9f | 0x1fa8..=0x1faf | 0x1fbc | 0x1fcc | 0x1ffc);
        // Rust also calls lower or upper case what only looks so: modifier letters, Roman numbers, circled letters.
        let looks = matches!(code, 0xaa | 0xba | 0x2b0..=0x2b8 | 0x2c0..=0x2c1 | 0x2e0..=0x2e4 | 0x37a | 0x10fc
            | 0x1d2c..=0x1d6a | 0x1d78 | 0x1d9b..=0x1dbf | 0x2071 | 0x207f | 0x2090..=0x209c | 0x2160..=0x217f
            | 0x24b6..=0x24e9 | 0x2c7c..=0x2c7d | 0xa69c..=0xa69d | 0xa770 | 0xa7f1..=0xa7f4 | 0xa7f8..=0xa7f9
            | 0xab5c..=0xab5f | 0xab69 | 0x1_0780 | 0x1_0783..=0x1_0785 | 0x1_0787..=0x1_07b0 | 0x1_07b2..=0x1_07ba | 0x1_e030..=0x1_e06d | 0x1_f130..=0x1_f149 | 0x1_f150..=0x1_f169 | 0x1_f170..=0x1_f189);
        title || ((c.is_lowercase() || c.is_uppercase()) && !looks)
    })
}

/// Whether white space of JavaScript's kind stands at a text's beginning or end.
#[must_use]
pub fn is_padded(text: &str) -> bool {
    text.starts_with(is_space) || text.ends_with(is_space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(case: Case, text: &str, expected: &str) {
        assert_eq!(case.of(text), expected);
    }

    #[test]
    fn words_are_lodashs() {
        check(Case::Start, "add login", "Add Login");
        check(Case::Start, "fooBarHTTPServer2x", "Foo Bar HTTP Server 2 X");
        check(Case::Start, "Update API", "Update API");
        check(Case::Start, "the 1st and 22ND of 11th", "The 1st And 22ND Of 11 Th");
        check(Case::Camel, "HTTP request-id", "httpRequestId");
        check(Case::Kebab, "Crème brûlée isn't", "creme-brulee-isnt");
        check(Case::Snake, "fooBar 12", "foo_bar_12");
        check(Case::Start, "Добавить Вход", "Добавить Вход");
        check(Case::Start, "add 🚀 x👨‍👩‍👧y", "Add 🚀 X 👨‍👩‍👧 Y");
        check(Case::Pascal, "initial", "Initial");
    }

    #[test]
    fn quotes_do_not_count() {
        assert!(Case::Lower.fits("use `README` and \"X\""));
        assert!(!Case::Lower.fits("use `README"));
        assert!(Case::Sentence.fits("`x` Y") && Case::Upper.fits("") && Case::Upper.fits("2 x"));
    }
}
