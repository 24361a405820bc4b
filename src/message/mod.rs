//! What was written: a commit message as text, with places in it.

use serde::{Deserialize, Serialize};

/// A place in a text: byte offsets on character boundaries, the end not included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// A place from one byte to another.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
    /// The text at this place; empty where the place is not inside `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// The first line, without its line break (`\r\n` counts as one).
#[must_use]
pub fn subject(message: &str) -> &str {
    let line = message.split_once('\n').map_or(message, |(line, _)| line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// What follows the subject and the blank lines after it.
#[must_use]
pub fn body(message: &str) -> &str {
    message.split_once('\n').map_or("", |(_, rest)| rest.trim_start_matches(['\r', '\n']))
}

/// The text with every `\r\n` turned into `\n`, as forges store what a browser's form sent.
#[must_use]
pub fn unix(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { text.into() }
}

/// The subject and the body as git's `%s` and `%b` print them: the lines of the first paragraph joined by spaces, and
/// what follows the blank lines after it.
#[must_use]
pub fn git_parts(message: &str) -> (std::borrow::Cow<'_, str>, &str) {
    let mut rest = message;
    let mut subject: Option<std::borrow::Cow<'_, str>> = None;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let text = line.trim_end();
        match (&mut subject, text.is_empty()) {
            (None, true) => {}
            (None, false) => subject = Some(text.into()),
            (Some(subject), false) => {
                let subject = subject.to_mut();
                subject.push(' ');
                subject.push_str(text);
            }
            (Some(_), true) => break,
        }
        rest = after;
    }
    let mut body = rest;
    while let Some((line, after)) = body.split_once('\n').filter(|(line, _)| line.trim_end().is_empty()) {
        let _ = line;
        body = after;
    }
    (subject.unwrap_or_default(), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, subject: &str, body: &str) {
        let (found, rest) = git_parts(message);
        assert_eq!((&*found, rest), (subject, body));
    }

    #[test]
    fn parts_are_gits() {
        check("feat: x", "feat: x", "");
        check("\n\nfeat: x \ny\n\n\nbody\n\nmore\n", "feat: x y", "body\n\nmore\n");
        check("", "", "");
    }
}
