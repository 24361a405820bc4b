//! What can be said of a message alone, once it is known what a tool heard in it.
//!
//! "By the specification" is Conventional Commits 1.0.0, to the letter where it has one:
//!
//! - the header is [`header::read`] (rules 1, 4, 5, 13) and may be there or not whatever follows;
//! - a breaking change is the header's `!`, or a footer `BREAKING CHANGE: ` or `BREAKING-CHANGE: ` with something behind
//!   it (rules 12 and 16: in capitals, colon and space; rule 8's ` #` is not for these two). The space may be a line
//!   break, for a value may hold some (rule 10), and whoever writes that means it. A footer counts below a subject that
//!   is no header too;
//! - footers begin at the first line `token: value` or `token #value` that directly follows a blank line (rule 8, the
//!   token one word of letters, digits and `-`, rule 9), and everything below is footers (rule 10: a value may hold line
//!   breaks and blank lines, and ends where the next token begins). So a line of prose that a wrap has put at the
//!   beginning of a line is body, and so is what follows a code fence's opening line;
//! - a line is ended by LF or CR LF; a line of white space is blank, as Git's own clean-up makes it.

use crate::bump::Bump;
use crate::history::{Commit, History};
use crate::letters::lower;
use crate::message::{Span, subject};
use crate::reading::header::{self, Header};
#[cfg(feature = "more")]
use crate::reading::release_please;
#[cfg(feature = "more")]
use crate::reading::{changelogen, cocogitto, python_semantic_release, spec};
use crate::text::Text;
use crate::tool::{Facts, Last, Plan, Tool};
use semver::Version;

/// What a tool heard in a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// How far the message moves 1.2.3; `None` for a reader that decides nothing of its own.
    pub bump: Option<Bump>,
    /// Whether a commit with the message's header is among what was read.
    pub header: bool,
    /// How many commits were read.
    pub commits: usize,
}

/// The findings about the message alone, in the order of their ids' list: id and place in the message.
#[must_use]
pub fn findings(message: &str, heard: &Heard, stumble: Option<usize>) -> Vec<(&'static str, Span)> {
    let mut found = Vec::new();
    let header = header::read(message);
    let line = Span::new(0, subject(message).len());
    if header.is_some() && !heard.header {
        found.push(("commit-dropped", stumble.map_or(line, |at| character(message, at))));
    }
    let meant = breaking(message, header);
    let major = heard.bump == Some(Bump::Major);
    if let Some(mark) = meant.filter(|_| !major) {
        found.push(("breaking-unread", mark));
    }
    if major && meant.is_none() {
        found.push(("breaking-by-accident", accident(message).unwrap_or(line)));
    }
    if heard.commits > 1 {
        found.push(("extra-commits", commit_lines(message).next().unwrap_or(line)));
    }
    if let Some(header) = header.filter(|_| heard.bump == Some(Bump::None)) {
        found.push(("releases-nothing", header.kind));
    }
    found
}

/// What a finding of [`findings`] says to a person; `heard` is [`Heard::header`].
#[must_use]
pub fn text(id: &str, tool: &str, message: &str, span: Span, heard: bool) -> Text {
    match id {
        "commit-dropped" if span.start == 0 => Text::new("check_commit_unread", [tool]),
        "commit-dropped" => {
            let (line, column) = position(message, span.start);
            Text::new("check_commit_dropped", [tool, &line.to_string(), &column.to_string()])
        }
        "breaking-unread" if span.of(message) == "!" => Text::new("check_breaking_unread_mark", [tool]),
        "breaking-unread" => Text::new("check_breaking_unread_footer", [tool]),
        "breaking-by-accident" => Text::new("check_breaking_by_accident", [tool]),
        "extra-commits" => Text::new("check_extra_commits", [tool]),
        "releases-nothing" if !heard => Text::new("check_releases_nothing_unread", [tool]),
        _ => Text::new("check_releases_nothing", [span.of(message), tool]),
    }
}

/// Line and column of a byte, both from 1; columns in characters.
#[must_use]
pub fn position(message: &str, at: usize) -> (usize, usize) {
    let before = message.get(..at).unwrap_or(message);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before.get(start..).unwrap_or_default().chars().count() + 1)
}

/// How far a tool moves 1.2.3 for one commit with this message. `paths` are those it changes.
#[must_use]
pub fn bump(tool: &dyn Tool, facts: &Facts<'_>, paths: Option<&Vec<String>>, message: &str) -> Bump {
    let commit = Commit { message: message.to_owned(), files: paths.cloned(), ..Commit::default() };
    let history = History { commits: vec![commit], tags: Vec::new(), since: None, complete: true };
    let last =
        Last { component: String::new(), path: ".".into(), version: Some(Version::new(1, 2, 3)), tag: "v1.2.3".into() };
    let on = |branch| tool.plan(&Facts { history: &history, last: Some(&last), branch, ..*facts });
    // A branch that is not released from is merged into one that is: the message is read there.
    let silent = |plan: &Plan| plan.readings.is_empty() && plan.releases.is_empty();
    let branches = [facts.branch, "main", "master"];
    let plan = branches.into_iter().map(on).find(|plan| !silent(plan)).unwrap_or_default();
    let read = plan.readings.iter().map(|reading| reading.bump).max();
    read.unwrap_or_default().max(plan.releases.iter().map(|release| release.bump).max().unwrap_or_default())
}

/// What a tool hears in a message, by the repository's configuration.
#[must_use]
pub fn hear(tool: &dyn Tool, facts: &Facts<'_>, paths: Option<&Vec<String>>, message: &str) -> Heard {
    let bump_of = |message: &str| bump(tool, facts, paths, message);
    let bump = bump_of(message);
    let (header, commits) = read_by(tool.id(), message).unwrap_or_else(|| {
        // A header was not read where its type alone would move the version further than the message does.
        let alone = header::read(message).is_none_or(|header| {
            let plain = format!("{}: {}", header.kind.of(message), header.description.of(message));
            bump_of(&plain) <= bump
        });
        (alone, 1)
    });
    Heard { bump: Some(bump), header, commits }
}

/// The mark or footer that makes the message breaking by the specification.
#[must_use]
pub fn breaking(message: &str, header: Option<Header>) -> Option<Span> {
    header.and_then(|header| header.breaking).or_else(|| breaking_footer(message))
}

/// The token of the specification's footer.
#[must_use]
pub fn breaking_footer(message: &str) -> Option<Span> {
    footers(message).find(|footer| is_breaking(footer.token.of(message)) && footer.colon).map(|footer| footer.token)
}

/// What people write into a footer that they were asked to fill in, to say that there is nothing to say.
const NOTHING: &[&str] = &["none", "no", "n/a", "na", "nothing", "nope", "-", "null", "false", "no breaking changes"];

/// Whether a footer's value is that there is nothing to say.
#[must_use]
pub fn says_nothing(value: &str) -> bool {
    let value = crate::letters::lower(value.trim_matches([' ', '.', '_', '*', '`', '\r']));
    NOTHING.contains(&value.as_str())
}

/// The token of the breaking footer that says that nothing breaks, where nothing else in the message means a breaking
/// change by the specification.
#[must_use]
pub fn denied(message: &str) -> Option<Span> {
    let footer = footers(message).find(|footer| is_breaking(footer.token.of(message)) && footer.colon)?;
    let meant = breaking(message, header::read(message));
    (says_nothing(footer.value.of(message)) && meant.is_none_or(|meant| meant == footer.token)).then_some(footer.token)
}

/// Whether a token is one of the two.
#[must_use]
pub fn is_breaking(token: &str) -> bool {
    token == "BREAKING CHANGE" || token == "BREAKING-CHANGE"
}

/// The lines of a text with their places, without their line breaks.
pub fn lines(text: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let span = Span::new(start, start + line.trim_end_matches(['\r', '\n']).len());
        start += line.len();
        span
    })
}

/// A footer of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footer {
    /// Its token.
    pub token: Span,
    /// Whether a colon follows it; else a number sign does.
    pub colon: bool,
    /// The first line of its value; empty where that begins on a later line.
    pub value: Span,
}

/// The footers of the specification.
pub fn footers(message: &str) -> impl Iterator<Item = Footer> {
    let (mut section, mut blank) = (false, false);
    lines(message).skip(1).filter_map(move |line| {
        let text = line.of(message);
        let found = (section || blank).then(|| footer(text)).flatten();
        blank = text.trim().is_empty();
        let (token, colon, value) = found?;
        let later = || message.get(line.end..).is_some_and(|rest| !rest.trim_start().is_empty());
        if value == text.len() && !(is_breaking(text.get(..token)?) && later()) {
            return None;
        }
        section = true;
        let at = |offset| line.start + offset;
        Some(Footer { token: Span::new(line.start, at(token)), colon, value: Span::new(at(value), line.end) })
    })
}

/// Where the token of a footer's line ends, whether a colon follows, and where its value begins.
fn footer(line: &str) -> Option<(usize, bool, usize)> {
    let token = if line.starts_with("BREAKING CHANGE") {
        "BREAKING CHANGE".len()
    } else {
        line.find(|c: char| !c.is_alphanumeric() && c != '-').filter(|end| *end > 0)?
    };
    let rest = line.get(token..)?;
    let colon = rest.starts_with(':');
    let value = rest.strip_prefix(if colon { ":" } else { " #" })?;
    let text = value.trim_start();
    // The space after the colon; a line break is one.
    let apart = !colon || text.is_empty() || value.starts_with(' ');
    apart.then(|| (token, colon, line.len() - text.len()))
}

/// What below the subject a tool may have taken for a breaking change: the words, or a marked header in a line.
#[must_use]
pub fn accident(message: &str) -> Option<Span> {
    let marked = |line: &Span| header::read(line.of(message)).is_some_and(|header| header.breaking.is_some());
    words_of_break(message).or_else(|| commit_lines(message).find(marked))
}

/// The words "breaking change", in any case, with a space or a hyphen between, below the subject.
#[must_use]
pub fn words_of_break(message: &str) -> Option<Span> {
    let start = message.find('\n')?;
    let bytes = message.as_bytes();
    let found = bytes.get(start..)?.windows(15).position(|window| {
        let (one, two) = (window.get(..8).unwrap_or_default(), window.get(9..).unwrap_or_default());
        one.eq_ignore_ascii_case(b"breaking")
            && two.eq_ignore_ascii_case(b"change")
            && matches!(window.get(8), Some(b' ' | b'-'))
    })?;
    Some(Span::new(start + found, start + found + 15))
}

/// The lines below the subject that are conventional headers: bare or as the bullet of a list.
pub fn commit_lines(message: &str) -> impl Iterator<Item = Span> {
    lines(message).skip(1).filter_map(|line| {
        let text = line.of(message);
        let bare = text.trim_start_matches([' ', '\t']);
        let bare = bare.strip_prefix(['*', '-', '+']).map_or(bare, |rest| rest.trim_start_matches([' ', '\t']));
        let header = header::read(bare).filter(|header| is_type(header.kind.of(bare)))?;
        let start = line.end - bare.len();
        Some(Span::new(start, start + header.description.end))
    })
}

/// Whether a word is the type of a commit and no footer's token: those of the Angular convention.
#[must_use]
pub fn is_type(word: &str) -> bool {
    super::not_conventional::TYPES.iter().any(|kind| word.eq_ignore_ascii_case(kind))
}

/// The character at a place, at the message's end the last one.
#[must_use]
pub fn character(message: &str, at: usize) -> Span {
    let at = message.floor_char_boundary(at);
    match message.get(at..).and_then(|rest| rest.chars().next()) {
        Some(letter) => Span::new(at, at + letter.len_utf8()),
        None => {
            message.char_indices().next_back().map_or_else(Span::default, |(last, _)| Span::new(last, message.len()))
        }
    }
}

/// Whether a reading's type and description are those of the message's header, which is read once for all of them; tools
/// cut pull request numbers and white space off.
#[must_use]
pub fn is_header(header: Option<Header>, message: &str, kind: &str, description: &str) -> bool {
    header.is_some_and(|header| {
        lower(header.kind.of(message)) == lower(kind) && header.description.of(message).starts_with(description.trim())
    })
}

/// The byte at which a tool's parser gave the message up, of the tools whose parser says so.
#[must_use]
#[cfg_attr(not(feature = "more"), allow(unused_variables))] // The tools that say so are in the second module.
pub fn stumble(tool: &str, message: &str) -> Option<usize> {
    match tool {
        #[cfg(feature = "more")]
        "release-please" => release_please::read(message).dropped.first()?.at,
        #[cfg(feature = "more")]
        "git-conventional" | "knope" | "git-cliff" | "release-plz" => Some(spec::read(message).err()?.at),
        #[cfg(feature = "more")]
        "cocogitto" => Some(cocogitto::read(message).err()?.at),
        _ => None,
    }
}

/// Whether the tool's parser reads the header, and how many commits; `None` for the tools that do not say, of which only
/// the bump is known.
#[must_use]
#[cfg_attr(not(feature = "more"), allow(unused_variables))] // The tools that say so are in the second module.
pub fn read_by(tool: &str, message: &str) -> Option<(bool, usize)> {
    let header = header::read(message);
    match tool {
        #[cfg(feature = "more")]
        "release-please" => {
            let reading = release_please::read(message);
            let own = |commit: &release_please::Commit<'_>| is_header(header, message, &commit.kind, &commit.subject);
            Some((reading.commits.iter().any(own), reading.commits.len()))
        }
        #[cfg(feature = "more")]
        "python-semantic-release" => {
            let options = python_semantic_release::Options::new(python_semantic_release::Parser::Conventional);
            let parts = python_semantic_release::read_commit(message, &options);
            let own = |(_, reading): &(String, Option<python_semantic_release::Reading>)| {
                reading.as_ref().is_some_and(|reading| {
                    is_header(header, message, &reading.kind, reading.descriptions.first().map_or("", String::as_str))
                })
            };
            Some((parts.iter().any(own), parts.iter().filter(|(_, reading)| reading.is_some()).count()))
        }
        #[cfg(feature = "more")]
        "changelogen" => {
            Some((changelogen::read(message).is_some_and(|reading| is_header(header, message, reading.kind, "")), 1))
        }
        #[cfg(feature = "more")]
        "cocogitto" => Some((cocogitto::read(message).is_ok(), 1)),
        #[cfg(feature = "more")]
        "knope" | "git-cliff" | "release-plz" => Some((spec::read(message.trim_end()).is_ok(), 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn footer_of(message: &str, expected: Option<&str>) {
        let found = breaking_footer(message).map(|span| message.get(span.start..).unwrap().lines().next().unwrap());
        assert_eq!(found, expected, "{message}");
    }

    #[test]
    fn footers_of_the_specification() {
        footer_of("fix: x\n\nBREAKING CHANGE: y", Some("BREAKING CHANGE: y"));
        footer_of("fix: x\r\n\r\nBREAKING-CHANGE: y", Some("BREAKING-CHANGE: y"));
        footer_of("fix: x\n\nbody\n\nRefs: #1\nBREAKING CHANGE: y", Some("BREAKING CHANGE: y"));
        footer_of("fix: x\n\nRefs #1\nsome more\nBREAKING CHANGE: y", Some("BREAKING CHANGE: y"));
        footer_of("Update\n\nBREAKING CHANGE: y\n\nmore prose", Some("BREAKING CHANGE: y"));
        footer_of("fix: x\n\nBREAKING CHANGE:\n\ny", Some("BREAKING CHANGE:"));
        footer_of("fix: x\n \nBREAKING CHANGE: y", Some("BREAKING CHANGE: y"));
    }

    #[test]
    fn what_is_no_footer_of_the_specification() {
        for (why, message) in [
            ("no blank line before", "fix: x\nBREAKING CHANGE: y"),
            ("wrapped prose", "fix: x\n\nthis is no\nBREAKING CHANGE: y"),
            ("code fence", "fix: x\n\n```\nBREAKING CHANGE: y\n```"),
            ("small letters", "fix: x\n\nbreaking change: y"),
            ("list", "fix: x\n\n* BREAKING CHANGE: y"),
            ("quotation", "fix: x\n\n> BREAKING CHANGE: y"),
            ("no colon", "fix: x\n\nBREAKING CHANGE y"),
            ("number sign", "fix: x\n\nBREAKING CHANGE #12"),
            ("no value", "fix: x\n\nBREAKING CHANGE: "),
            ("no value, ever", "fix: x\n\nBREAKING CHANGE:\n\n"),
            ("no space", "fix: x\n\nBREAKING CHANGE:y"),
            ("subject", "BREAKING CHANGE: y"),
        ] {
            assert_eq!(breaking_footer(message), None, "{why}");
        }
    }

    #[test]
    fn a_footer_that_says_that_nothing_breaks() {
        for message in ["fix: x\n\nBREAKING CHANGE: None.", "fix: x\n\nBREAKING-CHANGE: N/A"] {
            assert!(denied(message).is_some(), "{message}");
        }
        for (why, message) in [
            ("it says something", "fix: x\n\nBREAKING CHANGE: no more y"),
            ("a longer word", "fix: x\n\nBREAKING CHANGE: nonempty"),
            ("the header breaks", "fix!: x\n\nBREAKING CHANGE: none"),
        ] {
            assert_eq!(denied(message), None, "{why}");
        }
    }

    #[test]
    fn each_finding_is_of_its_definition() {
        let check = |message: &str, bump, header, commits, expected: &[(&str, &str)]| {
            let found = findings(message, &Heard { bump: Some(bump), header, commits }, None);
            let found: Vec<(&str, &str)> = found.into_iter().map(|(id, span)| (id, span.of(message))).collect();
            assert_eq!(found, expected, "{message}");
        };
        check("feat: x", Bump::Minor, true, 1, &[]);
        check("Update x", Bump::None, false, 0, &[]);
        check("feat!: x", Bump::Major, true, 1, &[]);
        check(
            "feat!: x",
            Bump::None,
            false,
            0,
            &[("commit-dropped", "feat!: x"), ("breaking-unread", "!"), ("releases-nothing", "feat")],
        );
        check("fix: x\n\nno breaking change: y", Bump::Major, true, 1, &[("breaking-by-accident", "breaking change")]);
        check("fix: x\n\n* feat: y", Bump::Minor, true, 2, &[("extra-commits", "feat: y")]);
        check("Merge\n\nBREAKING CHANGE: y", Bump::None, false, 0, &[("breaking-unread", "BREAKING CHANGE")]);
    }

    #[test]
    fn a_place_is_a_whole_character() {
        assert_eq!(character("aé", 2), Span::new(1, 3));
        assert_eq!(character("aé", 9), Span::new(1, 3));
        assert_eq!(character("", 0), Span::default());
    }

    #[test]
    fn a_megabyte_is_looked_through_in_one_pass() {
        for piece in ["BREAKING CHANGE:\n", "a: b\n", "\n\n", "* feat: x\n", "é", "breaking ", "<!--"] {
            let message = format!("feat: x\n\n{}{}", piece.repeat((1 << 20) / piece.len()), " ".repeat(1 << 16));
            let heard = Heard { bump: Some(Bump::Major), header: false, commits: 2 };
            let _ = (findings(&message, &heard, Some(message.len())), footers(&message).count());
        }
    }
}
