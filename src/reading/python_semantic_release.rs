//! python-semantic-release's reading (7.34.6 to 10.7.0, `commit_parser/conventional/parser.py`, `angular.py`, `emoji.py`,
//! `scipy.py`, `tag.py` and `util.py`): a squash message is taken apart into the messages it seems to be made of, and
//! each is read by itself.
//!
//! ```text
//! conventional, angular:
//! message := type [ "(" scope ")" ] [ "!" ] ":" space+ subject [ "\n\n" text ]
//! type    := one of the allowed types, spelled exactly
//! scope   := any characters of the line, up to the last ")" that lets the rest match
//! scipy:
//! message := type [ ":" blank* scope ] ":" blank+ subject [ "\n\n" text ]
//! emoji:
//! message := [ emoji [ "(" scope ")" ] [ ":" ] ] subject-line [ text ]
//! ```

use super::bytes::{self, lines, whole_lines};
use super::python_text::{dedent, is_digit, is_space, is_word, strip};
use crate::bump::Bump;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Which of the two parsers reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parser {
    /// `conventional`, the default.
    #[default]
    Conventional,
    /// `angular`, the older one: what is a breaking change, a notice or an issue stays among the descriptions, and the
    /// pull request's number stays in the subject.
    Angular,
    /// `emoji`: the subject's first word is an emoji; a message without one is read as well.
    Emoji,
    /// `scipy`: types in capitals, and a scope between two colons.
    Scipy,
    /// `tag`: what version 1 knew, a mark anywhere in the message.
    Tag,
}

/// How a body is taken apart into paragraphs, which changed over the versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paragraphs {
    /// Up to 7: at blank lines, line breaks become spaces, nothing else.
    Plain,
    /// 8 to 9.12: the same, without carriage returns and outer white space.
    Joined,
    /// 9.13 and 9.14: lists and indented lines keep their lines.
    Unwrapped,
    /// From 9.15: footers stand alone.
    #[default]
    Footers,
}

/// `commit_parser_options`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The parser these are the options of.
    pub parser: Parser,
    /// `allowed_tags`: the types that are read at all, in the order in which they are tried. The tool takes them for
    /// regular expressions; here they are plain text.
    pub allowed_types: Vec<String>,
    /// `minor_tags`.
    pub minor_types: Vec<String>,
    /// `patch_tags`.
    pub patch_types: Vec<String>,
    /// `major_tags`, of `emoji` and `scipy`.
    pub major_types: Vec<String>,
    /// `default_bump_level`: what the other allowed types are worth.
    pub default_bump: Bump,
    /// How bodies are taken apart.
    pub paragraphs: Paragraphs,
    /// Whether a `BREAKING CHANGE:` that says nothing breaks as well, as up to 9.17.
    pub empty_breaks: bool,
    /// Whether an emoji counts anywhere in the subject, as up to 9.17.
    pub emoji_anywhere: bool,
    /// Whether what an emoji's commit breaks stays among its descriptions, as up to 9.
    pub breaks_described: bool,
    /// `parse_linked_issues`, of `emoji`.
    pub issues: bool,
    /// `parse_squash_commits`.
    pub squash: bool,
    /// `ignore_merge_commits`.
    pub ignore_merges: bool,
    /// Whether only the type, the scope and how far it moves the version are asked for: what it says is not kept then.
    pub bare: bool,
}

impl Options {
    /// The parser's own defaults.
    #[must_use]
    pub fn new(parser: Parser) -> Self {
        let list = |types: &[&str]| types.iter().map(|kind| (*kind).to_owned()).collect();
        let modern = matches!(parser, Parser::Conventional | Parser::Emoji | Parser::Scipy);
        let (major, minor, patch, other): (&[&str], &[&str], &[&str], &[&str]) = match parser {
            Parser::Emoji => (&[":boom:"], &EMOJI_MINOR, &EMOJI_PATCH, &EMOJI_OTHER),
            Parser::Scipy => (
                &["API", "DEP"],
                &["ENH", "FEAT"],
                &["BLD", "BUG", "MAINT"],
                &["DEV", "BENCH", "DOC", "STY", "TST", "REL", "TEST"],
            ),
            Parser::Tag => (&[], &[":sparkles:"], &[":nut_and_bolt:"], &[]),
            _ => (&[], &["feat"], &["fix", "perf"], &["build", "chore", "ci", "docs", "style", "refactor", "test"]),
        };
        Self {
            parser,
            allowed_types: list(&[major, minor, patch, other].concat()),
            minor_types: list(minor),
            patch_types: list(patch),
            major_types: list(major),
            default_bump: Bump::None,
            paragraphs: Paragraphs::default(),
            empty_breaks: false,
            emoji_anywhere: false,
            breaks_described: false,
            issues: parser != Parser::Emoji,
            squash: modern,
            ignore_merges: modern,
            bare: false,
        }
    }

    /// The types in the order in which the emoji parser tries them: the weightiest first, the last of a kind before the
    /// others.
    fn by_weight(&self) -> impl Iterator<Item = &str> {
        let lists = [&self.major_types, &self.minor_types, &self.patch_types];
        let extra = lists
            .into_iter()
            .flat_map(|list| list.iter().rev().filter(|kind| !self.allowed_types.contains(kind)).map(String::as_str));
        extra.chain(self.allowed_types.iter().rev().map(String::as_str))
    }

    fn bump(&self, kind: &str) -> Bump {
        let named = |types: &[String]| types.iter().any(|named| named == kind && !named.contains('|'));
        if named(&self.major_types) {
            Bump::Major
        } else if named(&self.minor_types) {
            Bump::Minor
        } else if named(&self.patch_types) {
            Bump::Patch
        } else {
            self.default_bump
        }
    }
}

#[rustfmt::skip]
const EMOJI_MINOR: [&str; 6] =
    [":sparkles:", ":children_crossing:", ":lipstick:", ":iphone:", ":egg:", ":chart_with_upwards_trend:"];
#[rustfmt::skip]
const EMOJI_PATCH: [&str; 14] = [
    ":ambulance:", ":lock:", ":bug:", ":zap:", ":goal_net:", ":alien:", ":wheelchair:", ":speech_balloon:", ":mag:",
    ":apple:", ":penguin:", ":checkered_flag:", ":robot:", ":green_apple:",
];
const EMOJI_OTHER: [&str; 4] = [":checkmark:", ":construction_worker:", ":memo:", ":recycle:"];

/// One message as the parser reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// How far it moves the version.
    pub bump: Bump,
    /// The type, as written.
    pub kind: String,
    /// The scope; empty where there is none.
    pub scope: String,
    /// The subject and the body's paragraphs that are nothing else, each once.
    pub descriptions: Vec<String>,
    /// What follows `BREAKING CHANGE:` at the start of a paragraph, up to the line's end.
    pub breaking: Vec<String>,
    /// What follows `NOTICE: ` in paragraphs of one line.
    pub notices: Vec<String>,
    /// The issues that `Closes: #1, #2` and its like name, in order of their prefix and number.
    pub linked_issues: Vec<String>,
    /// The pull request at the subject's end: `#12`, `!12`; empty where there is none.
    pub merge_request: String,
}

/// The messages a squash message is taken apart into; none where it is blank.
#[must_use]
pub fn unsquash(message: &str, options: &Options) -> Vec<String> {
    let message: Cow<'_, str> = if has_returns(message) { message.replace('\r', "").into() } else { message.into() };
    let message = strip(&message);
    let mut parts = Vec::new();
    // `git merge --squash` writes a line `commit HASH` before each message.
    let (mut start, mut at) = (0, 0);
    for line in whole_lines(message) {
        let end = at + line.len();
        if is_commit_line(line.strip_suffix('\n').unwrap_or(line)) {
            unsquash_block(message.get(start..at).unwrap_or_default(), options, &mut parts);
            start = end;
        }
        at = end;
    }
    unsquash_block(message.get(start..).unwrap_or_default(), options, &mut parts);
    parts
}

/// `_find_squashed_commits_in_str`.
fn unsquash_block(block: &str, options: &Options, parts: &mut Vec<String>) {
    let mut current = String::new();
    let mut separated = false;
    for paragraph in blocks(strip(block)).filter(|paragraph| !paragraph.is_empty()) {
        let clean = cleaned(paragraph, options);
        if strip(&clean).is_empty() {
            continue;
        }
        if begins_commit(&clean, options) {
            if !current.is_empty() {
                parts.push(std::mem::take(&mut current));
                separated = true;
            }
            current = clean.into_owned();
        } else if !current.is_empty() {
            current.push_str("\n\n");
            current.push_str(&dedent(&clean));
        } else if !separated {
            current = dedent(&clean).into_owned();
        }
    }
    if !current.is_empty() {
        parts.push(current);
    }
}

/// Whether a paragraph begins a message of its own. A subject of one word does not, so that `fix: #123` stays the
/// footer it is; the older parser looks at the prefix alone.
fn begins_commit(paragraph: &str, options: &Options) -> bool {
    match options.parser {
        Parser::Conventional => header(paragraph, options).is_some_and(|header| header.subject.contains(' ')),
        Parser::Angular => options.allowed_types.iter().any(|kind| {
            paragraph.strip_prefix(kind.as_str()).is_some_and(|rest| {
                after_scope(rest, |tail| {
                    let tail = tail.strip_prefix('!').unwrap_or(tail);
                    tail.strip_prefix(':').filter(|tail| tail.starts_with(is_space)).map(|_| ())
                })
                .is_some()
            })
        }),
        Parser::Emoji => emoji(paragraph, options).is_some(),
        Parser::Scipy => options
            .allowed_types
            .iter()
            .any(|kind| paragraph.strip_prefix(kind.as_str()).is_some_and(|rest| scipy_scope(rest).is_some())),
        Parser::Tag => false,
    }
}

/// What stands between blank lines, as `split("\n\n")` has it. Looking for one letter is quicker than for two.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut from = 0;
        while let Some(at) = text.as_bytes().get(from..).and_then(|tail| bytes::find(b'\n', tail)) {
            let end = from + at;
            if let Some(after) = text.get(end..).and_then(|tail| tail.strip_prefix("\n\n")) {
                rest = Some(after);
                return text.get(..end);
            }
            from = end + 1;
        }
        rest = None;
        Some(text)
    })
}

/// The filters of the parser, in its order: doubled spaces, the header lines of git's log, bullets before a type.
fn cleaned<'a>(paragraph: &'a str, options: &Options) -> Cow<'a, str> {
    let paragraph = single_spaced(paragraph);
    let is_log = |line: &str| is_log_line(line.strip_suffix('\n').unwrap_or(line));
    // Most paragraphs are clean.
    if whole_lines(&paragraph).all(|line| !is_log(line) && without_bullet(line, options).len() == line.len()) {
        return paragraph;
    }
    let mut out = String::with_capacity(paragraph.len());
    for line in whole_lines(&paragraph).filter(|line| !is_log(line)) {
        out.push_str(without_bullet(line, options));
    }
    out.into()
}

fn has_returns(text: &str) -> bool {
    bytes::find(b'\r', text.as_bytes()).is_some()
}

/// The first line.
fn first_line(text: &str) -> &str {
    lines(text).next().unwrap_or_default()
}

/// `(\S)  +(\S)` → `\1 \2`. The character after the spaces is used up by the match, so that of `a  b  c` only the first
/// gap closes.
fn single_spaced(text: &str) -> Cow<'_, str> {
    // Whether there are any is found out sooner than where.
    if !text.contains("  ") {
        return text.into();
    }
    let mut out = String::new();
    let (mut copied, mut from) = (0, 0);
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("  ")) {
        let start = from + found;
        let rest = text.get(start..).unwrap_or_default();
        let end = start + rest.len() - rest.trim_start_matches(' ').len();
        let before = text.get(from..start).and_then(|before| before.chars().next_back());
        let after = text.get(end..).and_then(|after| after.chars().next());
        from = end;
        if let (Some(before), Some(after)) = (before, after)
            && !is_space(before)
            && !is_space(after)
        {
            out.push_str(text.get(copied..start).unwrap_or_default());
            out.push(' ');
            copied = end;
            from = end + after.len_utf8();
        }
    }
    if copied == 0 {
        return text.into();
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.into()
}

fn is_commit_line(line: &str) -> bool {
    unindented(line)
        .strip_prefix("commit ")
        .is_some_and(|hash| !hash.is_empty() && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

/// The lines that `git merge --squash` writes about a commit.
fn is_log_line(line: &str) -> bool {
    let text = unindented(line);
    if !text.starts_with(['A', 'D', 'S', 'c']) {
        return false;
    }
    let filled = |prefix: &str| text.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty());
    filled("Author: ")
        || filled("Date: ")
        || text.starts_with("Squashed commit of the following:")
        || is_commit_line(line)
}

fn unindented(line: &str) -> &str {
    line.trim_start_matches([' ', '\t'])
}

/// A line without the bullet or indentation before a type.
fn without_bullet<'a>(line: &'a str, options: &Options) -> &'a str {
    let text = unindented(line);
    if let Some(item) = text.strip_prefix(['*', '-']) {
        let item_text = unindented(item);
        if item_text.len() < item.len() && begins_with_type(item_text, options) {
            return item_text;
        }
    }
    if begins_with_type(text, options) { text } else { line }
}

/// Whether a type stands here and ends at a word's boundary.
fn begins_with_type(text: &str, options: &Options) -> bool {
    if options.parser == Parser::Emoji {
        let ends = |rest: &str| rest.chars().next().is_some_and(|c| !is_word(c));
        return options.by_weight().any(|kind| text.strip_prefix(kind).is_some_and(ends));
    }
    // Most lines begin with no type's letter.
    let first = text.bytes().next();
    let may_begin = |kind: &str| kind.is_empty() || kind.bytes().next() == first;
    options.allowed_types.iter().filter(|kind| may_begin(kind)).any(|kind| {
        text.strip_prefix(kind.as_str()).is_some_and(|rest| {
            let before = kind.chars().next_back().is_some_and(is_word);
            let after = rest.chars().next().is_some_and(is_word);
            before != after
        })
    })
}

struct Header<'a> {
    kind: &'a str,
    scope: &'a str,
    breaking: bool,
    subject: &'a str,
    /// What follows the subject's line, its line break included.
    rest: &'a str,
}

/// The scope and what `tail` makes of the text after it: the last `)` of the line counts that lets the tail match, and
/// no scope where none does.
fn after_scope<'a, T>(text: &'a str, tail: impl Fn(&'a str) -> Option<T>) -> Option<(&'a str, T)> {
    if let Some(inside) = text.strip_prefix('(') {
        let line = first_line(inside);
        let mut end = line.len();
        while let Some(close) = line.get(..end).and_then(|line| line.rfind(')')) {
            if close == 0 {
                break;
            }
            if let Some(found) = inside.get(close + 1..).and_then(&tail) {
                return Some((line.get(..close).unwrap_or_default(), found));
            }
            end = close;
        }
    }
    tail(text).map(|found| ("", found))
}

fn header<'a>(text: &'a str, options: &'a Options) -> Option<Header<'a>> {
    if options.parser == Parser::Scipy {
        return options.allowed_types.iter().find_map(|kind| {
            let (scope, after) = scipy_scope(text.strip_prefix(kind.as_str())?)?;
            let (line, rest) = after.split_at(after.find('\n').unwrap_or(after.len()));
            let trimmed = unindented(line);
            // Where only blanks follow, the last one is the subject.
            let subject = if trimmed.is_empty() { line.get(line.len().checked_sub(1)?..)? } else { trimmed };
            (line.len() > subject.len()).then_some(Header { kind, scope, breaking: false, subject, rest })
        });
    }
    options.allowed_types.iter().find_map(|kind| {
        let (scope, (breaking, subject, rest)) = after_scope(text.strip_prefix(kind.as_str())?, subject)?;
        Some(Header { kind, scope, breaking, subject, rest })
    })
}

/// `(?::[\t ]*([^:\n]+))?:[\t ]+`: the scope between two colons, and what follows the second one, its blanks included.
fn scipy_scope(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix(':')?;
    let blank = |rest: &str| rest.starts_with([' ', '\t']);
    let end = inside.find([':', '\n']).unwrap_or(inside.len());
    let (scope, after) = inside.split_at(end);
    if let Some(after) = after.strip_prefix(':').filter(|after| blank(after) && !scope.is_empty()) {
        let trimmed = unindented(scope);
        let scope = if trimmed.is_empty() { scope.get(scope.len() - 1..)? } else { trimmed };
        return Some((scope, after));
    }
    blank(inside).then_some(("", inside))
}

/// The emoji that counts and its scope.
fn emoji<'a>(subject: &'a str, options: &'a Options) -> Option<(&'a str, &'a str)> {
    if options.emoji_anywhere {
        let lists = [&options.major_types, &options.minor_types, &options.patch_types, &options.allowed_types];
        return lists
            .into_iter()
            .flatten()
            .find(|kind| subject.contains(kind.as_str()))
            .map(|kind| (kind.as_str(), ""));
    }
    options.by_weight().find_map(|kind| {
        let rest = subject.strip_prefix(kind)?;
        let scope = rest.strip_prefix('(').and_then(|inside| Some(inside.split_once(')')?.0));
        Some((kind, scope.unwrap_or_default()))
    })
}

/// `(!)?:\s+([^\n]+)`: the mark, the subject and what follows its line. The white space may run over line breaks; where
/// nothing follows it, its last character that is no line break is the subject.
fn subject(text: &str) -> Option<(bool, &str, &str)> {
    let unmarked = text.strip_prefix('!');
    let after = unmarked.unwrap_or(text).strip_prefix(':')?;
    let trimmed = after.trim_start_matches(is_space);
    let start = if trimmed.is_empty() {
        after.char_indices().skip(1).filter(|(_, c)| *c != '\n').last()?.0
    } else {
        after.len() - trimmed.len()
    };
    if start == 0 {
        return None;
    }
    let found = after.get(start..)?;
    let (subject, rest) = found.split_at_checked(first_line(found).len())?;
    Some((unmarked.is_some(), subject, rest))
}

/// `parse_message`: what one message says; `None` where it is not of the grammar.
#[must_use]
pub fn read(message: &str, options: &Options) -> Option<Reading> {
    let mut reading = Reading::default();
    let (mut subject, body) = match options.parser {
        Parser::Emoji => {
            let (subject, body) = message.split_once('\n').unwrap_or((message, ""));
            (subject, Some(body))
        }
        Parser::Tag => return read_tag(message, options),
        _ => {
            let header = header(message, options)?;
            reading.bump = if header.breaking { Bump::Major } else { options.bump(header.kind) };
            header.kind.clone_into(&mut reading.kind);
            header.scope.clone_into(&mut reading.scope);
            (header.subject, header.rest.strip_prefix("\n\n"))
        }
    };
    let footers = matches!(options.parser, Parser::Conventional | Parser::Angular);
    let bare = options.bare && footers;
    if let Some((start, number)) = merge_request(subject).filter(|_| !bare) {
        number.clone_into(&mut reading.merge_request);
        if options.parser != Parser::Angular {
            subject = strip(subject.get(..start).unwrap_or_default());
        }
    }
    if options.parser == Parser::Emoji {
        let (kind, scope) = emoji(subject, options).unwrap_or(("Other", ""));
        reading.bump = options.bump(kind);
        kind.clone_into(&mut reading.kind);
        scope.clone_into(&mut reading.scope);
    }
    // A paragraph's first word is in the body as it stands, however that is taken apart; only carriage returns go.
    let body = body.filter(|body| !bare || may_break(body) || has_returns(body));
    let text = body.map(|body| paragraphs_of(body, options.paragraphs)).unwrap_or_default();
    let mut said = Said::default();
    let mut issues = BTreeSet::new();
    for (at, paragraph) in std::iter::once(subject).chain(text.iter().map(String::as_str)).enumerate() {
        let mut known = true;
        // The subject itself was not looked at up to 7.
        let breaking = breaking_description(paragraph, options.empty_breaks)
            .filter(|_| footers && (at > 0 || options.paragraphs != Paragraphs::Plain));
        if let Some(description) = breaking {
            reading.breaking.push(description.to_owned());
        } else if bare {
            continue;
        } else if let Some(notice) = paragraph.strip_prefix("NOTICE: ").filter(|n| !n.is_empty() && !n.contains('\n')) {
            reading.notices.push(notice.to_owned());
        } else {
            known = options.issues && linked_issues(paragraph, &mut issues);
        }
        if !known || options.parser == Parser::Angular {
            said.say(paragraph);
        }
    }
    reading.descriptions = said.texts.into_iter().map(str::to_owned).collect();
    reading.linked_issues = sorted_numerically(issues);
    if !reading.breaking.is_empty() {
        reading.bump = Bump::Major;
    } else if !footers && reading.bump == Bump::Major {
        // What the others call a body tells here what breaks.
        reading.breaking = reading.descriptions.iter().skip(1).cloned().collect();
        if !options.breaks_described {
            reading.descriptions.truncate(1);
        }
    }
    Some(reading)
}

/// Whether something may stand in a body of which [`breaking_description`] tells.
fn may_break(body: &str) -> bool {
    let mut rest = body.as_bytes();
    while let Some(found) = bytes::find(b'B', rest).and_then(|at| rest.get(at..)) {
        if found.starts_with(b"BREAKING") {
            return true;
        }
        rest = found.get(1..).unwrap_or_default();
    }
    false
}

/// Paragraphs, each once. Most messages have few, which need no table of what was seen.
#[derive(Default)]
struct Said<'a> {
    texts: Vec<&'a str>,
    seen: HashSet<&'a str>,
}

impl<'a> Said<'a> {
    fn say(&mut self, text: &'a str) {
        const FEW: usize = 8;
        if self.texts.len() == FEW {
            self.seen.extend(self.texts.iter().copied());
        }
        let new = if self.texts.len() < FEW { !self.texts.contains(&text) } else { self.seen.insert(text) };
        if new {
            self.texts.push(text);
        }
    }
}

/// `tag.py`: a mark anywhere in the message; the kinds are the changelog's own.
fn read_tag(message: &str, options: &Options) -> Option<Reading> {
    let line = message.split('\n').next().filter(|line| !line.is_empty())?;
    let marked = |marks: &[String]| marks.iter().find(|mark| message.contains(mark.as_str())).cloned();
    let (mark, kind, bump) = match (marked(&options.minor_types), marked(&options.patch_types)) {
        (Some(mark), _) => (mark, "feature", Bump::Minor),
        (None, Some(mark)) => (mark, "fix", Bump::Patch),
        (None, None) => return None,
    };
    let subject = if mark.is_empty() { line.to_owned() } else { line.replace(&mark, "") };
    let body = message.get(line.len()..).and_then(|rest| rest.strip_prefix("\n\n"));
    let text = body.map(|body| paragraphs_of(body, options.paragraphs)).unwrap_or_default();
    let breaking: Vec<String> =
        text.iter().filter_map(|paragraph| breaking_description(paragraph, true)).map(str::to_owned).collect();
    let (kind, bump) = if breaking.is_empty() { (kind, bump) } else { ("breaking", Bump::Major) };
    let descriptions = std::iter::once(strip(&subject).to_owned()).chain(text).collect();
    Some(Reading { bump, kind: kind.to_owned(), descriptions, breaking, ..Reading::default() })
}

/// Everything a commit's message holds, as `parse` puts it together: the parts, each read, and the pull request of the
/// first given to all of them. A part that is not of the grammar is `None`.
#[must_use]
pub fn read_commit(message: &str, options: &Options) -> Vec<(String, Option<Reading>)> {
    let mut messages = if options.squash { unsquash(message, options) } else { Vec::new() };
    if messages.is_empty() {
        messages.push(message.to_owned());
    }
    let mut parts: Vec<(String, Option<Reading>)> =
        messages.into_iter().map(|part| (read(&part, options), part)).map(|(reading, part)| (part, reading)).collect();
    let lead = match parts.first() {
        Some((_, Some(lead))) => lead.merge_request.clone(),
        Some((text, None)) => merge_request(text).map(|(_, number)| number.to_owned()).unwrap_or_default(),
        None => String::new(),
    };
    if !lead.is_empty() {
        for reading in parts.iter_mut().filter_map(|(_, reading)| reading.as_mut()) {
            reading.merge_request.clone_from(&lead);
        }
    }
    parts
}

/// `[\t ]+\((?:pull request )?([#!]\d+)\)[\t ]*$`: where it starts, and the number with its sign.
fn merge_request(text: &str) -> Option<(usize, &str)> {
    // The end of the text, or the place before its last line break.
    let text = text.strip_suffix('\n').unwrap_or(text);
    let inside = text.trim_end_matches([' ', '\t']).strip_suffix(')')?;
    let signed = inside.trim_end_matches(is_digit);
    let before = signed.strip_suffix(['#', '!']).filter(|_| signed.len() < inside.len())?;
    let number = inside.get(before.len()..)?;
    let before = before.strip_suffix("pull request ").unwrap_or(before).strip_suffix('(')?;
    let start = before.trim_end_matches([' ', '\t']).len();
    (start < before.len()).then_some((start, number))
}

/// `BREAKING[ -]CHANGE:\s?(.*)` at the start, where it says anything or need not.
fn breaking_description(paragraph: &str, empty: bool) -> Option<&str> {
    let rest = paragraph.strip_prefix("BREAKING")?.strip_prefix([' ', '-'])?.strip_prefix("CHANGE:")?;
    let rest = rest.strip_prefix(is_space).unwrap_or(rest);
    rest.split('\n').next().filter(|description| empty || !description.is_empty())
}

/// The first line that names issues (`Closes: #1, #2 and #3`); whether it named any with a number in it.
fn linked_issues(paragraph: &str, issues: &mut BTreeSet<String>) -> bool {
    let Some(predicate) = lines(paragraph).find_map(|line| {
        let colon = bytes::find(b':', line.as_bytes())?;
        let (verb, rest) = (line.get(..colon)?, line.get(colon + 1..)?);
        let blank = rest.starts_with([' ', '\t']) && rest.chars().nth(1).is_some();
        (blank && is_issue_verb(verb)).then_some(unindented(rest))
    }) else {
        return false;
    };
    let mut any = false;
    for issue in issue_list(predicate) {
        if issue.contains(is_digit) {
            issues.insert(issue.to_owned());
            any = true;
        }
    }
    any
}

/// `clos(e|es|ed|ing)`, `fix(es|ed|ing)?`, `resolv(e|es|ed|ing)`, `implement(s|ed|ing)?`, in any case. Python's
/// `IGNORECASE` also takes the long s and the Turkish i's.
fn is_issue_verb(verb: &str) -> bool {
    if verb.len() > 32 {
        return false;
    }
    let verb: String = verb
        .chars()
        .map(|c| match c {
            'ſ' => 's',
            'ı' | 'İ' => 'i',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    [("clos", false), ("fix", true), ("resolv", false), ("implement", true)].iter().any(|(stem, bare)| {
        verb.strip_prefix(stem).is_some_and(|ending| match ending {
            "" => *bare,
            "e" => !*bare,
            "es" => *stem != "implement",
            "s" => *stem == "implement",
            "ed" | "ing" => true,
            _ => false,
        })
    })
}

/// The parts of `,? and | *[,;/& ] *`.
fn issue_list(predicate: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(predicate);
    std::iter::from_fn(move || {
        let text = rest?;
        for (at, byte) in text.bytes().enumerate() {
            if !matches!(byte, b',' | b';' | b'/' | b'&' | b' ') {
                continue;
            }
            let tail = text.get(at..).unwrap_or_default();
            let after = tail.strip_prefix(',').unwrap_or(tail).strip_prefix(" and ").unwrap_or_else(|| {
                let tail = tail.trim_start_matches(' ');
                tail.strip_prefix([',', ';', '/', '&']).unwrap_or(tail).trim_start_matches(' ')
            });
            rest = Some(after);
            return text.get(..at);
        }
        rest = None;
        Some(text)
    })
}

/// `sort_numerically`: by what stands before the number, then by the number.
fn sorted_numerically(issues: BTreeSet<String>) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<(u128, String)>> = BTreeMap::new();
    for issue in issues {
        match numbered(&issue) {
            Some((prefix, number)) => groups.entry(prefix.to_owned()).or_default().push((number, issue)),
            None => {
                groups.entry(issue).or_default();
            }
        }
    }
    let mut out = Vec::new();
    for (prefix, mut numbers) in groups {
        if numbers.is_empty() {
            out.push(prefix);
        }
        numbers.sort_by_key(|(number, _)| *number);
        out.extend(numbers.into_iter().map(|(_, issue)| issue));
    }
    out
}

/// `(\S*?)(\d[\d,]*)\b`: the first number that ends with its word, and what stands before it.
fn numbered(issue: &str) -> Option<(&str, u128)> {
    let mut at = 0;
    loop {
        let start = at + issue.get(at..)?.find(is_digit)?;
        let rest = issue.get(start..)?;
        let end = start + rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        if !issue.get(end..)?.starts_with(is_word) {
            let before = issue.get(..start)?;
            let prefix = before.rsplit(is_space).next().unwrap_or(before);
            let digits = issue.get(start..end)?;
            return Some((prefix, digits.parse().unwrap_or(u128::MAX)));
        }
        at = end;
    }
}

/// `parse_paragraphs` as it was in a range of versions.
fn paragraphs_of(text: &str, how: Paragraphs) -> Vec<String> {
    let joined = |paragraph: &str| paragraph.replace('\n', " ");
    match how {
        Paragraphs::Plain => blocks(text).filter(|paragraph| !paragraph.is_empty()).map(joined).collect(),
        Paragraphs::Joined => {
            let text: Cow<'_, str> = if has_returns(text) { text.replace('\r', "").into() } else { text.into() };
            // A line break is white space as the space is that stands in for it.
            blocks(&text).map(strip).filter(|paragraph| !paragraph.is_empty()).map(joined).collect()
        }
        Paragraphs::Unwrapped | Paragraphs::Footers => unwrapped_paragraphs(text, how == Paragraphs::Footers),
    }
}

/// `parse_paragraphs`: the paragraphs of a body, each on one line but for lists and indented lines.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<String> {
    unwrapped_paragraphs(text, true)
}

fn unwrapped_paragraphs(text: &str, footers: bool) -> Vec<String> {
    let text = without_line_ends(text);
    let text = rejoined_words(&text);
    let text = if footers { spread_footers(&text) } else { text };
    blocks(strip(&text))
        .map(|paragraph| strip(&unwrapped(paragraph)).to_owned())
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

/// `[\r\t\f\v ]*\r?\n` → `\n`.
fn without_line_ends(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in whole_lines(text) {
        match line.strip_suffix('\n') {
            Some(line) => {
                out.push_str(line.trim_end_matches([' ', '\t', '\r', '\x0b', '\x0c']));
                out.push('\n');
            }
            None => out.push_str(line),
        }
    }
    out
}

/// `(?<=\w)-\n(?=\w)` → `-`.
fn rejoined_words(text: &str) -> Cow<'_, str> {
    if !text.contains("-\n") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split("-\n").peekable();
    while let Some(piece) = pieces.next() {
        out.push_str(piece);
        if let Some(next) = pieces.peek() {
            out.push('-');
            if !(piece.ends_with(is_word) && next.starts_with(is_word)) {
                out.push('\n');
            }
        }
    }
    out.into()
}

/// `^ {0,2}([\w-]*: .+)$\n?((?!\n) *[^:\n]+:)` → `\1\n\n\2`, until nothing changes: footers become paragraphs. A match
/// uses up the beginning of the second line, so that a pass takes every other pair; three passes are the most.
fn spread_footers(text: &str) -> Cow<'_, str> {
    if !text.contains(": ") {
        return text.into();
    }
    let mut lines: Vec<&str> = text.split('\n').collect();
    let mut changed = false;
    loop {
        let mut spread = Vec::with_capacity(lines.len());
        let mut rest = lines.iter().copied();
        let mut again = false;
        let mut line = rest.next();
        while let Some(first) = line {
            let second = rest.next();
            match (second, footer(first)) {
                (Some(second), Some(footer)) if second.find(':').is_some_and(|at| at > 0) => {
                    spread.extend([footer, "", second]);
                    again = true;
                    line = rest.next();
                }
                _ => {
                    spread.push(first);
                    line = second;
                }
            }
        }
        lines = spread;
        if !again {
            break;
        }
        changed = true;
    }
    if changed { lines.join("\n").into() } else { text.into() }
}

/// `^ {0,2}([\w-]*: .+)$`: the footer without its indentation.
fn footer(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    if line.len() - text.len() > 2 {
        return None;
    }
    let value = text.trim_start_matches(|c| is_word(c) || c == '-').strip_prefix(": ")?;
    (!value.is_empty()).then_some(text)
}

/// `(?<!-)\n(?![\s*-])` → a space.
fn unwrapped(paragraph: &str) -> Cow<'_, str> {
    if bytes::find(b'\n', paragraph.as_bytes()).is_none() {
        return paragraph.into();
    }
    let mut out = String::with_capacity(paragraph.len());
    let mut lines = lines(paragraph).peekable();
    let mut at = 0;
    while let Some(line) = lines.next() {
        at += line.len() + 1;
        out.push_str(line);
        let Some(next) = lines.peek() else { break };
        // An empty line is a line break before the next, which is white space; at the very end nothing follows.
        let follows = next.chars().next();
        let inside = follows.is_none() && at < paragraph.len();
        let wrapped =
            !line.ends_with('-') && !inside && follows.is_none_or(|c| !is_space(c) && !matches!(c, '*' | '-'));
        out.push(if wrapped { ' ' } else { '\n' });
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(message: &str) -> Vec<String> {
        unsquash(message, &Options::new(Parser::Conventional))
    }

    type Expected<'a> = Option<(&'a str, &'a str, Bump, &'a [&'a str], &'a [&'a str])>;

    #[track_caller]
    fn check(message: &str, expected: Expected<'_>) {
        let reading = read(message, &Options::new(Parser::Conventional));
        let shown = reading.as_ref().map(|reading| {
            let list = |texts: &[String]| texts.to_vec();
            (&*reading.kind, &*reading.scope, reading.bump, list(&reading.descriptions), list(&reading.breaking))
        });
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(shown, expected.map(|(k, s, b, d, br)| (k, s, b, owned(d), owned(br))));
    }

    #[test]
    fn reads_headers_as_the_expression_does() {
        check("feat: add login", Some(("feat", "", Bump::Minor, &["add login"], &[])));
        check("feat(a(b)c)!: x y", Some(("feat", "a(b)c", Bump::Major, &["x y"], &[])));
        check("fix(a): b (c): d", Some(("fix", "a): b (c", Bump::Patch, &["d"], &[])));
        check("fix:\u{a0}tabbed", Some(("fix", "", Bump::Patch, &["tabbed"], &[])));
        check("fix:\n\nbody", Some(("fix", "", Bump::Patch, &["body"], &[])));
        check("fix:   ", Some(("fix", "", Bump::Patch, &[" "], &[])));
        check("feat: x (pull request #12)", Some(("feat", "", Bump::Minor, &["x"], &[])));
        check("chore: x\n\nBREAKING CHANGE: y", Some(("chore", "", Bump::Major, &["x"], &["y"])));
        check("chore: x\nBREAKING CHANGE: y", Some(("chore", "", Bump::None, &["x"], &[])));
    }

    #[test]
    fn what_is_no_header_is_not_read() {
        check("Feat: x", None);
        check("feat:x", None);
        check("feat:", None);
        check("feat: ", None);
        check("feat(): x", None);
        check("feature: x", None);
        check("", None);
    }

    #[test]
    fn squash_messages_are_taken_apart() {
        assert_eq!(
            parts("fix: small thing\n\n* feat: inner one\n\nbody"),
            ["fix: small thing", "feat: inner one\n\nbody"]
        );
        assert_eq!(
            parts("Merged in x (pull request #3)\n\nfeat: two words"),
            ["Merged in x (pull request #3)", "feat: two words"]
        );
        assert_eq!(parts("feat: a thing\n\nfix: #123"), ["feat: a thing\n\nfix: #123"]);
        let merged = "Squashed commit of the following:\n\ncommit 0123abc\nAuthor: A <a@b.c>\nDate:   Sun\n\n    feat: one two\n\ncommit 456\nAuthor: A <a@b.c>\nDate:   Sun\n\n    fix: three four\n";
        assert_eq!(parts(merged), ["feat: one two", "fix: three four"]);
        assert_eq!(parts("  \n "), Vec::<String>::new());
    }

    #[test]
    fn spaces_close_once_a_character() {
        assert_eq!(single_spaced("a  b  c"), "a b  c");
        assert_eq!(single_spaced("ab  cd   ef"), "ab cd ef");
        assert_eq!(single_spaced("  a\n  b"), "  a\n  b");
    }

    #[test]
    fn paragraphs_are_unwrapped_and_footers_stand_alone() {
        assert_eq!(paragraphs("one\ntwo\n* a\n* b\n\nself-\nmade"), ["one two\n* a\n* b", "self-made"]);
        assert_eq!(paragraphs("a: 1\nb: 2\nc: 3\nd: 4\ntext"), ["a: 1", "b: 2", "c: 3", "d: 4 text"]);
    }

    #[test]
    fn issues_are_sorted_by_number() {
        let reading =
            read("fix: x y\n\nCloses: #10, #9 and #100\nFixes: none", &Options::new(Parser::Conventional)).unwrap();
        assert_eq!(reading.linked_issues, ["#9", "#10", "#100"]);
        assert_eq!(issue_list("a, and b  &  c and d").collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }

    #[test]
    fn long_bodies_take_linear_time() {
        for piece in ["a  ", "a: b\n", "\t \r", "-\n", "x: (", "* feat: a b\n\n", "\n\n", "feat(a)", ")"] {
            let body = format!("feat(x: {}", piece.repeat(1_000_000 / piece.len()));
            let _ = read_commit(&body, &Options::new(Parser::Conventional));
        }
    }
}
