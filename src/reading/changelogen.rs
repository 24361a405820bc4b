//! changelogen's reading (0.6.2, `src/git.ts`): one expression over the subject that is anchored nowhere.
//!
//! ```text
//! commit := [ emoji ] " "* type [ "(" scope ")" ] [ "!" ] ": " description      anywhere in the line
//! emoji  := ":" any+ ":" | a pictograph
//! ```

use super::bytes;
use super::javascript_text::{LINE_ENDS, is_space, trim};
use crate::message::Span;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;

/// What changelogen reads in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The type, as written.
    pub kind: &'a str,
    /// The scope, as written; empty where there is none.
    pub scope: &'a str,
    /// Whether it is breaking: by its `!` or by the words `breaking change:` anywhere in the body.
    pub breaking: bool,
    /// What follows the colon, as written.
    pub raw: &'a str,
    /// The description, without the pull requests' numbers.
    pub description: Cow<'a, str>,
    /// Where type and mark stand in the message.
    pub span: Span,
}

/// A reference in a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `(#12)`, with words before the number or not.
    PullRequest(&'a str),
    /// `#12` anywhere else.
    Issue(&'a str),
}

impl<'a> Reference<'a> {
    /// The number with its sign.
    #[must_use]
    pub fn number(&self) -> &'a str {
        match self {
            Self::PullRequest(number) | Self::Issue(number) => number,
        }
    }
}

/// Reads a whole message; `None` where the expression matches nowhere in its first line.
#[must_use]
pub fn read(message: &str) -> Option<Reading<'_>> {
    let end = bytes::find(b'\n', message.as_bytes()).unwrap_or(message.len());
    let (subject, body) = message.split_at_checked(end).unwrap_or((message, ""));
    read_parts(subject, body)
}

/// Reads a message whose first line stands apart from the rest.
#[must_use]
pub fn read_parts<'a>(subject: &'a str, body: &str) -> Option<Reading<'a>> {
    read_with(subject, body, true)
}

/// Reads a first line by the same expression without its emoji, which is nx's up to its version 23.1.
#[must_use]
pub fn read_without_emoji(subject: &str) -> Option<Reading<'_>> {
    read_with(subject, "", false)
}

fn read_with<'a>(subject: &'a str, body: &str, emoji: bool) -> Option<Reading<'a>> {
    // Most subjects hold no line's end but `\n`: the others are a carriage return or begin with this byte. What is found
    // nowhere is found out faster by this than by `may_break`.
    let found = if bytes::find_either(b'\r', 0xe2, subject.as_bytes()).is_some() {
        let mut offset = 0;
        subject.split_inclusive(LINE_ENDS).find_map(|line| {
            let start = offset;
            offset += line.len();
            read_line(line.trim_end_matches(LINE_ENDS), emoji).map(|found| (start, found))
        })
    } else {
        read_line(subject, emoji).map(|found| (0, found))
    };
    let (start, header) = found?;
    Some(Reading {
        kind: header.kind,
        scope: header.scope,
        breaking: header.marked || breaks(body),
        raw: header.description,
        description: without_pull_requests(header.description),
        span: Span::new(start + header.start, start + header.end),
    })
}

struct Header<'a> {
    kind: &'a str,
    scope: &'a str,
    marked: bool,
    description: &'a str,
    start: usize,
    end: usize,
}

/// The leftmost match. An emoji in colons takes as much as it can, so that from a line's first colon on the *last*
/// place that matches counts; everywhere else it is the first.
#[inline]
fn read_line(line: &str, emoji: bool) -> Option<Header<'_>> {
    // The last `)` behind which the rest of the expression matches: every scope of the line ends there. Neither it nor
    // the last colon is wanted by most lines.
    let close = OnceCell::new();
    let close = || *close.get_or_init(|| last(line, b')', |after| tail(after).is_some()));
    let last_colon = OnceCell::new();
    let last_colon =
        || *last_colon.get_or_init(|| last(line, b':', |after| typed_behind(line, after, close).is_some()));
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if emoji
            && *byte == b':'
            && let Some(colon) = last_colon()
            && colon > at + 1
        {
            let after = line.get(colon + 1..)?;
            return typed_behind(line, after, close);
        }
        let letters = letters(line, at);
        // Most words are no type, which the byte behind them tells.
        if letters > 0 && matches!(bytes.get(at + letters), Some(b'(' | b'!' | b':')) {
            let header = type_at(line, at, at + letters, close);
            if header.is_some() {
                return header;
            }
        }
        at += letters.max(1);
    }
    None
}

/// The last place of a byte of ASCII behind which a condition holds.
fn last(line: &str, byte: u8, holds: impl Fn(&str) -> bool) -> Option<usize> {
    let mut end = line.len();
    std::iter::from_fn(|| {
        end = bytes::find_last(byte, line.as_bytes().get(..end)?)?;
        Some(end)
    })
    .find(|at| line.get(at + 1..).is_some_and(&holds))
}

/// How many letters stand from a place on.
fn letters(line: &str, start: usize) -> usize {
    line.bytes().skip(start).take_while(u8::is_ascii_alphabetic).count()
}

/// A type behind an emoji, whose spaces are skipped.
fn typed_behind<'a>(line: &'a str, after: &str, close: impl Fn() -> Option<usize>) -> Option<Header<'a>> {
    let start = line.len() - after.trim_start_matches(' ').len();
    let letters = letters(line, start);
    if letters == 0 { None } else { type_at(line, start, start + letters, close) }
}

/// A type whose letters stand here, with all that must follow it.
#[inline]
fn type_at(line: &str, start: usize, end: usize, close: impl Fn() -> Option<usize>) -> Option<Header<'_>> {
    let (kind, rest) = (line.get(start..end)?, line.get(end..)?);
    let (scope, rest, from) = if rest.starts_with('(') {
        let close = close().filter(|close| *close > end + 1)?;
        (line.get(end + 1..close)?, line.get(close + 1..)?, close + 1)
    } else {
        ("", rest, end)
    };
    let (marked, description) = tail(rest)?;
    Some(Header { kind, scope, marked, description, start, end: from + usize::from(marked) })
}

/// `!?: .+`: whether it is marked, and the description.
#[inline]
fn tail(text: &str) -> Option<(bool, &str)> {
    let unmarked = text.strip_prefix('!');
    let description = unmarked.unwrap_or(text).strip_prefix(": ")?;
    (!description.is_empty()).then_some((unmarked.is_some(), description))
}

/// The pull requests, then the issues that are none of them.
#[must_use]
pub fn references(description: &str) -> Vec<Reference<'_>> {
    const FEW: usize = 8;
    let mut out: Vec<Reference<'_>> = Vec::new();
    let mut from = 0;
    let mut sign = || {
        let at = from + bytes::find(b'#', description.as_bytes().get(from..)?)?;
        from = at + 1;
        Some(at)
    };
    let Some(first) = sign() else { return out };
    let signs: Vec<usize> = std::iter::once(first).chain(std::iter::from_fn(sign)).collect();
    out.extend(pull_requests(description).map(|(_, number)| Reference::PullRequest(number)));
    let numbers = signs.iter().filter_map(|at| number_at(description, *at));
    if signs.len() <= FEW {
        // Most name one, which needs no table of what was seen.
        for number in numbers {
            if !out.iter().any(|known| known.number() == number) {
                out.push(Reference::Issue(number));
            }
        }
    } else {
        let mut seen: HashSet<&str> = out.iter().map(Reference::number).collect();
        out.extend(numbers.filter(|number| seen.insert(number)).map(Reference::Issue));
    }
    out
}

/// `#\d+` at a place.
fn number_at(text: &str, at: usize) -> Option<&str> {
    let digits = text.get(at + 1..)?.bytes().take_while(u8::is_ascii_digit).count();
    text.get(at..at + 1 + digits).filter(|_| digits > 0)
}

/// `\([ a-z]*(#\d+)\s*\)`: the places and the numbers.
fn pull_requests(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let open = from + bytes::find(b'(', text.as_bytes().get(from..)?)?;
            from = open + 1;
            let words = text.get(from..)?.bytes().take_while(|byte| matches!(byte, b' ' | b'a'..=b'z')).count();
            let sign = from + words;
            if !text.get(sign..)?.starts_with('#') {
                continue;
            }
            let Some(number) = number_at(text, sign) else { continue };
            let after = text.get(sign + number.len()..)?;
            let end = after.trim_start_matches(is_space);
            if end.starts_with(')') {
                from = text.len() - end.len() + 1;
                return Some((open..from, number));
            }
        }
    })
}

/// A description without the pull requests' numbers.
#[must_use]
pub fn without_pull_requests(description: &str) -> Cow<'_, str> {
    let mut places = pull_requests(description).peekable();
    if places.peek().is_none() {
        return trim(description).into();
    }
    // Most have one at their end, and what is before it is a piece of the message.
    if let Some((place, _)) = places.peek()
        && trim(description.get(place.end..).unwrap_or_default()).is_empty()
    {
        return trim(description.get(..place.start).unwrap_or_default()).into();
    }
    let mut out = String::with_capacity(description.len());
    let mut copied = 0;
    for (place, _) in places {
        out.push_str(description.get(copied..place.start).unwrap_or_default());
        copied = place.end;
    }
    out.push_str(description.get(copied..).unwrap_or_default());
    trim(&out).to_owned().into()
}

/// Whether the words `breaking change:` stand in a body, in any case.
fn breaks(body: &str) -> bool {
    contains_ignoring_case(body.as_bytes(), b"breaking change:")
}

/// Whether ASCII text of lower case stands in a text, in any case.
fn contains_ignoring_case(text: &[u8], wanted: &[u8]) -> bool {
    // The colon is rarer than any letter, and what precedes it is compared at once.
    let Some((colon, start)) = wanted.split_last() else { return true };
    let mut done = 0;
    while let Some(step) = bytes::find(*colon, text.get(done..).unwrap_or_default()) {
        let at = done + step;
        let before = at.checked_sub(start.len()).and_then(|from| text.get(from..at));
        let last = |bytes: &[u8]| bytes.last().map(u8::to_ascii_lowercase);
        if before.is_some_and(|before| last(before) == last(start) && before.eq_ignore_ascii_case(start)) {
            return true;
        }
        done = at + 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: Option<(&str, &str, bool, &str)>) {
        let reading = read(message);
        assert_eq!(reading.as_ref().map(|r| (r.kind, r.scope, r.breaking, &*r.description)), expected);
        if let Some(reading) = reading {
            assert!(reading.span.of(message).starts_with(reading.kind), "{message:?}");
        }
    }

    #[test]
    fn reads_anywhere_in_the_line() {
        check("feat: add login", Some(("feat", "", false, "add login")));
        check("JIRA-1 feat(api)!: x (#12)", Some(("feat", "api", true, "x")));
        check("Revert \"feat: x\"", Some(("feat", "", false, "x\"")));
        check("✨ Feat: x", Some(("Feat", "", false, "x")));
        check("new-feature: x", Some(("feature", "", false, "x")));
        check("fix(a): b (c): d", Some(("fix", "a): b (c", false, "d")));
        check("fix: x\n\nnot a Breaking Change: y", Some(("fix", "", true, "x")));
    }

    #[test]
    fn an_emoji_in_colons_takes_as_much_as_it_can() {
        check(":bug: fix: a thing", Some(("fix", "", false, "a thing")));
        check(":bug: fix: foo: bar", Some(("foo", "", false, "bar")));
        check("fix: foo: bar", Some(("fix", "", false, "foo: bar")));
    }

    #[test]
    fn without_the_emoji_the_first_type_counts() {
        let kind = |subject| read_without_emoji(subject).map(|reading| (reading.kind, reading.raw));
        assert_eq!(kind(":bug: fix: foo: bar"), Some(("bug", "fix: foo: bar")));
        assert_eq!(kind("JIRA-1 fix(a): b"), Some(("fix", "b")));
        assert_eq!(kind("no type"), None);
    }

    #[test]
    fn what_does_not_match_is_not_read() {
        check("feat:x", None);
        check("feat: ", None);
        check("feat(: x", None);
        check("feat(): x", None);
        check("", None);
        check("subject\n\nfeat: x", None);
    }

    #[test]
    fn pull_requests_come_before_issues() {
        assert_eq!(
            references("a #1 (pr #2) (#3 ) #2 (see #4.)"),
            [
                Reference::PullRequest("#2"),
                Reference::PullRequest("#3"),
                Reference::Issue("#1"),
                Reference::Issue("#4")
            ]
        );
    }

    #[test]
    fn long_lines_take_linear_time() {
        for piece in ["a(", ":", "a: ", "(#1", ") ", "a)", ": a"] {
            let _ = read(&piece.repeat(1_000_000 / piece.len()));
        }
    }
}
