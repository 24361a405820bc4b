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
