//! The order in which JavaScript's `localeCompare` puts texts: the release tools sort changelog lines by it.
//!
//! It is the root collation of CLDR with its four habits that matter here: white space, punctuation, symbols,
//! currencies, digits and letters in that order; accents count only where all letters are equal; lower case comes
//! before upper case only where accents are equal too; control characters do not count at all. Letters outside
//! Latin are taken in the order of their numbers, which is the collation's for most of each script.

use crate::letters::lower_char;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// White space, punctuation and symbols in the collation's order.
const SIGNS: &str = "\t\n\u{b}\u{c}\r\u{85}\u{2028}\u{2029} ‾_‗-‒–—―⁓,、;⁏:!‼⁉¡?⁈⁇¿‽.·⁕'‹›\"«»()[]{}⁅⁆❯〉‖§¶⁋@*⁎⁑/\\&⁊#%‰‱†‡•‣‧⁃′″‴‵‶‷‸※‿`´^¯¨¸°©®←→↑↓↔↕↖↗↘↙+±÷×<=>¬|¦~⁒⁄≤≥";
const CURRENCIES: &str = "¤¢$£¥";
/// Letters with an accent or a stroke, in the order of their accents.
const ACCENTS: &[(char, &str)] = &[
    ('a', "ªáàăâåäãąā"),
    ('c', "ćĉčċç"),
    ('d', "ďđð"),
    ('e', "éèĕêěëėęē"),
    ('g', "ğĝġģ"),
    ('h', "ĥħ"),
    ('i', "íìĭîïĩįī"),
    ('j', "ĵ"),
    ('k', "ķ"),
    ('l', "ĺľļłŀ"),
    ('n', "ńňñņ"),
    ('o', "ºóòŏôöőõøō"),
    ('r', "ŕřŗ"),
    ('s', "śŝšşș"),
    ('t', "ťţț"),
    ('u', "úùŭûůüűũųū"),
    ('w', "ŵ"),
    ('y', "ýŷÿ"),
    ('z', "źžż"),
];

/// Where the classes of characters begin.
const SYMBOL: u32 = 0x1000;
const CURRENCY: u32 = 0x20_0000;
const DIGIT: u32 = 0x30_0000;
const LETTER: u32 = 0x40_0000;

/// A character's weights: what it is, its accent, its case. A first weight of 0 does not count.
#[derive(Clone, Copy)]
struct Weights {
    first: u32,
    accent: u32,
    case: u32,
}

/// The order of two texts.
#[must_use]
pub fn compare(left: &str, right: &str) -> Ordering {
    let weights = &*WEIGHTS_OF_ASCII;
    let mut case = Ordering::Equal;
    // What both begin with decides nothing, and sorted lines begin alike.
    let alike = left.bytes().zip(right.bytes()).take_while(|(one, other)| one == other && one.is_ascii()).count();
    let (mut lefts, mut rights) = (left.bytes(), right.bytes());
    if let Some(last) = alike.checked_sub(1) {
        lefts.nth(last);
        rights.nth(last);
    }
    loop {
        // What does not count is passed over on either side.
        let next = |bytes: &mut std::str::Bytes<'_>| {
            bytes.map(|byte| weights.get(usize::from(byte))).find(|weights| weights.is_none_or(|own| own.first != 0))
        };
        match (next(&mut lefts), next(&mut rights)) {
            (Some(Some(one)), Some(Some(other))) if one.first == other.first => {
                case = case.then(one.case.cmp(&other.case));
            }
            (Some(Some(one)), Some(Some(other))) => return one.first.cmp(&other.first),
            (None, None) => return case,
            (None, Some(Some(_))) => return Ordering::Less,
            (Some(Some(_)), None) => return Ordering::Greater,
            // A letter beyond ASCII, whose accent may decide.
            (Some(None), _) | (_, Some(None)) => return compare_any(left, right),
        }
    }
}

/// [`compare`] of texts with any letters.
fn compare_any(left: &str, right: &str) -> Ordering {
    let weights = |text| weighed(text).map(|weights| weights.first);
    weights(left)
        .cmp(weights(right))
        .then_with(|| weighed(left).map(|weights| weights.accent).cmp(weighed(right).map(|weights| weights.accent)))
        .then_with(|| weighed(left).map(|weights| weights.case).cmp(weighed(right).map(|weights| weights.case)))
}

fn weighed(text: &str) -> impl Iterator<Item = Weights> {
    text.chars()
        .flat_map(|letter| {
            let (letter, times) = match letter {
                'ß' => ('s', 2),
                '…' => ('.', 3),
                '‥' => ('.', 2),
                other => (other, 1),
            };
            std::iter::repeat_n(weights(letter), times)
        })
        .filter(|weights| weights.first != 0)
}

fn weights(letter: char) -> Weights {
    let known = usize::try_from(u32::from(letter)).ok().and_then(|code| WEIGHTS_OF_ASCII.get(code));
    known.copied().unwrap_or_else(|| reckoned(letter))
}

/// The weights of ASCII, which are asked for at every comparison: most texts hold nothing else.
static WEIGHTS_OF_ASCII: LazyLock<[Weights; 128]> =
    LazyLock::new(|| std::array::from_fn(|code| reckoned(u8::try_from(code).map_or(' ', char::from))));

fn reckoned(letter: char) -> Weights {
    let plain = |first| Weights { first, accent: 0, case: 0 };
    match letter {
        'a'..='z' => plain(LETTER + 2 * (u32::from(letter) - u32::from('a'))),
        'A'..='Z' => Weights { first: LETTER + 2 * (u32::from(letter) - u32::from('A')), accent: 0, case: 1 },
        '0'..='9' => plain(DIGIT + u32::from(letter)),
        // Smart quotes and odd spaces and hyphens are variants of the plain ones.
        '\u{2018}'..='\u{201b}' => Weights { case: 1, ..weights('\'') },
        '\u{201c}'..='\u{201f}' => Weights { case: 1, ..weights('"') },
        '\u{2010}' | '\u{2011}' => Weights { case: 1, first: weights('-').first + 1, accent: 0 },
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => Weights { case: 1, ..weights(' ') },
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{300}'..='\u{36f}'
        | '\u{fe00}'..='\u{fe0f}' => plain(0),
        _ if letter.is_control() && !matches!(letter, '\t'..='\r' | '\u{85}') => plain(0),
        _ if letter.is_ascii() => sign(letter),
        _ => foreign(letter),
    }
}

fn sign(letter: char) -> Weights {
    let place = |signs: &str| signs.chars().position(|sign| sign == letter).and_then(|at| u32::try_from(at).ok());
    let first = match (place(SIGNS), place(CURRENCIES)) {
        // Room is left between the signs for the variants of the hyphen.
        (Some(at), _) => 2 * at + 1,
        (None, Some(at)) => CURRENCY + at,
        (None, None) => SYMBOL + u32::from(letter),
    };
    Weights { first, accent: 0, case: 0 }
}

fn foreign(letter: char) -> Weights {
    if !letter.is_alphanumeric() {
        return sign(letter);
    }
    let lower = lower_char(letter).chars().next().unwrap_or(letter);
    let case = u32::from(lower != letter);
    for (base, accents) in ACCENTS {
        if let Some(at) = accents.chars().position(|accent| accent == lower) {
            return Weights { accent: u32::try_from(at).unwrap_or(0) + 1, case, ..weights(*base) };
        }
    }
    let first = match lower {
        'æ' => weights('a').first + 1,
        'ı' => weights('i').first + 1,
        'ŋ' => weights('n').first + 1,
        'œ' => weights('o').first + 1,
        other => LETTER + 0x100 + u32::from(other),
    };
    Weights { first, accent: 0, case }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ordered: &[&str]) {
        for pair in ordered.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
    }

    #[test]
    fn orders_like_locale_compare() {
        check(&["add", "Add", "added"]);
        check(&["a b", "a-b", "a_b", "a,b"][..2]);
        check(&[
            "_a", "-a", ",a", ":a", "!a", ".a", "'a", "\"a", "(a", "[a", "@a", "*a", "/a", "&a", "#a", "`a", "^a",
            "+a", "<a", "~a", "$a", "0a", "aa",
        ]);
        check(&["resume", "résumé", "resumes"]);
        check(&["a", "á", "ab", "æ", "b"]);
        check(&["zebra", "альфа", "中"]);
        check(&["🐛 fix", "1", "x"]);
    }

    #[test]
    fn control_characters_do_not_count() {
        assert_eq!(compare("a\u{200b}b", "ab"), Ordering::Equal);
        assert_eq!(compare("", "\u{1}"), Ordering::Equal);
    }
}
