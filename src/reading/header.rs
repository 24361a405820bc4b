//! The header of the specification, with the place of every part.
//!
//! ```text
//! header  = type [ "(" scope ")" ] [ "!" ] ": " description
//! type    = one or more characters, none of them white space, "(", ")", ":" or "!"
//! scope   = one or more characters, none of them "(", ")" or a line break
//! ```
//!
//! Conventional Commits 1.0.0, rules 1, 4, 5 and 13. The release tools each read their own dialect of it (the other files
//! here); this one is for telling a person where a title departs from the text of the specification.

use crate::message::{Span, subject};

/// The parts of a conventional header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The type, as written.
    pub kind: Span,
    /// The scope, without its parentheses.
    pub scope: Option<Span>,
    /// The `!` before the colon.
    pub breaking: Option<Span>,
    /// What follows the colon and its space.
    pub description: Span,
}

/// The header of a message; `None` where its first line is not one.
#[must_use]
pub fn read(message: &str) -> Option<Header> {
    let line = subject(message);
    // A byte order mark is no part of a noun, though it is no white space either.
    let stops = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ':' | '!' | '\u{feff}');
    let mut at = line.find(stops)?;
    if at == 0 {
        return None;
    }
    let kind = Span::new(0, at);
    let mut scope = None;
    if line.get(at..)?.starts_with('(') {
        let inside = line.get(at + 1..)?;
        let length = inside.find(['(', ')'])?;
        if length == 0 || !inside.get(length..)?.starts_with(')') {
            return None;
        }
        scope = Some(Span::new(at + 1, at + 1 + length));
        at += length + 2;
    }
    let mut breaking = None;
    if line.get(at..)?.starts_with('!') {
        breaking = Some(Span::new(at, at + 1));
        at += 1;
    }
    let rest = line.get(at..)?.strip_prefix(": ")?;
    if rest.trim().is_empty() {
        return None;
    }
    let start = line.len() - rest.trim_start().len();
    Some(Header { kind, scope, breaking, description: Span::new(start, line.len()) })
}

/// The `BREAKING CHANGE: ` or `BREAKING-CHANGE: ` footer of the specification (rules 12 and 16): the place of its token;
/// it stands at the beginning of a line, after the subject.
#[must_use]
pub fn breaking_footer(message: &str) -> Option<Span> {
    let mut start = message.find('\n')? + 1;
    while let Some(rest) = message.get(start..) {
        for token in ["BREAKING CHANGE", "BREAKING-CHANGE"] {
            if rest.strip_prefix(token).is_some_and(|after| after.starts_with(": ")) {
                return Some(Span::new(start, start + token.len()));
            }
        }
        start += rest.find('\n')? + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: Option<(&str, Option<&str>, bool, &str)>) {
        let parts = read(message).map(|header| {
            let scope = header.scope.map(|span| span.of(message));
            (header.kind.of(message), scope, header.breaking.is_some(), header.description.of(message))
        });
        assert_eq!(parts, expected, "{message}");
    }

    #[test]
    fn headers_of_the_specification() {
        check("feat: add login", Some(("feat", None, false, "add login")));
        check("feat(api): add login\n\nbody", Some(("feat", Some("api"), false, "add login")));
        check("feat(api)!: x", Some(("feat", Some("api"), true, "x")));
        check("Feat!: x\r\n", Some(("Feat", None, true, "x")));
        check("✨: x", Some(("✨", None, false, "x")));
    }

    #[test]
    fn what_is_no_header() {
        for message in [
            "",
            "add login",
            "feat:x",
            "feat : x",
            "feat(): x",
            "feat(a(b)): x",
            "feat! : x",
            "feat!(a): x",
            ": x",
            "feat: ",
            "feat",
        ] {
            check(message, None);
        }
    }

    #[test]
    fn breaking_footers() {
        let place = |message: &str| breaking_footer(message).map(|span| span.of(message).to_owned());
        assert_eq!(place("fix: x\n\nBREAKING CHANGE: y").as_deref(), Some("BREAKING CHANGE"));
        assert_eq!(place("fix: x\n\nbody\nBREAKING-CHANGE: y").as_deref(), Some("BREAKING-CHANGE"));
        assert_eq!(place("BREAKING CHANGE: y"), None);
        assert_eq!(place("fix: x\n\nno BREAKING CHANGE: y"), None);
        assert_eq!(place("fix: x\n\nbreaking change: y"), None);
    }
}
