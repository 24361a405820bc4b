//! Conventional commits as cocogitto reads them: the crate `conventional_commit_parser` 0.9.4 (`src/grammar.pest`,
//! `src/commit.rs`, `src/error.rs`).
//!
//! ```text
//! message   ::= " "* summary ((eol " "*)+ (footers | body (eol " "*)+ footers | body))?
//! summary   ::= letter+ ("(" scope ")")? "!"? ": " text
//! scope     ::= (any but parentheses and Unicode white space)+
//! text      ::= (any but line breaks)+
//! body      ::= everything up to line breaks with a footer after them
//! footers   ::= footer (eol footer)*
//! footer    ::= token (": " | ":" eol | " #") content
//! token     ::= "BREAKING CHANGE" | "BREAKING-CHANGE" | (ASCII letter | digit | "-")+
//! content   ::= any+, up to a line break with a footer right after it
//! eol       ::= LF | CR LF | CR
//! ```
//!
//! A message that ends in line breaks right after its summary is refused: the grammar takes the line breaks and finds
//! nothing. The choices of a PEG are final, so `BREAKING-CHANGES: x` is no footer.

use std::borrow::Cow;
use std::fmt;

/// A message cocogitto accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit<'a> {
    /// The type in lower case.
    pub kind: Cow<'a, str>,
    /// The scope without its parentheses.
    pub scope: Option<&'a str>,
    /// Whether it is a breaking change, by mark or by footer.
    pub breaking: bool,
    /// The rest of the first line, spaces kept.
    pub summary: &'a str,
    /// What stands between summary and footers, without white space around it.
    pub body: Option<&'a str>,
    /// The footers, in their order.
    pub footers: Vec<Footer<'a>>,
}

/// A footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footer<'a> {
    /// The word before the separator.
    pub token: &'a str,
    /// What follows, without white space around it.
    pub content: &'a str,
}

impl Footer<'_> {
    /// Whether it announces a breaking change.
    #[must_use]
    pub fn breaking(&self) -> bool {
        self.token == "BREAKING CHANGE" || self.token == "BREAKING-CHANGE"
    }
}

/// Why cocogitto refuses a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The byte at which reading stopped.
    pub at: usize,
}

/// What is wrong with a message (`src/error.rs`, `ParseErrorKind`: which of the grammar's rules failed furthest on).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No colon after the type.
    MissingSeparator,
    /// No space after the colon.
    MissingWhiteSpace,
    /// A parenthesis where the scope should go on.
    UnexpectedParenthesis,
    /// White space within the scope.
    UnexpectedWhitespaceOrNewLine,
    /// A message that ends with the scope's opening parenthesis.
    MalformedScope,
    /// Anything else.
    Other,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ErrorKind::MissingSeparator => "Missing commit type separator `:`",
            ErrorKind::MissingWhiteSpace => "Missing whitespace terminal after commit type separator `:`",
            ErrorKind::UnexpectedParenthesis => "A scope value must not contains inner parenthesis",
            ErrorKind::UnexpectedWhitespaceOrNewLine => "A scope value must not contain whitespace or new line",
            ErrorKind::MalformedScope => "Malformed commit scope",
            ErrorKind::Other => "Parse error",
        })
    }
}

/// Reads a message.
///
/// # Errors
/// Where cocogitto refuses it.
pub fn read(message: &str) -> Result<Commit<'_>, Error> {
    let (mut commit, rest) = summary(message).map_err(|(kind, rest)| Error { kind, at: message.len() - rest.len() })?;
    if rest.is_empty() {
        return Ok(commit);
    }
    let text = rest.trim_start_matches(['\n', '\r', ' ']);
    if text.is_empty() {
        return Err(Error { kind: ErrorKind::Other, at: message.len() });
    }
    let mut footers = Footers { text, known: Vec::new() };
    let mut next = if footers.begins(0) {
        Some(0)
    } else {
        let (body, first) = footers.body();
        commit.body = Some(body.trim()).filter(|body| !body.is_empty());
        first
    };
    while let Some(at) = next {
        let Some((footer, after)) = footers.footer(at) else { break };
        commit.breaking |= footer.breaking();
        commit.footers.push(footer);
        next = after;
    }
    Ok(commit)
}

/// The commit as far as its first line says, and what follows the line; the fault and the text at it otherwise.
fn summary(message: &str) -> Result<(Commit<'_>, &str), (ErrorKind, &str)> {
    let text = message.trim_start_matches(' ');
    let (kind, rest) = split_while(text, |byte| byte.is_ascii_alphabetic());
    if kind.is_empty() {
        return Err((ErrorKind::Other, text));
    }
    let (scope, rest) = match rest.strip_prefix('(') {
        None => (None, rest),
        Some(inner) => {
            let end = inner.find(|letter: char| matches!(letter, '(' | ')') || letter.is_whitespace());
            let (scope, after) = inner.split_at_checked(end.unwrap_or(inner.len())).unwrap_or_default();
            match after.strip_prefix(')') {
                Some(after) if !scope.is_empty() => (Some(scope), after),
                _ if after.starts_with(['(', ')']) => return Err((ErrorKind::UnexpectedParenthesis, after)),
                _ if !after.is_empty() => return Err((ErrorKind::UnexpectedWhitespaceOrNewLine, after)),
                _ if scope.is_empty() => return Err((ErrorKind::MalformedScope, after)),
                _ => return Err((ErrorKind::MissingSeparator, rest)),
            }
        }
    };
    let (breaking, rest) = match rest.strip_prefix('!') {
        Some(after) => (true, after),
        None => (false, rest),
    };
    let rest = rest.strip_prefix(':').ok_or((ErrorKind::MissingSeparator, rest))?;
    let rest = rest.strip_prefix(' ').ok_or((ErrorKind::MissingWhiteSpace, rest))?;
    let (summary, rest) = split_while(rest, |byte| !matches!(byte, b'\n' | b'\r'));
    if summary.is_empty() {
        return Err((ErrorKind::Other, rest));
    }
    let kind =
        if kind.bytes().any(|byte| byte.is_ascii_uppercase()) { kind.to_ascii_lowercase().into() } else { kind.into() };
    Ok((Commit { kind, scope, breaking, summary, body: None, footers: Vec::new() }, rest))
}

/// The longest beginning of such bytes, and the rest. The bytes named by `wanted` must all be ASCII or none of it end
/// inside a character, which holds for its two uses.
fn split_while(text: &str, wanted: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|byte| !wanted(byte)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What follows one line break at the beginning of the text.
fn eol(text: &str) -> Option<&str> {
    text.strip_prefix('\n').or_else(|| text.strip_prefix("\r\n")).or_else(|| text.strip_prefix('\r'))
}

/// The token of a footer that begins the text, and the text after its separator.
fn head(text: &str) -> Option<(&str, &str)> {
    let (token, rest) = if text.starts_with("BREAKING CHANGE") || text.starts_with("BREAKING-CHANGE") {
        text.split_at_checked("BREAKING CHANGE".len())?
    } else {
        split_while(text, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if token.is_empty() {
        return None;
    }
    let content = match rest.strip_prefix(':') {
        Some(after) => after.strip_prefix(' ').or_else(|| eol(after)),
        None => rest.strip_prefix(" #"),
    }?;
    Some((token, content))
}

/// The part of a message below its summary.
struct Footers<'a> {
    text: &'a str,
    /// Places whose answer is known, the first one last. A footer whose content begins with a line break is one only if
    /// none follows that line break, so an answer may hang on a chain of others: each is found once, which keeps the
    /// reading linear.
    known: Vec<(usize, bool)>,
}

impl<'a> Footers<'a> {
    fn from(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// Whether a footer begins here. Places are asked for in ascending order.
    fn begins(&mut self, at: usize) -> bool {
        while self.known.last().is_some_and(|(place, _)| *place < at) {
            self.known.pop();
        }
        let mut chain: Vec<usize> = Vec::new();
        let mut place = at;
        let mut answer = loop {
            if let Some((_, answer)) = self.known.last().filter(|(known, _)| *known == place) {
                break *answer;
            }
            let Some((_, content)) = head(self.from(place)) else { break false };
            match eol(content) {
                None => break !content.is_empty(),
                Some(after) => {
                    chain.push(place);
                    place = self.text.len() - after.len();
                }
            }
        };
        if !chain.is_empty() && self.known.last().is_none_or(|(known, _)| *known != place) {
            self.known.push((place, answer));
        }
        while let Some(place) = chain.pop() {
            answer = !answer;
            self.known.push((place, answer));
        }
        answer
    }

    /// The body, and the place of the first footer after it.
    fn body(&mut self) -> (&'a str, Option<usize>) {
        let mut rest = self.text;
        while let Some(end) = rest.bytes().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let end = self.text.len() - rest.len() + end;
            rest = self.from(end).trim_start_matches(['\n', '\r', ' ']);
            let place = self.text.len() - rest.len();
            if !rest.is_empty() && self.begins(place) {
                return (self.text.get(..end).unwrap_or_default(), Some(place));
            }
        }
        (self.text, None)
    }

    /// The footer that begins here, and the place of the next.
    fn footer(&mut self, at: usize) -> Option<(Footer<'a>, Option<usize>)> {
        let (token, content) = head(self.from(at))?;
        let mut rest = content;
        while let Some(end) = rest.bytes().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let end = self.text.len() - rest.len() + end;
            rest = eol(self.from(end))?;
            let place = self.text.len() - rest.len();
            if self.begins(place) {
                let content = self.text.get(self.text.len() - content.len()..end).unwrap_or_default();
                return Some((Footer { token, content: content.trim() }, Some(place)));
            }
        }
        Some((Footer { token, content: content.trim() }, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(message: &str) -> String {
        match read(message) {
            Err(error) => error.to_string(),
            Ok(commit) => {
                let footers: Vec<String> =
                    commit.footers.iter().map(|footer| format!("{}={}", footer.token, footer.content)).collect();
                format!(
                    "{}|{}|{}|{}|{}|{}",
                    commit.kind,
                    commit.scope.unwrap_or("-"),
                    if commit.breaking { "!" } else { "" },
                    commit.summary,
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
        check("  Feat(api)!: x ", "feat|api|!|x |-|");
        check("feat:  x", "feat|-|| x|-|");
    }

    #[test]
    fn faults_name_what_failed_furthest_on() {
        check("feat", "Missing commit type separator `:`");
        check("feat!(api): x", "Missing commit type separator `:`");
        check("feat(api:x", "Missing commit type separator `:`");
        check("feat(", "Malformed commit scope");
        check("feat(): x", "A scope value must not contains inner parenthesis");
        check("feat(a(b)): x", "A scope value must not contains inner parenthesis");
        check("feat(a b): x", "A scope value must not contain whitespace or new line");
        check("feat:x", "Missing whitespace terminal after commit type separator `:`");
        check("feat: ", "Parse error");
        check("\nfeat: x", "Parse error");
        check("feat: x\n", "Parse error");
        check("feat: x\n \n", "Parse error");
    }

    #[test]
    fn bodies_and_footers() {
        check("fix: x\n\nbody\n", "fix|-||x|body|");
        check("fix: x\nbody\nRefs #1", "fix|-||x|body|Refs=1");
        check(
            "fix: x\n\nbody\n\n  BREAKING CHANGE: y\r\nRefs: 2\n more",
            "fix|-|!|x|body|BREAKING CHANGE=y;Refs=2\n more",
        );
        check("fix: x\nRefs:\ny", "fix|-||x|-|Refs=y");
        check("fix: x\n\nBREAKING-CHANGES: y", "fix|-||x|BREAKING-CHANGES: y|");
        check("fix: x\n\nRefs: 1\n  By: 2", "fix|-||x|-|Refs=1\n  By: 2");
    }

    #[test]
    fn a_footer_without_content_is_none_where_another_follows() {
        check("fix: x\n\na: \nb: 1", "fix|-||x|a:|b=1");
        check("fix: x\n\na: \nb: \nc: 1", "fix|-||x|-|a=b:;c=1");
    }

    #[test]
    fn a_megabyte_is_read_in_one_pass() {
        for piece in ["a: \n", "word ", "\n\n", "a", "é", "\r\n", "a:\n", " a: \n", "a: \n\n", "BREAKING CHANGE: x\n"]
        {
            let _ = read(&format!("feat: x\n\n{}", piece.repeat(1 << 18)));
        }
    }
}
