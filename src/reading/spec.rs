//! The Conventional Commits specification as the crate git-conventional 1.1.0 reads it (`src/parser.rs`,
//! `src/commit.rs`, `src/error.rs`): the reading of git-cliff, release-plz and knope.
//!
//! ```text
//! message   ::= summary (eol | end) (eol | end) eol* body? footer* eol*
//! summary   ::= type ("(" scope ")")? "!"? ":" space* text
//! type      ::= (any but parentheses, ":", "!" and white space)+
//! scope     ::= (any but parentheses and line breaks)+
//! text      ::= (any but line breaks)+
//! body      ::= lines, up to the first that begins a footer and is the first of all or follows an empty one
//! footer    ::= ("BREAKING CHANGE" | type) (":" | " #") space* value
//! value     ::= a line and those after it, up to one that begins a footer
//! eol       ::= LF | CR LF
//! ```
//!
//! `space` is Unicode's white space, line breaks included: a description may stand on the line after its colon.

use super::bytes;
use crate::letters::lower_char;
use std::fmt;

/// A message that follows the specification. All parts are slices of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit<'a> {
    /// The type as written: `feat`, `Fix`, `✨`.
    pub kind: &'a str,
    /// The scope without its parentheses.
    pub scope: Option<&'a str>,
    /// Whether a `!` stands before the colon.
    pub mark: bool,
    /// The rest of the summary.
    pub description: &'a str,
    /// What stands between summary and footers.
    pub body: Option<&'a str>,
    /// The footers, in their order.
    pub footers: Vec<Footer<'a>>,
}

/// A footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footer<'a> {
    /// The word before the separator, as written.
    pub token: &'a str,
    /// `:` or ` #`.
    pub separator: &'a str,
    /// What follows, without white space around it.
    pub value: &'a str,
}

impl Footer<'_> {
    /// Whether it announces a breaking change; only these two spellings do.
    #[must_use]
    pub fn breaking(&self) -> bool {
        self.token == "BREAKING CHANGE" || self.token == "BREAKING-CHANGE"
    }
}

impl<'a> Commit<'a> {
    /// Whether the commit is a breaking change, by mark or by footer.
    #[must_use]
    pub fn breaking(&self) -> bool {
        self.mark || self.footers.iter().any(Footer::breaking)
    }

    /// What breaks: the first footer that says so, else the description of a marked commit.
    #[must_use]
    pub fn breaking_description(&self) -> Option<&'a str> {
        let footer = self.footers.iter().find(|footer| footer.breaking()).map(|footer| footer.value);
        footer.or_else(|| self.mark.then_some(self.description))
    }

    /// Whether the type is this one (given in lower case); the specification takes any case.
    #[must_use]
    pub fn is(&self, kind: &str) -> bool {
        same(self.kind, kind)
    }
}

/// Whether a token is this one (given in lower case) in any case, by the full case folding the crate uses: the
/// ligatures are the only characters that unfold into the letters of a type.
#[must_use]
pub fn same(written: &str, known: &str) -> bool {
    if written.is_ascii() {
        return written.eq_ignore_ascii_case(known);
    }
    let mut unfolded = String::with_capacity(written.len());
    for letter in written.chars() {
        match letter {
            'ﬀ' => unfolded.push_str("ff"),
            'ﬁ' => unfolded.push_str("fi"),
            'ﬂ' => unfolded.push_str("fl"),
            'ﬃ' => unfolded.push_str("ffi"),
            'ﬄ' => unfolded.push_str("ffl"),
            'ﬅ' | 'ﬆ' => unfolded.push_str("st"),
            'ſ' => unfolded.push('s'),
            other => unfolded.push_str(&lower_char(other)),
        }
    }
    unfolded == known
}

/// Why a message is not one of the specification's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The byte at which reading stopped.
    pub at: usize,
}

/// What is wrong with a message. The crate knows more kinds and reports every fault of the summary as the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The summary is not `type(scope)!: description`.
    MissingType,
    /// No empty line after the summary.
    InvalidBody,
    /// A lone carriage return after the summary, or a footer without a value.
    InvalidFormat,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ErrorKind::MissingType => "Missing type in the commit summary, expected `type: description`",
            ErrorKind::InvalidBody => "Incorrect body syntax",
            ErrorKind::InvalidFormat => "Incorrect conventional commit format",
        })
    }
}

/// Reads a message.
///
/// # Errors
/// Where the message is not of the specification, as git-conventional sees it.
pub fn read(message: &str) -> Result<Commit<'_>, Error> {
    let fault = |kind, rest: &str| Error { kind, at: message.len() - rest.len() };
    let (kind, scope, mark, description, rest) =
        summary(message).map_err(|rest| fault(ErrorKind::MissingType, rest))?;
    let Some(rest) = line_end(rest) else { return Err(fault(ErrorKind::InvalidFormat, rest)) };
    let Some(mut rest) = line_end(rest) else { return Err(fault(ErrorKind::InvalidBody, rest)) };
    while let Some(after) = eol(rest) {
        rest = after;
    }
    let (body, mut rest) = body(rest);
    let mut footers = Vec::new();
    while let Some((token, separator, after)) = head(rest) {
        let value_start = after.trim_start();
        if value_start.is_empty() {
            return Err(fault(ErrorKind::InvalidFormat, value_start));
        }
        let (value, after) = value(value_start);
        footers.push(Footer { token, separator, value: value.trim_end() });
        rest = after;
    }
    Ok(Commit { kind, scope, mark, description, body, footers })
}

type Summary<'a> = (&'a str, Option<&'a str>, bool, &'a str, &'a str);

/// The summary's parts and what follows it; the place where it fails otherwise.
fn summary(text: &str) -> Result<Summary<'_>, &str> {
    let (kind, rest) = split(text, word_end(text));
    if kind.is_empty() {
        return Err(text);
    }
    let (scope, rest) = match rest.strip_prefix('(') {
        None => (None, rest),
        Some(inner) => {
            let end = inner.bytes().position(|byte| matches!(byte, b'(' | b')' | b'\n' | b'\r')).unwrap_or(inner.len());
            let (scope, after) = split(inner, end);
            match after.strip_prefix(')') {
                Some(after) if !scope.is_empty() => (Some(scope), after),
                _ => return Err(after),
            }
        }
    };
    let (mark, rest) = match rest.strip_prefix('!') {
        Some(after) => (true, after),
        None => (false, rest),
    };
    let rest = rest.strip_prefix(':').ok_or(rest)?.trim_start();
    let end = bytes::find_either(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
    let (description, rest) = split(rest, end);
    if description.is_empty() { Err(rest) } else { Ok((kind, scope, mark, description, rest)) }
}

/// The text before and after a byte that is known to begin a character.
fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Where a type or a footer's token ends.
fn word_end(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'(' | b')' | b':' | b'!' | b' ' | b'\t'..=b'\r' => return at,
            0x80.. => {
                // White space beyond ASCII needs the whole character; the bytes inside one are passed over.
                let letter = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
                if letter.is_whitespace() {
                    return at;
                }
                if let Some(inside) = letter.len_utf8().checked_sub(2) {
                    bytes.nth(inside);
                }
            }
            _ => {}
        }
    }
    text.len()
}

fn eol(text: &str) -> Option<&str> {
    text.strip_prefix('\n').or_else(|| text.strip_prefix("\r\n"))
}

/// What follows a line break, or nothing where the text is at its end.
fn line_end(text: &str) -> Option<&str> {
    if text.is_empty() { Some(text) } else { eol(text) }
}

/// The beginning of a footer and what follows it.
fn head(text: &str) -> Option<(&str, &str, &str)> {
    let end = if text.starts_with("BREAKING CHANGE") { "BREAKING CHANGE".len() } else { word_end(text) };
    if end == 0 {
        return None;
    }
    let (token, rest) = split(text, end);
    let length = if rest.starts_with(':') {
        1
    } else if rest.starts_with(" #") {
        2
    } else {
        return None;
    };
    let (separator, rest) = split(rest, length);
    Some((token, separator, rest))
}

/// The body and what follows it.
fn body(text: &str) -> (Option<&str>, &str) {
    let mut rest = text;
    let mut after_empty = true;
    while !(rest.is_empty() || after_empty && head(rest).is_some()) {
        let (line, after) = next_line(rest);
        after_empty = line.trim_start().is_empty();
        rest = after;
    }
    let (body, rest) = split(text, text.len() - rest.len());
    ((!body.is_empty()).then(|| body.trim_end()), rest)
}

/// A footer's value and what follows it.
fn value(text: &str) -> (&str, &str) {
    let (_, mut rest) = next_line(text);
    while !rest.is_empty() && head(rest).is_none() {
        rest = next_line(rest).1;
    }
    split(text, text.len() - rest.len())
}

/// A line with its line feed, and what follows.
fn next_line(text: &str) -> (&str, &str) {
    split(text, bytes::find(b'\n', text.as_bytes()).map_or(text.len(), |at| at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `type|scope|!|description|body|token=value;…` or the error's text.
    fn told(message: &str) -> String {
        match read(message) {
            Err(error) => error.to_string(),
            Ok(commit) => {
                let footers: Vec<String> = commit
                    .footers
                    .iter()
                    .map(|footer| format!("{}{}{}", footer.token, footer.separator, footer.value))
                    .collect();
                format!(
                    "{}|{}|{}|{}|{}|{}",
                    commit.kind,
                    commit.scope.unwrap_or("-"),
                    if commit.breaking() { "!" } else { "" },
                    commit.description,
                    commit.body.unwrap_or("-"),
                    footers.join(";")
                )
            }
        }
    }

    #[track_caller]
    fn check(message: &str, expected: &str) {
        assert_eq!(told(message), expected);
    }

    #[test]
    fn summaries() {
        check("feat: x", "feat|-||x|-|");
        check("feat(api)!: x", "feat|api|!|x|-|");
        check("feat( api ): x", "feat| api ||x|-|");
        check("feat:x", "feat|-||x|-|");
        check("feat:\n\nx", "feat|-||x|-|");
        check("✨:\u{a0}x", "✨|-||x|-|");
    }

    #[test]
    fn faults_of_the_summary_are_all_one() {
        for fault in [
            "",
            "x",
            " feat: x",
            "feat : x",
            "feat(): x",
            "feat(a(b)c): x",
            "feat!(a): x",
            "feat: ",
            "feat!!: x",
            "fe\u{a0}at: x",
        ] {
            check(fault, "Missing type in the commit summary, expected `type: description`");
        }
        assert_eq!(read("feat(a b: x").unwrap_err().at, 11);
    }

    #[test]
    fn bodies_and_footers() {
        check("fix: x\n\nbody\n\nmore\n", "fix|-||x|body\n\nmore|");
        check("fix: x\r\n\r\nbody\r\n\r\nRefs #1\r\n", "fix|-||x|body|Refs #1");
        check("fix: x\n\nbody\nRefs: 1", "fix|-||x|body\nRefs: 1|");
        check("fix: x\n\nRefs: 1\n two\nBREAKING CHANGE: y\n\nz", "fix|-|!|x|-|Refs:1\n two;BREAKING CHANGE:y\n\nz");
        check("fix: x\n\nBREAKING-CHANGE #y", "fix|-|!|x|-|BREAKING-CHANGE #y");
        check("fix: x\n\nFixes:\n\nRefs: 1", "fix|-||x|-|Fixes:Refs: 1");
        check("fix: x\n\n  ", "fix|-||x||");
    }

    #[test]
    fn faults_after_the_summary() {
        check("fix: x\nBREAKING CHANGE: y", "Incorrect body syntax");
        check("fix: x\n \nbody", "Incorrect body syntax");
        check("fix: x\rbody", "Incorrect conventional commit format");
        check("fix: x\n\nFixes: \n", "Incorrect conventional commit format");
    }

    #[test]
    fn types_compare_without_case() {
        assert!(read("FeAt: x").unwrap().is("feat"));
        assert!(read("ﬁx: x").unwrap().is("fix"));
        assert!(!read("feature: x").unwrap().is("feat"));
    }

    #[test]
    fn a_megabyte_is_read_in_one_pass() {
        for piece in ["a: \n", "word ", "\n\n", "a", "é", "\r\n", "a:\n"] {
            let _ = read(&format!("feat: x\n\n{}", piece.repeat(1 << 18)));
        }
    }
}
