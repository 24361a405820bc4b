//! conventional-commits-parser, the reading of semantic-release, conventional-changelog, commitlint, lerna, nx and
//! release-it.
//!
//! The rule is that of version 6.4.0 (`CommitParser.js`, `regex.js`, `utils.js`, `options.js`), the version
//! semantic-release resolves; [`Edition::Seven`] holds what 7.1.4 reads differently. What a preset sets is data,
//! [`Options`]. Everything is read in one pass over the lines: where the original's expressions go back over a text,
//! the scanners here remember what they have seen.

use super::bytes;
use super::javascript_text::{is_space, is_word, may_break, prefix_units, terminator, trim};
use super::pattern::{Regex, groups, regex};
use crate::letters::{lower, upper_char};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::mem::discriminant;

/// Which major version's grammar is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// 3.0 to 5.0 (`lib/parser.js`, `lib/regex.js`), of lerna up to 9, standard-version and whatever else came before
    /// June 2024: an address may hold a reference, an issue ends with its last digit, nothing is named once only.
    Five,
    /// 6.4.0.
    #[default]
    Six,
    /// 7.1.4: a note needs its colon, a footer its token, a reference a digit.
    Seven,
}

/// How many groups of a pattern are looked at.
const GROUPS: usize = 8;

type Captured<'a> = [Option<&'a str>; GROUPS];

/// How the header is taken apart.
#[derive(Clone, Debug)]
pub enum HeaderPattern {
    /// `/^(\w*)(?:\((.*)\))?: (.*)$/`, the angular preset's.
    Angular,
    /// `/^(\w*)(?:\((.*)\))?!?: (.*)$/`, the conventionalcommits preset's.
    Conventional,
    /// `/^(\w*)(?:\((.*)\))?!: (.*)$/`, the conventionalcommits preset's for a breaking change.
    ConventionalBreaking,
    /// `/^(\w*)(?:\(([\w$@.\-*/ ]*)\))?: (.*)$/`, the parser's own.
    Default,
    /// Another one.
    Custom(Box<Regex>),
}

impl PartialEq for HeaderPattern {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Custom(one), Self::Custom(other)) => one.as_str() == other.as_str(),
            _ => discriminant(self) == discriminant(other),
        }
    }
}

impl HeaderPattern {
    /// A pattern from JavaScript's source and flags; `None` where it cannot be read.
    #[must_use]
    pub fn parse(source: &str, flags: &str) -> Option<Self> {
        match (source, flags) {
            (r"^(\w*)(?:\((.*)\))?: (.*)$", "") => Some(Self::Angular),
            (r"^(\w*)(?:\((.*)\))?!?: (.*)$", "") => Some(Self::Conventional),
            (r"^(\w*)(?:\((.*)\))?!: (.*)$", "") => Some(Self::ConventionalBreaking),
            _ => regex(source, flags).map(|regex| Self::Custom(Box::new(regex))),
        }
    }

    /// Whether the pattern fits, with what it captures.
    #[cfg(feature = "more")]
    pub(crate) fn captures<'a>(&self, header: &'a str, out: &mut [Option<&'a str>; GROUPS]) -> bool {
        self.capture(header, out)
    }

    /// Type, scope and subject, or whatever a custom pattern captures, in order.
    fn capture<'a>(&self, header: &'a str, out: &mut Captured<'a>) -> bool {
        *out = [None; GROUPS];
        if let Self::Custom(regex) = self {
            let Some(groups) = groups(regex, header) else { return false };
            for (place, group) in out.iter_mut().zip(groups.into_iter().skip(1)) {
                *place = group;
            }
            return true;
        }
        // Few headers are marked.
        if matches!(self, Self::ConventionalBreaking) && bytes::find(b'!', header.as_bytes()).is_none() {
            return false;
        }
        if terminator(header).is_some() {
            return false;
        }
        let word = header.bytes().take_while(|byte| is_word(*byte)).count();
        let (kind, rest) = header.split_at_checked(word).unwrap_or((header, ""));
        let (plain, bang) = match self {
            Self::Conventional => (true, true),
            Self::ConventionalBreaking => (false, true),
            _ => (true, false),
        };
        let scoped = rest.strip_prefix('(').and_then(|rest| {
            if matches!(self, Self::Default) {
                let (scope, subject) = rest.split_once("): ")?;
                let taken = |byte: u8| is_word(byte) || matches!(byte, b'$' | b'@' | b'.' | b'-' | b'*' | b'/' | b' ');
                return scope.bytes().all(taken).then_some((scope, subject));
            }
            last_close(rest, |after| {
                let simple = if plain { after.strip_prefix(": ") } else { None };
                simple.or_else(|| if bang { after.strip_prefix("!: ") } else { None })
            })
        });
        let (scope, subject) = if let Some((scope, subject)) = scoped {
            (Some(scope), subject)
        } else {
            let simple = if plain { rest.strip_prefix(": ") } else { None };
            let breaking = || if bang { rest.strip_prefix("!: ") } else { None };
            let Some(subject) = simple.or_else(breaking) else { return false };
            (None, subject)
        };
        for (place, part) in out.iter_mut().zip([Some(kind), scope, Some(subject)]) {
            *place = part;
        }
        true
    }
}

/// What is before the last `)` with a mark after it, and what is behind that mark.
fn last_close<'a>(text: &'a str, marked: impl Fn(&'a str) -> Option<&'a str>) -> Option<(&'a str, &'a str)> {
    let mut end = text.len();
    while let Some(at) = text.get(..end)?.rfind(')') {
        if let Some(after) = marked(text.get(at + 1..)?) {
            return Some((text.get(..at)?, after));
        }
        end = at;
    }
    None
}

/// How a commit that takes another one back is recognised.
#[derive(Clone, Debug)]
pub enum RevertPattern {
    /// `/^Revert\s"([\s\S]*)"\s*This reverts commit (\w*)\.?/`, the parser's own.
    Default,
    /// `/^(?:Revert|revert:)\s"?([\s\S]+?)"?\s*This reverts commit (\w{7,40})\b/i`, the angular preset's.
    Angular,
    /// `/^(?:Revert|revert:)\s"?([\s\S]+?)"?\s*This reverts commit (\w*)\./i`, the conventionalcommits preset's.
    Conventional,
    /// Another one.
    Custom(Box<Regex>),
}

impl PartialEq for RevertPattern {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Custom(one), Self::Custom(other)) => one.as_str() == other.as_str(),
            _ => discriminant(self) == discriminant(other),
        }
    }
}

impl RevertPattern {
    /// A pattern from JavaScript's source and flags; `None` where it cannot be read.
    #[must_use]
    pub fn parse(source: &str, flags: &str) -> Option<Self> {
        regex(source, flags).map(|regex| Self::Custom(Box::new(regex)))
    }

    fn capture<'a>(&self, message: &'a str) -> Option<Vec<Option<&'a str>>> {
        let (header, hash) = match self {
            Self::Custom(regex) => {
                let mut groups = groups(regex, message)?;
                groups.remove(0);
                return Some(groups);
            }
            Self::Default => default_revert(message)?,
            Self::Angular | Self::Conventional => {
                let after =
                    strip_ignoring_case(message, "revert:").or_else(|| strip_ignoring_case(message, "revert"))?;
                let mut chars = after.chars();
                let rest = if chars.next().is_some_and(is_space) { chars.as_str() } else { return None };
                let good_hash = |after: &'a str| {
                    let (hash, next) =
                        after.split_at_checked(after.bytes().take_while(|byte| is_word(*byte)).count())?;
                    let good = match self {
                        Self::Angular => (7..=40).contains(&hash.len()),
                        _ => next.starts_with('.'),
                    };
                    good.then_some(hash)
                };
                let unquoted = rest.strip_prefix('"').and_then(|inner| quoted_revert(inner, good_hash));
                unquoted.or_else(|| quoted_revert(rest, good_hash))?
            }
        };
        Some(vec![Some(header), Some(hash)])
    }
}

const REVERTS: &str = "This reverts commit ";

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn default_revert(message: &str) -> Option<(&str, &str)> {
    let rest = message.strip_prefix("Revert")?;
    let mut chars = rest.chars();
    chars.next().filter(|c| is_space(*c))?;
    let inner = chars.as_str().strip_prefix('"')?;
    for (at, _) in inner.rmatch_indices(REVERTS) {
        let (before, after) = inner.split_at_checked(at)?;
        if let Some(header) = before.trim_end_matches(is_space).strip_suffix('"') {
            let after = after.get(REVERTS.len()..)?;
            let hash = after.get(..after.bytes().take_while(|byte| is_word(*byte)).count())?;
            return Some((header, hash));
        }
    }
    None
}

/// `([\s\S]+?)"?\s*This reverts commit HASH`, whatever the case: the shortest header before the first that fits.
fn quoted_revert<'a>(text: &'a str, hash: impl Fn(&'a str) -> Option<&'a str>) -> Option<(&'a str, &'a str)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(step) = bytes.get(from..)?.iter().position(|byte| byte.eq_ignore_ascii_case(&b't')) {
        let at = from + step;
        from = at + 1;
        let Some(after) = text.get(at..).and_then(|rest| strip_ignoring_case(rest, REVERTS)) else { continue };
        let Some(hash) = hash(after) else { continue };
        let before = text.get(..at)?;
        let bare = before.trim_end_matches(is_space);
        let first = text.chars().next().map_or(1, char::len_utf8);
        if before.is_empty() {
            continue;
        }
        let header = match bare.strip_suffix('"') {
            Some(header) if !header.is_empty() => header,
            // The header has at least one character, be it the quote or a space.
            _ if bare.len() >= first => bare,
            _ => text.get(..first)?,
        };
        return Some((header, hash));
    }
    None
}

/// A pattern for merge commits and the names of what it captures.
#[derive(Clone, Debug)]
pub struct MergePattern {
    /// The expression, held against the first line.
    pub pattern: Box<Regex>,
    /// The names of its groups.
    pub correspondence: Vec<String>,
}

impl PartialEq for MergePattern {
    fn eq(&self, other: &Self) -> bool {
        self.pattern.as_str() == other.pattern.as_str() && self.correspondence == other.correspondence
    }
}

/// What a preset or a configuration sets (`ParserOptions`).
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Which version's grammar.
    pub edition: Edition,
    /// `headerPattern`; `None` where it was unset.
    pub header: Option<HeaderPattern>,
    /// `breakingHeaderPattern`.
    pub breaking_header: Option<HeaderPattern>,
    /// `headerCorrespondence`: the names of the header's parts.
    pub header_parts: Vec<String>,
    /// `noteKeywords`.
    pub note_keywords: Vec<String>,
    /// `issuePrefixes`.
    pub issue_prefixes: Vec<String>,
    /// `issuePrefixesCaseSensitive`.
    pub issue_prefixes_case_sensitive: bool,
    /// `referenceActions`.
    pub reference_actions: Vec<String>,
    /// `revertPattern`; `None` where it was unset.
    pub revert: Option<RevertPattern>,
    /// `revertCorrespondence`.
    pub revert_parts: Vec<String>,
    /// `fieldPattern` is its default, `/^-(.*?)-$/`; false where it was unset.
    pub fields: bool,
    /// `mergePattern` and `mergeCorrespondence`.
    pub merge: Option<MergePattern>,
    /// `commentChar`: lines that begin with it do not count.
    pub comment: Option<String>,
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

impl Default for Options {
    /// `options.js`, `defaultOptions`.
    fn default() -> Self {
        Self {
            edition: Edition::Six,
            header: Some(HeaderPattern::Default),
            breaking_header: None,
            header_parts: owned(&["type", "scope", "subject"]),
            note_keywords: owned(&["BREAKING CHANGE", "BREAKING-CHANGE"]),
            issue_prefixes: owned(&["#"]),
            issue_prefixes_case_sensitive: false,
            reference_actions: owned(&[
                "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved",
            ]),
            revert: Some(RevertPattern::Default),
            revert_parts: owned(&["header", "hash"]),
            fields: true,
            merge: None,
            comment: None,
        }
    }
}

impl Options {
    /// conventional-changelog-angular 8.3.1, `parser.js`.
    #[must_use]
    pub fn angular() -> Self {
        Self {
            header: Some(HeaderPattern::Angular),
            note_keywords: owned(&["BREAKING CHANGE"]),
            revert: Some(RevertPattern::Angular),
            ..Self::default()
        }
    }

    /// conventional-changelog-conventionalcommits 9.1.0, `parser.js`.
    #[must_use]
    pub fn conventional_commits() -> Self {
        Self {
            header: Some(HeaderPattern::Conventional),
            breaking_header: Some(HeaderPattern::ConventionalBreaking),
            revert: Some(RevertPattern::Conventional),
            ..Self::default()
        }
    }
}

/// A mention of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// `Closes`, as it was written; `None` outside of such a sentence.
    pub action: Option<&'a str>,
    /// Everything from the last reference to the end of this one.
    pub raw: &'a str,
    /// `acme` in `acme/widgets#1`.
    pub owner: Option<&'a str>,
    /// `widgets` in `acme/widgets#1`.
    pub repository: Option<&'a str>,
    /// `#`.
    pub prefix: &'a str,
    /// `1`.
    pub issue: &'a str,
}

/// A note, such as a breaking change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The keyword, as it was written.
    pub title: Cow<'a, str>,
    /// What it says.
    pub text: Cow<'a, str>,
}

/// A name and what was captured for it; `None` where that is empty.
pub type Part<'a> = (Cow<'a, str>, Option<Cow<'a, str>>);

/// What was read in a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit<'a> {
    /// The first line.
    pub header: Option<Cow<'a, str>>,
    /// The first line where it is a merge's.
    pub merge: Option<Cow<'a, str>>,
    /// What is between header and footer.
    pub body: Option<Cow<'a, str>>,
    /// From the first note or reference on.
    pub footer: Option<Cow<'a, str>>,
    /// The breaking changes and what else has a keyword.
    pub notes: Vec<Note<'a>>,
    /// The issues named.
    pub references: Vec<Reference<'a>>,
    /// What this commit takes back, by the names of [`Options::revert_parts`].
    pub revert: Option<Vec<Part<'a>>>,
    /// The header's parts and whatever else was captured or set by a `-field-` line; the last of a name counts.
    pub parts: Vec<Part<'a>>,
}

impl Commit<'_> {
    /// A part by its name: `type`, `scope`, `subject`, …; `None` where it is empty, too.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&str> {
        self.parts.iter().rev().find(|(known, _)| known == name).and_then(|(_, value)| value.as_deref())
    }
}

/// The tool's own failure on a message: a `-notes-` line turns a list into a text. The text is JavaScript's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thrown(pub &'static str);

/// A reading with its options prepared for scanning.
#[derive(Clone, Debug)]
pub struct Parser {
    options: Options,
    prefixes: Vec<String>,
    actions: Vec<String>,
    keywords: Vec<String>,
    /// For each first byte, what may begin with it: an issue prefix, an action, a keyword.
    starts: Box<[u8; 256]>,
    /// For each first byte, the second and the third letters an action may go on with, a bit each.
    starters: Box<[u64; 256]>,
    /// The first bytes of lines that are what the lines before them are, unless they hold a reference: no note, no
    /// field, no comment begins with them.
    dull: Option<Box<[bool; 256]>>,
    /// The only issue prefix, where that is one byte that no repository's name holds.
    single: Option<u8>,
    /// By what the prefixes are looked for; `None` where some prefix has no such byte.
    marks: Option<Marks>,
    /// How many characters of white space, bars and stars a keyword may begin with.
    keyword_lead: usize,
    /// The line behind which nothing counts, where there are comments.
    scissors: Option<String>,
}

/// The bytes by which prefixes are looked for, two at most: in each its first that is no letter.
#[derive(Clone, Debug)]
struct Marks {
    one: u8,
    other: u8,
    /// Of each prefix its own and where that stands.
    places: Vec<(u8, usize)>,
}

/// Where the first byte of a prefix stands that is no letter; `None` where there is none and beyond ASCII.
fn mark_of(prefix: &str) -> Option<usize> {
    prefix.bytes().position(|byte| !byte.is_ascii_alphabetic()).filter(|_| prefix.is_ascii())
}

/// Two parsers that differ in the issues they know, if at all.
#[derive(Clone, Debug)]
pub struct Likeness<'p> {
    /// The prefixes of issues with which they read differently.
    prefixes: Vec<&'p str>,
}

impl Likeness<'_> {
    /// Whether both read the same in a message. It may say no where they do.
    #[must_use]
    pub fn holds(&self, message: &str) -> bool {
        !self.prefixes.iter().any(|prefix| stands_in(message.as_bytes(), prefix.as_bytes()))
    }
}

/// Whether a word stands in a text, whatever the case of its ASCII letters.
fn stands_in(text: &[u8], word: &[u8]) -> bool {
    // What is no letter is the rarest.
    let place = word.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or_default();
    let Some(byte) = word.get(place) else { return true };
    let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
    let mut from = 0;
    while let Some(rest) = text.get(from..) {
        let step = if lower == upper { bytes::find(lower, rest) } else { bytes::find_either(lower, upper, rest) };
        let Some(step) = step else { return false };
        let start = (from + step).checked_sub(place);
        let found = start.and_then(|start| text.get(start..start + word.len()));
        if found.is_some_and(|found| found.eq_ignore_ascii_case(word)) {
            return true;
        }
        from += step + 1;
    }
    false
}

const PREFIX: u8 = 1;
const KEYWORD: u8 = 2;

/// The bit of a letter, whatever its case; one for everything else.
fn letter_bit(byte: u8) -> u64 {
    let lower = byte.to_ascii_lowercase();
    if lower.is_ascii_lowercase() { 1 << (lower - b'a') } else { 1 << 31 }
}

fn line_end(c: char) -> bool {
    c == '\n' || c == '\r'
}

/// A line of the message: where it begins and ends.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    start: usize,
}

/// Lines put together: a piece of the message as long as they follow each other in it.
#[derive(Default)]
enum Joined {
    #[default]
    Nothing,
    Piece(usize, usize),
    Text(String),
}

impl Joined {
    /// `appendLine`: an empty text is replaced.
    fn append(&mut self, message: &str, line: Line<'_>) {
        let end = line.start + line.text.len();
        match self {
            Self::Piece(from, to) if from != to => {
                if line.start == *to + 1 {
                    *to = end;
                } else {
                    // Where one line does not follow the other, more do not: carriage returns are taken out.
                    let mut text = String::with_capacity(message.len().saturating_sub(*from));
                    text.push_str(message.get(*from..*to).unwrap_or_default());
                    text.push('\n');
                    text.push_str(line.text);
                    *self = Self::Text(text);
                }
            }
            Self::Text(text) if !text.is_empty() => {
                text.push('\n');
                text.push_str(line.text);
            }
            _ => *self = Self::Piece(line.start, end),
        }
    }

    /// The text without line ends around it.
    fn finish(self, message: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Nothing => None,
            Self::Piece(from, to) => {
                Some(Cow::Borrowed(message.get(from..to).unwrap_or_default().trim_matches(line_end)))
            }
            Self::Text(mut text) => {
                text.truncate(text.trim_end_matches(line_end).len());
                let lead = text.len() - text.trim_start_matches(line_end).len();
                text.drain(..lead);
                Some(Cow::Owned(text))
            }
        }
    }
}

fn append_cow<'a>(target: &mut Option<Cow<'a, str>>, line: &'a str) {
    match target {
        Some(text) if !text.is_empty() => {
            let text = text.to_mut();
            text.push('\n');
            text.push_str(line);
        }
        _ => *target = Some(Cow::Borrowed(line)),
    }
}

/// The end of a run of bytes from a place.
fn run(text: &str, from: usize, taken: impl Fn(u8) -> bool) -> usize {
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    from + bytes.iter().take_while(|byte| taken(**byte)).count()
}

/// Whether a repository's name begins with a word.
fn whole_repository(text: &str, start: usize) -> bool {
    start == 0 || !text.as_bytes().get(start - 1).is_some_and(|byte| repository_byte(*byte))
}

/// The end of a run of white space.
fn spaces(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + (rest.len() - rest.trim_start_matches(is_space).len())
}

/// Where an ASCII byte stands next.
fn find_byte(text: &str, from: usize, byte: u8) -> Option<usize> {
    bytes::find(byte, text.as_bytes().get(from..)?).map(|step| from + step)
}

fn issue_byte(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

fn repository_byte(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'-' | b'.' | b'/')
}

/// `/\b(?:https?):\/\/(?:www\.)?([-a-zA-Z0-9@:%_+.~#?&//=])+\b/`
fn has_url(text: &str) -> bool {
    let bytes = text.as_bytes();
    let class = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'@' | b':' | b'%' | b'_' | b'+' | b'.' | b'~' | b'#' | b'?' | b'&' | b'/' | b'=')
    };
    let mut from = 0;
    let colons = std::iter::from_fn(|| {
        let at = find_byte(text, from, b':')?;
        from = at + 1;
        Some(at)
    });
    colons.filter(|at| matches!(bytes.get(at + 1..at + 3), Some(b"//"))).any(|at| {
        let before = bytes.get(..at).unwrap_or_default();
        let scheme = before.strip_suffix(b"https").or_else(|| before.strip_suffix(b"http"));
        if scheme.is_none_or(|before| before.last().copied().is_some_and(is_word)) {
            return false;
        }
        // A boundary somewhere behind the first character: only a run without a word character has none.
        let start = at + 3;
        let end = run(text, start, class);
        bytes.get(start..end).unwrap_or_default().iter().copied().any(is_word)
    })
}

impl Parser {
    /// Prepares options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let clean = |words: &[String]| -> Vec<String> {
            words.iter().map(|word| trim(word).to_owned()).filter(|word| !word.is_empty()).collect()
        };
        let prefixes = clean(&options.issue_prefixes);
        let actions = clean(&options.reference_actions);
        let keywords = clean(&options.note_keywords);
        let mut starts = Box::new([0_u8; 256]);
        let mut mark = |words: &[String], place: usize, bit: u8| {
            for word in words {
                // A letter of another script may have its other case elsewhere, and one letter has no second: any will do.
                let Some(byte) = word.as_bytes().get(place).copied().filter(|_| word.is_ascii()) else {
                    for start in starts.iter_mut() {
                        *start |= bit;
                    }
                    continue;
                };
                for case in [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
                    if let Some(start) = starts.get_mut(usize::from(case)) {
                        *start |= bit;
                    }
                }
            }
        };
        mark(&prefixes, 0, PREFIX);
        mark(&keywords, 0, KEYWORD);
        let mut starters = Box::new([0_u64; 256]);
        for action in &actions {
            // A letter of another script may have its other case elsewhere, and short words have no third: any will do.
            let ([first, second, third, ..], true) = (action.as_bytes(), action.is_ascii()) else {
                starters.fill(u64::MAX);
                break;
            };
            for case in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
                if let Some(letters) = starters.get_mut(usize::from(case)) {
                    *letters |= letter_bit(*second) | letter_bit(*third) << 32;
                }
            }
        }
        let single = match prefixes.as_slice() {
            [prefix] => match prefix.as_bytes() {
                [byte] if byte.is_ascii() && !repository_byte(*byte) => Some(*byte),
                _ => None,
            },
            _ => None,
        };
        let marked = |prefix: &String| mark_of(prefix).and_then(|place| Some((*prefix.as_bytes().get(place)?, place)));
        let marks: Option<Vec<(u8, usize)>> = prefixes.iter().map(marked).collect();
        let marks = marks.and_then(|places| {
            let (one, _) = *places.first()?;
            let other = places.iter().map(|(mark, _)| *mark).find(|mark| *mark != one).unwrap_or(one);
            places.iter().all(|(mark, _)| *mark == one || *mark == other).then_some(Marks { one, other, places })
        });
        let lead = |c: char| is_space(c) || matches!(c, '|' | '*');
        let keyword_lead =
            keywords.iter().map(|word| word.chars().take_while(|c| lead(*c)).count()).max().unwrap_or_default();
        let comment = options.comment.as_deref().filter(|comment| !comment.is_empty());
        let comment = if options.edition == Edition::Five { Some("#") } else { comment };
        let scissors = comment.map(|comment| format!("{comment} ------------------------ >8 ------------------------"));
        // The base module is weighed, and does without.
        let skips = cfg!(feature = "more") && options.edition != Edition::Seven;
        let dull = skips.then(|| {
            let comment = comment.and_then(|comment| comment.bytes().next());
            Box::new(std::array::from_fn(|at| {
                let byte = u8::try_from(at).unwrap_or_default();
                let starts = starts.get(at).is_some_and(|start| start & KEYWORD != 0);
                byte.is_ascii_graphic()
                    && !starts
                    && !matches!(byte, b'|' | b'*' | b'-' | b'g')
                    && Some(byte) != comment
            }))
        });
        Self { options, prefixes, actions, keywords, starts, starters, dull, single, marks, keyword_lead, scissors }
    }

    /// What it reads by.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What another parser reads alike; `None` where the two differ in more than the issues they know.
    #[must_use]
    pub fn likeness<'p>(&'p self, other: &'p Self) -> Option<Likeness<'p>> {
        let issues = |of: &Options| (of.issue_prefixes.clone(), of.reference_actions.clone());
        let (issue_prefixes, reference_actions) = issues(&self.options);
        if (Options { issue_prefixes, reference_actions, ..other.options.clone() }) != self.options {
            return None;
        }
        // What both know they look for in the same order; where no issue is named, no word before one counts, either.
        let shared = |one: &'p Self, other: &'p Self| {
            one.prefixes.iter().partition::<Vec<&'p String>, _>(|prefix| other.prefixes.contains(prefix))
        };
        let ((ours, own), (theirs, others)) = (shared(self, other), shared(other, self));
        let same = self.actions == other.actions && ours == theirs;
        let alike = if same { Vec::new() } else { [ours, theirs].concat() };
        let prefixes: Vec<&str> = [own, others, alike].concat().into_iter().map(String::as_str).collect();
        // Other scripts have other notions of case.
        prefixes.iter().all(|prefix| prefix.is_ascii()).then_some(Likeness { prefixes })
    }

    fn starts(&self, byte: u8, bit: u8) -> bool {
        self.starts.get(usize::from(byte)).is_some_and(|start| start & bit != 0)
    }

    /// Reads a message; `None` where there is nothing but white space in it, which the original refuses.
    ///
    /// # Errors
    /// Where the original itself fails.
    pub fn read<'a>(&'a self, message: &'a str) -> Result<Option<Commit<'a>>, Thrown> {
        if trim(message).is_empty() {
            return Ok(None);
        }
        let start = message.len() - message.trim_start_matches(line_end).len();
        let text = message.trim_end_matches(line_end);
        let mut state = State {
            parser: self,
            message: text,
            current: None,
            next: start,
            prefix: None,
            commit: Commit::default(),
            body: Joined::Nothing,
            footer: Joined::Nothing,
            notes: Vec::new(),
            thrown: None,
        };
        state.advance();
        state.read(message);
        match state.thrown {
            Some(thrown) => Err(thrown),
            None => Ok(Some(state.commit)),
        }
    }

    /// Who is mentioned in a message: `/@([\w-]+)/g`.
    pub fn mentions(message: &str) -> impl Iterator<Item = &str> {
        message.match_indices('@').filter_map(|(at, _)| {
            let start = at + 1;
            message.get(start..run(message, start, issue_byte)).filter(|name| !name.is_empty())
        })
    }

    /// The note a line begins: `^[\s|*]*(KEYWORD)[:\s]+(.*)` in edition 6, `^(?:\*\s+)?(KEYWORD):\s*(.*)` in 7.
    fn note<'a>(&self, line: &'a str) -> Option<(&'a str, &'a str)> {
        let first = line.bytes().next()?;
        if first.is_ascii_graphic() && !self.starts(first, KEYWORD) && !matches!(first, b'|' | b'*') {
            return None;
        }
        let keyword = |at: usize| -> Option<(&'a str, &'a str)> {
            let rest = line.get(at..)?;
            self.keywords.iter().find_map(|keyword| {
                let (found, after) = rest.split_at_checked(keyword.len())?;
                if !same_ignoring_case(found, keyword) {
                    return None;
                }
                let separated = match self.options.edition {
                    Edition::Five | Edition::Six => {
                        let separated = after.trim_start_matches(|c| c == ':' || is_space(c));
                        (separated.len() < after.len()).then_some(separated)?
                    }
                    Edition::Seven => after.strip_prefix(':')?.trim_start_matches(is_space),
                };
                let text = terminator(separated).map_or(separated, |end| separated.get(..end).unwrap_or_default());
                Some((found, text))
            })
        };
        if self.options.edition == Edition::Seven {
            let starred = line.strip_prefix('*').map(|rest| rest.trim_start_matches(is_space));
            let starred =
                starred.filter(|rest| rest.len() + 1 < line.len()).and_then(|rest| keyword(line.len() - rest.len()));
            return starred.or_else(|| keyword(0));
        }
        let rest = line.trim_start_matches(|c| c == '|' || c == '*' || is_space(c));
        let mut at = line.len() - rest.len();
        for _ in 0..=self.keyword_lead {
            if let Some(found) = keyword(at) {
                return Some(found);
            }
            at -= line.get(..at)?.chars().next_back()?.len_utf8();
        }
        None
    }

    /// Whether a line that is not settled by its first byte is no note, no field, no comment either: most are bullets.
    fn is_plain(&self, first: u8, line: &str) -> bool {
        let is_comment = self.scissors.as_ref().is_some_and(|scissors| scissors.bytes().next() == Some(first));
        let may_be_field = first == b'-' && line.ends_with('-');
        !is_comment && !may_be_field && !signed(line) && self.note(line).is_none()
    }

    /// The actions at a place, in the order of the options.
    fn action_at<'a>(&self, text: &'a str, at: usize) -> impl Iterator<Item = &'a str> {
        let first = text.as_bytes().get(at).map(u8::to_ascii_lowercase);
        self.actions.iter().filter_map(move |action| {
            // Most are settled by their first letter.
            let own = action.as_bytes().first().map(u8::to_ascii_lowercase);
            if own != first && action.is_ascii() {
                return None;
            }
            let found = text.get(at..at + action.len())?;
            same_ignoring_case(found, action).then_some(found)
        })
    }

    /// Where the next action begins, whatever follows it.
    fn next_action(&self, text: &str, from: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut at = from;
        loop {
            let starter = |first: &u8| self.starters.get(usize::from(*first)).copied().unwrap_or_default();
            at += bytes.get(at..)?.iter().position(|first| starter(first) != 0)?;
            // Three letters settle most places; an action of fewer may be the last of the text.
            let letters = starter(bytes.get(at)?);
            let likely = match bytes.get(at + 1..at + 3) {
                Some([second, third]) => letters & letter_bit(*second) != 0 && letters >> 32 & letter_bit(*third) != 0,
                _ => letters == u64::MAX,
            };
            if likely && self.action_at(text, at).any(|action| self.whole(text, at, action)) {
                return Some(at);
            }
            at += 1;
        }
    }

    /// Whether an action is a whole word, which only edition 7 asks for.
    fn whole(&self, text: &str, at: usize, action: &str) -> bool {
        if self.options.edition != Edition::Seven {
            return true;
        }
        let bytes = text.as_bytes();
        let word = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| is_word(*byte));
        !word(at.checked_sub(1)) && !word(Some(at + action.len()))
    }

    /// Where an issue prefix stands next.
    fn prefix_after(&self, text: &str, from: usize) -> Option<usize> {
        if let Some(byte) = self.single {
            return find_byte(text, from, byte);
        }
        if let Some(Marks { one, other, places }) = &self.marks {
            let all = text.as_bytes();
            let mut next = from;
            // No letter is a mark, so that whatever is found first also begins first.
            while let Some(step) = bytes::find_either(*one, *other, all.get(next..)?) {
                let mark = next + step;
                let mut first = None;
                // Prefixes with a mark are of ASCII alone.
                for (prefix, (_, place)) in self.prefixes.iter().zip(places) {
                    let Some(start) = mark.checked_sub(*place).filter(|start| *start >= from) else { continue };
                    let Some(found) = all.get(start..start + prefix.len()) else { continue };
                    let same = if self.options.issue_prefixes_case_sensitive {
                        found == prefix.as_bytes()
                    } else {
                        found.eq_ignore_ascii_case(prefix.as_bytes())
                    };
                    if same && first.is_none_or(|first| start < first) {
                        first = Some(start);
                    }
                }
                if first.is_some() {
                    return first;
                }
                next = mark + 1;
            }
            return None;
        }
        let stands = |at: usize, prefix: &String| {
            text.get(at..at + prefix.len()).is_some_and(|found| self.same_prefix(found, prefix))
        };
        let bytes = text.as_bytes().get(from..)?;
        let places =
            bytes.iter().enumerate().filter(|(_, byte)| self.starts(**byte, PREFIX)).map(|(step, _)| from + step);
        places.into_iter().find(|at| self.prefixes.iter().any(|prefix| stands(*at, prefix)))
    }

    fn same_prefix(&self, found: &str, prefix: &str) -> bool {
        if self.options.issue_prefixes_case_sensitive { found == prefix } else { same_ignoring_case(found, prefix) }
    }

    /// The references of a line, put behind those known already; whether there were any.
    fn references<'a>(&self, line: &'a str, footer: bool, out: &mut Vec<Reference<'a>>) -> bool {
        let before = out.len();
        let mut from = 0;
        let mut plain = 0;
        let mut acted = false;
        while let Some(at) = self.next_action(line, from) {
            from = at + line.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            for action in self.action_at(line, at) {
                let mut after = at + action.len();
                if footer && line.as_bytes().get(after) == Some(&b':') {
                    after += 1;
                }
                let start = spaces(line, after);
                if start == after || !self.whole(line, at, action) {
                    continue;
                }
                let end = self.next_action(line, start).unwrap_or(line.len());
                if line.get(start..end).and_then(terminator).is_some() {
                    continue;
                }
                if self.options.edition == Edition::Seven {
                    self.sentence(line.get(plain..at).unwrap_or_default(), None, out);
                }
                self.sentence(line.get(start..end).unwrap_or_default(), Some(action), out);
                acted = true;
                plain = end;
                from = end;
                break;
            }
        }
        if self.options.edition == Edition::Seven {
            self.sentence(line.get(plain..).unwrap_or_default(), None, out);
        } else if !acted && !may_break(line) {
            self.sentence(line, None, out);
        } else if !acted {
            for run in line.split(['\r', '\u{2028}', '\u{2029}']) {
                self.sentence(run, None, out);
            }
        }
        out.len() > before
    }

    /// The references in a sentence: `(?:.*?)??\s*([\w-\.\/]*?)??(PREFIX)([\w-]+)(?=\s|$|[,;)\]])` again and again, where
    /// no address stands in it.
    fn sentence<'a>(&self, text: &'a str, action: Option<&'a str>, out: &mut Vec<Reference<'a>>) {
        let five = self.options.edition == Edition::Five;
        let Some(first) = self.prefix_after(text, 0) else { return };
        if !five && has_url(text) {
            return;
        }
        let bytes = text.as_bytes();
        let (mut last, mut known) = (0, Run::default());
        let mut next = Some(first);
        while let Some(place) = next {
            next = self.prefix_after(text, place + 1);
            let Some((prefix, issue)) = self.issue(text, place, &mut known) else { continue };
            // The repository's name stands before the prefix.
            let before = bytes.get(last..place).unwrap_or_default();
            let start = place - before.iter().rev().take_while(|byte| repository_byte(**byte)).count();
            if self.options.edition == Edition::Seven && place > start && !whole_repository(text, start) {
                // Nothing counts up to the end of that word.
                let end = run(text, place, repository_byte);
                next = next.and_then(|next| if next > end { Some(next) } else { self.prefix_after(text, end + 1) });
                continue;
            }
            let name = text.get(start..place).filter(|name| !name.is_empty());
            let (owner, repository) = match name.and_then(|name| name.split_once('/')) {
                Some((owner, repository)) => (Some(owner), Some(repository)),
                None => (None, name),
            };
            let stop = place + prefix.len() + issue.len();
            let raw = text.get(last..stop).unwrap_or_default();
            // Most messages have one, and a list's usual first room is for four.
            out.reserve_exact(usize::from(out.is_empty()));
            // A line of many has room for all that it may still name found at once: a prefix, an issue, what ends it.
            if out.len() >= 1_000 && out.len() == out.capacity() {
                out.reserve(text.len().saturating_sub(stop) / 3 + 1);
            }
            out.push(Reference { action, raw, owner, repository, prefix, issue });
            last = stop;
            if next.is_some_and(|next| next < stop) {
                next = self.prefix_after(text, stop);
            }
        }
    }

    /// Prefix and issue at a place, where what follows them ends a word.
    fn issue<'a>(&self, text: &'a str, place: usize, known: &mut Run) -> Option<(&'a str, &'a str)> {
        self.prefixes.iter().find_map(|prefix| {
            let start = place + prefix.len();
            let found = text.get(place..start)?;
            if !self.same_prefix(found, prefix) {
                return None;
            }
            if start >= known.end {
                let end = run(text, start, issue_byte);
                let bytes = text.as_bytes().get(start..end)?;
                let digit = bytes.iter().rposition(u8::is_ascii_digit).map(|at| start + at);
                *known = Run { end, digit };
            }
            if self.options.edition == Edition::Five {
                let last = known.digit.filter(|digit| *digit >= start)?;
                return Some((found, text.get(start..=last)?));
            }
            let end = known.end;
            let issue = text.get(start..end).filter(|issue| !issue.is_empty())?;
            let seven = self.options.edition == Edition::Seven;
            if seven && known.digit.is_none_or(|digit| digit < start) {
                return None;
            }
            let next = text.get(end..)?.chars().next();
            let ends = |c: char| is_space(c) || matches!(c, ',' | ';' | ')' | ']') || (seven && c == '.');
            next.is_none_or(ends).then_some((found, issue))
        })
    }

    /// `/^(?:BREAKING CHANGE|[\w-]+)(?::\s+|\s+(?:PREFIXES)).+/i`, edition 7's token of a footer.
    fn footer_token(&self, line: &str) -> bool {
        let after = |end: usize| {
            let rest = line.get(end..).unwrap_or_default();
            if let Some(value) = rest.strip_prefix(':') {
                let text = value.trim_start_matches(is_space);
                return text.len() < value.len() && (!text.is_empty() || value.chars().nth(1).is_some());
            }
            let text = rest.trim_start_matches(is_space);
            text.len() < rest.len()
                && self.prefixes.iter().any(|prefix| {
                    text.get(..prefix.len()).is_some_and(|found| same_ignoring_case(found, prefix))
                        && text.len() > prefix.len()
                })
        };
        let breaking = "BREAKING CHANGE".len();
        let is_breaking = line.get(..breaking).is_some_and(|found| found.eq_ignore_ascii_case("BREAKING CHANGE"));
        let word = run(line, 0, issue_byte);
        (is_breaking && after(breaking)) || (word > 0 && after(word))
    }
}

/// A run of an issue's characters that was looked at: places inside it share its end, so that it is scanned once.
#[derive(Clone, Copy, Default)]
struct Run {
    end: usize,
    /// Where its last digit stands.
    digit: Option<usize>,
}

/// As JavaScript's `i` without `u` compares: ASCII with ASCII, everything else by its single upper-case letter.
fn same_ignoring_case(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || (!a.is_ascii()
            && a.chars().count() == b.chars().count()
            && a.chars().zip(b.chars()).all(|(a, b)| upper(a) == upper(b)))
}

fn upper(c: char) -> char {
    let all = upper_char(c);
    let mut all = all.chars();
    match (all.next(), all.next()) {
        (Some(upper), None) if c.is_ascii() == upper.is_ascii() => upper,
        _ => c,
    }
}

struct State<'a> {
    parser: &'a Parser,
    /// Without the line ends behind it.
    message: &'a str,
    current: Option<Line<'a>>,
    /// Where the line behind the current one begins.
    next: usize,
    /// Where the next issue prefix stands, from the line that was looked at last on: most messages have one or none.
    prefix: Option<usize>,
    commit: Commit<'a>,
    body: Joined,
    footer: Joined,
    /// The notes' texts, in the order of the commit's notes.
    notes: Vec<Joined>,
    thrown: Option<Thrown>,
}

/// Whether a line is one of GPG's.
fn signed(line: &str) -> bool {
    // Most lines are settled by their first byte: a word that is not `gpg:`, or nothing at all.
    match line.bytes().next() {
        None => false,
        Some(b'g') => line.starts_with("gpg:"),
        Some(byte) if byte.is_ascii_graphic() => false,
        _ => line.trim_start_matches(is_space).starts_with("gpg:"),
    }
}

impl<'a> State<'a> {
    fn line(&self) -> Option<&'a str> {
        self.current.map(|line| line.text)
    }

    /// On to the next line that counts.
    fn advance(&mut self) {
        loop {
            let start = self.next;
            let Some(rest) = self.message.get(start..).filter(|_| start <= self.message.len()) else {
                self.current = None;
                return;
            };
            let end = bytes::find(b'\n', rest.as_bytes());
            let text = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            // Behind the last line there is no further one, not even an empty one.
            self.next = end.map_or(usize::MAX, |end| start + end + 1);
            let text = if end.is_some() { text.strip_suffix('\r').unwrap_or(text) } else { text };
            if let Some(scissors) = &self.parser.scissors {
                if text == scissors {
                    self.next = usize::MAX;
                    continue;
                }
                if self.parser.options.comment.as_deref().is_some_and(|comment| text.starts_with(comment)) {
                    continue;
                }
            }
            if !signed(text) {
                self.current = Some(Line { text, start });
                return;
            }
        }
    }

    /// The references of the current line; whether there were any.
    fn references(&mut self, line: Line<'a>, token: bool) -> bool {
        let end = line.start + line.text.len();
        let next = match self.prefix {
            Some(at) if at >= line.start => at,
            _ => self.parser.prefix_after(self.message, line.start).unwrap_or(usize::MAX),
        };
        self.prefix = Some(next);
        next < end && self.parser.references(line.text, token, &mut self.commit.references)
    }

    fn read(&mut self, message: &'a str) {
        let options = &self.parser.options;
        let merge = self.merge();
        self.header(merge);
        let mut is_body = true;
        while self.current.is_some() {
            self.fields();
            if self.notes() {
                is_body = false;
                if options.edition == Edition::Five {
                    continue;
                }
            }
            if !self.body_or_footer(is_body) {
                is_body = false;
            }
        }
        self.breaking_header();
        if let Some(pattern) = &options.revert
            && let Some(captured) = pattern.capture(message)
        {
            let parts = options.revert_parts.iter().enumerate().map(|(at, name)| {
                let value = captured.get(at).copied().flatten().filter(|value| !value.is_empty());
                (Cow::Borrowed(name.as_str()), value.map(Cow::Borrowed))
            });
            self.commit.revert = Some(parts.collect());
        }
        self.clean();
    }

    fn merge(&mut self) -> bool {
        let Some(merge) = &self.parser.options.merge else { return false };
        let Some(line) = self.line().filter(|line| !line.is_empty()) else { return false };
        let Some(groups) = groups(&merge.pattern, line) else { return false };
        self.advance();
        self.commit.merge = groups.first().copied().flatten().map(Cow::Borrowed);
        for (at, name) in merge.correspondence.iter().enumerate() {
            let value = groups.get(at + 1).copied().flatten().filter(|value| !value.is_empty());
            self.assign(Cow::Borrowed(name.as_str()), value.map(Cow::Borrowed));
        }
        true
    }

    fn assign(&mut self, name: Cow<'a, str>, value: Option<Cow<'a, str>>) {
        match name.as_ref() {
            "header" => self.commit.header = value,
            "body" => self.body = value.map_or(Joined::Nothing, |value| Joined::Text(value.into_owned())),
            "footer" => self.footer = value.map_or(Joined::Nothing, |value| Joined::Text(value.into_owned())),
            "merge" => self.commit.merge = value,
            _ => self.commit.parts.push((name, value)),
        }
    }

    fn header(&mut self, merge: bool) {
        let options = &self.parser.options;
        if merge {
            while self.line().is_some_and(|line| trim(line).is_empty()) {
                self.advance();
            }
        }
        let captured_header = match self.commit.header {
            Some(Cow::Borrowed(header)) => Some(header),
            _ => None,
        };
        let line = self.current;
        let header = if captured_header.is_some() {
            captured_header
        } else {
            self.advance();
            line.map(|line| line.text)
        };
        let Some(header) = header.filter(|header| !header.is_empty()) else { return };
        self.commit.header = Some(Cow::Borrowed(header));
        let mut captured = [None; GROUPS];
        let breaking = options.edition != Edition::Five
            && options.breaking_header.as_ref().is_some_and(|pattern| pattern.capture(header, &mut captured));
        if breaking || options.header.as_ref().is_some_and(|pattern| pattern.capture(header, &mut captured)) {
            self.commit.parts.reserve(options.header_parts.len());
            for (at, name) in options.header_parts.iter().enumerate() {
                let value = captured.get(at).copied().flatten().filter(|value| !value.is_empty());
                self.assign(Cow::Borrowed(name.as_str()), value.map(Cow::Borrowed));
            }
        }
        match line {
            Some(line) if captured_header.is_none() => {
                self.references(line, false);
            }
            _ => {
                self.parser.references(header, false, &mut self.commit.references);
            }
        }
    }

    /// The name a `-name-` line sets; the empty name ends the fields.
    fn field(&self, line: &'a str) -> Option<&'a str> {
        let name = line.strip_prefix('-')?.strip_suffix('-')?;
        let seven = self.parser.options.edition == Edition::Seven;
        (terminator(name).is_none() && (!seven || name.bytes().any(is_word))).then_some(name)
    }

    /// `parseMeta`: everything behind a `-name-` line belongs to it; true where something was taken.
    fn fields(&mut self) -> bool {
        if !self.parser.options.fields {
            return false;
        }
        let mut field: Option<&'a str> = None;
        let mut taken = false;
        while let Some(line) = self.current {
            if let Some(name) = self.field(line.text) {
                field = Some(name).filter(|name| !name.is_empty());
            } else if let Some(name) = field {
                taken = true;
                self.append_field(name, line);
            } else {
                break;
            }
            self.advance();
        }
        taken
    }

    fn append_field(&mut self, name: &'a str, whole: Line<'a>) {
        let line = whole.text;
        match name {
            "header" => append_cow(&mut self.commit.header, line),
            "merge" => append_cow(&mut self.commit.merge, line),
            "body" => self.body.append(self.message, whole),
            "footer" => self.footer.append(self.message, whole),
            // A list becomes a text, and the original fails on it at the latest when it cleans up; mentions come first.
            "mentions" => self.thrown = Some(Thrown("commit.mentions.push is not a function")),
            "notes" => self.thrown = self.thrown.or(Some(Thrown("commit.notes.forEach is not a function"))),
            "references" => self.thrown = self.thrown.or(Some(Thrown("commit.references.filter is not a function"))),
            "revert" => self.commit.revert = Some(Vec::new()),
            _ => match self.commit.parts.iter_mut().rev().find(|(known, _)| known == name) {
                Some((_, value)) => append_cow(value, line),
                None => self.commit.parts.push((Cow::Borrowed(name), Some(Cow::Borrowed(line)))),
            },
        }
    }

    /// `parseNotes`: a note and the lines that belong to it.
    fn notes(&mut self) -> bool {
        let Some(line) = self.current else { return false };
        let Some((title, text)) = self.parser.note(line.text) else { return false };
        self.begin_note(title, text, line);
        while self.current.is_some() {
            if self.fields() {
                return true;
            }
            // Without a name the fields may have taken lines and left nothing.
            let Some(line) = self.current else { return true };
            if let Some((title, text)) = self.parser.note(line.text) {
                self.begin_note(title, text, line);
                continue;
            }
            let seven = self.parser.options.edition == Edition::Seven;
            let token = seven && self.parser.footer_token(line.text);
            let referred = self.references(line, token);
            let ends = if seven { token } else { referred };
            if !ends && let Some(note) = self.notes.last_mut() {
                note.append(self.message, line);
            }
            self.footer.append(self.message, line);
            self.advance();
            if ends {
                break;
            }
        }
        true
    }

    fn begin_note(&mut self, title: &'a str, text: &'a str, line: Line<'a>) {
        self.commit.notes.push(Note { title: Cow::Borrowed(title), text: Cow::Borrowed("") });
        // The text ends where the line does or at a separator inside it; what is put behind it then is no piece.
        let within = line.text.len() - text.len();
        let cut = line.text.get(within..) != Some(text);
        let start = line.start + within;
        self.notes.push(if cut { Joined::Text(text.to_owned()) } else { Joined::Piece(start, start + text.len()) });
        self.footer.append(self.message, line);
        self.advance();
    }

    /// `parseBodyAndFooter`: a line of the body, or of the footer once that has begun.
    fn body_or_footer(&mut self, is_body: bool) -> bool {
        let Some(mut line) = self.current else { return is_body };
        line = self.dull_lines(line);
        let still = if self.parser.options.edition == Edition::Seven {
            let token = self.parser.footer_token(line.text);
            self.references(line, token);
            !token && is_body
        } else {
            !self.references(line, false) && is_body
        };
        if still { &mut self.body } else { &mut self.footer }.append(self.message, line);
        self.advance();
        still
    }

    /// The line with all those behind it that can only go where it goes, as one.
    fn dull_lines(&mut self, line: Line<'a>) -> Line<'a> {
        let Some(dull) = self.parser.dull.as_ref().filter(|_| cfg!(feature = "more")) else { return line };
        let text = self.message.as_bytes();
        let prefix = match self.prefix {
            Some(at) if at >= line.start => at,
            _ => self.parser.prefix_after(self.message, line.start).unwrap_or(usize::MAX),
        };
        self.prefix = Some(prefix);
        let mut end = line.start + line.text.len();
        // A carriage return at a line's end is no part of the line.
        while prefix > end && end + 1 == self.next {
            let rest = text.get(self.next..).unwrap_or_default();
            let Some(first) = rest.first() else { break };
            let length = if *first == b'\n' { Some(0) } else { bytes::find(b'\n', rest) };
            let stop = self.next + length.unwrap_or(rest.len());
            if stop > prefix || length.is_some_and(|_| text.get(stop.wrapping_sub(1)) == Some(&b'\r')) {
                break;
            }
            let is_dull = *first == b'\n' || dull.get(usize::from(*first)).copied().unwrap_or_default();
            if !is_dull && !self.parser.is_plain(*first, self.message.get(self.next..stop).unwrap_or_default()) {
                break;
            }
            end = stop;
            self.next = length.map_or(usize::MAX, |_| stop + 1);
        }
        Line { text: self.message.get(line.start..end).unwrap_or_default(), start: line.start }
    }

    fn breaking_header(&mut self) {
        let Some(pattern) = &self.parser.options.breaking_header else { return };
        if !self.commit.notes.is_empty() {
            return;
        }
        let Some(Cow::Borrowed(header)) = self.commit.header else { return };
        let mut captured = [None; GROUPS];
        if pattern.capture(header, &mut captured) {
            let text = captured.get(2).copied().flatten().unwrap_or_default();
            let text = text.trim_matches(line_end);
            self.commit.notes.push(Note { title: Cow::Borrowed("BREAKING CHANGE"), text: Cow::Borrowed(text) });
        }
    }

    fn clean(&mut self) {
        self.commit.body = std::mem::take(&mut self.body).finish(self.message);
        self.commit.footer = std::mem::take(&mut self.footer).finish(self.message);
        for (note, text) in self.commit.notes.iter_mut().zip(std::mem::take(&mut self.notes)) {
            note.text = text.finish(self.message).unwrap_or_default();
        }
        if self.parser.options.edition == Edition::Five || self.commit.references.len() < 2 {
            return;
        }
        // Most have a few at most, which need no list of what was seen.
        let action = |reference: &Reference<'a>| reference.action.unwrap_or("null");
        let length = |reference: &Reference<'a>| action(reference).len() + reference.raw.len();
        let plain = |reference: &Reference<'a>| reference.raw.is_ascii() && action(reference).is_ascii();
        let may_repeat = |(at, reference): (usize, &Reference<'a>)| {
            let mut before = self.commit.references.iter().take(at);
            !plain(reference) || before.any(|known| length(known) == length(reference))
        };
        if self.commit.references.len() > 8 || self.commit.references.iter().enumerate().any(may_repeat) {
            let mut seen = HashSet::with_capacity(self.commit.references.len());
            self.commit
                .references
                .retain(|reference| seen.insert(lower(&format!("{} {}", action(reference), reference.raw))));
        }
    }
}

/// A commit with its place and its hash, as the filter of reverted commits sees it.
pub trait Revertible {
    /// The hash, where known.
    fn hash(&self) -> Option<&str>;
    /// What was read in it.
    fn commit(&self) -> &Commit<'_>;
}

impl<T: Revertible> Revertible for &T {
    fn hash(&self) -> Option<&str> {
        (**self).hash()
    }
    fn commit(&self) -> &Commit<'_> {
        (**self).commit()
    }
}

/// conventional-commits-filter 5.0.0 (`RevertedCommitsFilter.js`): the commits, newest first, without those that a newer
/// one takes back and without the one that does. Answers, for each, whether it stays.
#[must_use]
pub fn unreverted<T: Revertible>(commits: &[T]) -> Vec<bool> {
    let mut stays = vec![true; commits.len()];
    // All reverts ask for the same names, so that the values they ask for are a key. The last of them, the hash, settles
    // most commits.
    let mut names: Option<Vec<&str>> = None;
    let mut lasts: BTreeSet<Option<&str>> = BTreeSet::new();
    let mut waiting: HashMap<Vec<Option<&str>>, VecDeque<usize>> = HashMap::new();
    for (at, commit) in commits.iter().enumerate() {
        if let Some(names) = &names
            && names.last().is_none_or(|name| lasts.contains(&property(commit, name)))
        {
            let key: Vec<Option<&str>> = names.iter().map(|name| property(commit, name)).collect();
            if let Some(revert) = waiting.get_mut(&key).and_then(VecDeque::pop_front) {
                for gone in [at, revert] {
                    if let Some(stays) = stays.get_mut(gone) {
                        *stays = false;
                    }
                }
                continue;
            }
        }
        if let Some(revert) = commit.commit().revert.as_ref().filter(|revert| !revert.is_empty()) {
            let key: Vec<Option<&str>> = revert.iter().map(|(_, value)| value.as_deref().map(trim)).collect();
            lasts.extend(key.last());
            waiting.entry(key).or_default().push_back(at);
            names.get_or_insert_with(|| revert.iter().map(|(name, _)| name.as_ref()).collect());
        }
    }
    stays
}

/// conventional-commits-filter up to 4.0.0 (`index.js`): every commit that a revert is about goes, wherever the two
/// stand; of the reverts themselves only the first that took one back does.
#[cfg(feature = "more")]
#[must_use]
pub fn unreverted_before_five<T: Revertible>(commits: &[T]) -> Vec<bool> {
    type Key<'a> = Vec<(&'a str, Option<&'a str>)>;
    let mut reverts: HashMap<Key<'_>, usize> = HashMap::new();
    let mut names: Vec<&str> = Vec::new();
    for (at, commit) in commits.iter().enumerate() {
        if let Some(revert) = commit.commit().revert.as_ref().filter(|revert| !revert.is_empty()) {
            names = revert.iter().map(|(name, _)| name.as_ref()).collect();
            let key = revert.iter().map(|(name, value)| (name.as_ref(), value.as_deref().map(trim)));
            reverts.entry(key.collect()).or_insert(at);
        }
    }
    if reverts.is_empty() {
        return vec![true; commits.len()];
    }
    // The last name, the hash, settles most commits.
    let lasts: BTreeSet<Option<(&str, Option<&str>)>> = reverts.keys().map(|key| key.last().copied()).collect();
    let taken_back_by = |commit| -> Option<usize> {
        if !lasts.contains(&names.last().map(|name| (*name, property(commit, name)))) {
            return None;
        }
        let key: Key<'_> = names.iter().map(|name| (*name, property(commit, name))).collect();
        reverts.get(&key).copied()
    };
    let by: Vec<Option<usize>> = commits.iter().map(taken_back_by).collect();
    let first = by.iter().flatten().next().and_then(|at| commits.get(*at)).and_then(Revertible::hash);
    let gone = |commit: &T| first.is_some() && commit.hash() == first;
    commits.iter().zip(by).map(|(commit, by)| by.is_none() && !gone(commit)).collect()
}

fn property<'a, T: Revertible>(commit: &'a T, name: &str) -> Option<&'a str> {
    let read = commit.commit();
    let value = match name {
        "header" => read.header.as_deref(),
        "hash" => read.part("hash").or(commit.hash()),
        "body" => read.body.as_deref(),
        "footer" => read.footer.as_deref(),
        "merge" => read.merge.as_deref(),
        other => read.part(other),
    };
    value.map(trim)
}

/// The first characters of a hash as entries print it.
#[must_use]
pub fn short_hash(hash: &str) -> &str {
    prefix_units(hash, 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn angular() -> Parser {
        Parser::new(Options::angular())
    }

    #[track_caller]
    fn check_header(options: Options, message: &str, expected: [Option<&str>; 3]) {
        let parser = Parser::new(options);
        let commit = parser.read(message).unwrap().unwrap();
        assert_eq!(["type", "scope", "subject"].map(|name| commit.part(name)), expected, "{message}");
    }

    #[track_caller]
    fn check_notes(message: &str, expected: &[&str]) {
        let parser = angular();
        let commit = parser.read(message).unwrap().unwrap();
        let notes: Vec<&str> = commit.notes.iter().map(|note| note.text.as_ref()).collect();
        assert_eq!(notes, expected, "{message}");
    }

    #[track_caller]
    fn check_references(message: &str, expected: &[(&str, &str)]) {
        let parser = angular();
        let commit = parser.read(message).unwrap().unwrap();
        let references: Vec<(&str, &str)> =
            commit.references.iter().map(|reference| (reference.action.unwrap_or_default(), reference.issue)).collect();
        assert_eq!(references, expected, "{message}");
    }

    #[test]
    fn headers_are_taken_apart() {
        check_header(Options::angular(), "feat(a): b", [Some("feat"), Some("a"), Some("b")]);
        check_header(Options::angular(), "feat(a(b)c): d: e", [Some("feat"), Some("a(b)c"), Some("d: e")]);
        check_header(Options::angular(), "feat!: b", [None, None, None]);
        check_header(Options::conventional_commits(), "feat(a)!: b", [Some("feat"), Some("a"), Some("b")]);
        check_header(
            Options::conventional_commits(),
            "feat(a)!: b (c): d",
            [Some("feat"), Some("a"), Some("b (c): d")],
        );
        check_header(Options::default(), "feat(a(b)c): d", [None, None, None]);
    }

    #[test]
    fn notes_are_found() {
        check_notes("fix: a\n\nBREAKING CHANGE: b\nc\n\nd", &["b\nc\n\nd"]);
        check_notes("fix: a\nbreaking change in b", &["in b"]);
        check_notes("fix: a\n\n* BREAKING CHANGE: b\nBREAKING CHANGE: c", &["b", "c"]);
        check_notes("fix: a\n\nBREAKING CHANGE: b\nCloses #1\nc", &["b"]);
        check_notes("fix: a\n\nno BREAKING CHANGE: b", &[]);
        check_notes("fix: a\r\n\r\nBREAKING CHANGE: b\r\nc\r\n", &["b\nc"]);
    }

    #[test]
    fn references_are_found() {
        check_references("fix: a (#1)\n\nCloses #2, acme/widgets#3", &[("", "1"), ("Closes", "2"), ("Closes", "3")]);
        check_references("fix: a\n\nsee https://example.com/#4", &[]);
        check_references("fix: a\n\nfixes #5 and closes #6", &[("fixes", "5"), ("closes", "6")]);
        check_references("prefix #7", &[("fix", "7")]);
    }

    #[test]
    fn a_list_that_became_a_text_fails_as_in_the_original() {
        assert_eq!(angular().read("fix: a\n-notes-\nb"), Err(Thrown("commit.notes.forEach is not a function")));
    }

    #[test]
    fn nothing_but_space_is_no_commit() {
        assert_eq!(angular().read(" \n\u{feff}\n"), Ok(None));
    }

    #[test]
    fn hostile_bodies_of_a_megabyte_end() {
        let megabyte = |piece: &str| format!("feat: x\n\n{}", piece.repeat(1_000_000 / piece.len()));
        let pieces = [
            "#",
            "gh-",
            "gh-1 ",
            "#1 ",
            "closes ",
            "closes #1, ",
            "fix\u{2028}",
            "BREAKING CHANGE: x\n",
            "BREAKING ",
            "http://-",
            "https://a ",
            "--\n",
            "-a-\n",
            "a/",
            " ",
            "\n",
            "\r\n",
            "This reverts commit ",
            "@a",
            "|",
            "* ",
            "é",
            "gpg:\n",
            "closes\t",
        ];
        let parsers = [
            Parser::new(Options::conventional_commits()),
            Parser::new(Options {
                edition: Edition::Seven,
                issue_prefixes: owned(&["#", "gh-"]),
                ..Options::default()
            }),
        ];
        for parser in &parsers {
            for piece in pieces {
                let _ = parser.read(&megabyte(piece));
                let _ = parser.read(&megabyte(piece).replace('\n', " "));
            }
            for piece in ["This reverts commit ", "\" ", "t"] {
                let _ = parser.read(&format!("Revert \"{}", megabyte(piece)));
            }
        }
    }

    struct Hashed<'a>(&'a str, Commit<'a>);

    impl Revertible for Hashed<'_> {
        fn hash(&self) -> Option<&str> {
            Some(self.0)
        }
        fn commit(&self) -> &Commit<'_> {
            &self.1
        }
    }

    #[test]
    fn reverted_commits_cancel_each_other() {
        let parser = angular();
        let read = |hash, message| Hashed(hash, parser.read(message).unwrap().unwrap());
        let hash = "0123456789abcdef0123456789abcdef01234567";
        let revert = format!("Revert \"feat: a\"\n\nThis reverts commit {hash}.");
        let commits = [read("1", "fix: b"), read("2", &revert), read("3", "fix: c"), read(hash, "feat: a")];
        assert_eq!(unreverted(&commits), [true, false, true, false]);
        // The commit taken back is older than the one that does it.
        let commits = [read(hash, "feat: a"), read("2", &revert)];
        assert_eq!(unreverted(&commits), [true, true]);
    }
}
