//! The changelog entry as release-please prints it: `src/changelog-notes/default.ts` of 17.11.2 over
//! conventional-changelog-conventionalcommits 6.1.0 (`writer-opts.js` and its templates) and
//! conventional-changelog-writer 6.0.1.

use crate::collation;
use crate::letters::lower;
use crate::reading::release_please::{Commit, Note, NoteKind, trim};
use crate::tool::conventional_changelog::v8_sort;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

/// One line of `changelog-sections`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The type of commit.
    pub kind: String,
    /// Only commits of this scope; `None` for all.
    pub scope: Option<String>,
    /// The heading.
    pub title: String,
    /// Whether its commits are left out unless they break something.
    pub hidden: bool,
}

/// What the tool's versions did differently, by the day of the release: a version writes its own last entry as the one
/// before it did, so each holds up to the day it came out. The days are those of the tool's own CHANGELOG.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a change of the tool's own")]
pub struct Form {
    /// Before 13.17.1 a patch is headed `###`.
    pub small_patches: bool,
    /// Before 17.10.4 issues are closed; since then they are only referred to.
    pub closes: bool,
    /// Before 14.8.0 `<` and `>` stand as they are.
    pub unescaped: bool,
    /// Before 16.12.1 only the first `<` and the first `>` are escaped, in code as well.
    pub escaped_once: bool,
    /// Before 14.17.2 the issues in notes are no links.
    pub unlinked_notes: bool,
    /// Before 13.0.0 conventional-changelog-writer 4 sorts the commits.
    pub writer_four: bool,
    /// Before 13.0.0 addresses at GitHub begin with `www`.
    pub www: bool,
    /// Before 14.3.1 there is no `sentence-case` that works.
    pub before_sentences: bool,
    /// Before 16.14.0 a message is not searched for commits behind blank lines.
    pub unsplit: bool,
    /// Before 15.0.0 `sentence-case` works on messages, not on what was read in them.
    pub raw_sentences: bool,
}

impl Form {
    /// The form at a day, `YYYY-MM-DD`; today's where it is empty.
    #[must_use]
    pub fn at(date: &str) -> Self {
        let before = |day: &str| !date.is_empty() && date <= day;
        Self {
            small_patches: before("2022-05-27"),
            closes: before("2026-07-20"),
            unescaped: before("2022-09-28"),
            escaped_once: before("2024-09-11"),
            unlinked_notes: before("2022-11-22"),
            writer_four: before("2021-12-19"),
            www: before("2021-12-19"),
            before_sentences: before("2022-09-06"),
            unsplit: before("2024-09-17"),
            raw_sentences: before("2022-12-12"),
        }
    }
}

/// What stands around the commits in an entry.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// How it is printed.
    pub form: Form,
    /// `https://github.com`.
    pub host: &'a str,
    /// The repository's owner.
    pub owner: &'a str,
    /// Its name.
    pub repository: &'a str,
    /// The version to come.
    pub version: &'a str,
    /// The tag before; `None` for a first release.
    pub previous_tag: Option<&'a str>,
    /// The tag to come.
    pub current_tag: &'a str,
    /// `YYYY-MM-DD`.
    pub date: &'a str,
    /// The sections, in their order.
    pub sections: &'a [Section],
}

/// A commit that may stand in an entry.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// What was read.
    pub commit: &'a Commit<'a>,
    /// Its hash; empty while it does not exist.
    pub sha: &'a str,
    /// Its author as the entry names one (`include-commit-authors`); empty for none.
    pub author: &'a str,
}

/// The sections of the preset, which stand where a configuration gives none and the release type has none of its own.
#[must_use]
pub fn preset_sections() -> Vec<Section> {
    sections(&[
        ("feat", "Features", false),
        ("feature", "Features", false),
        ("fix", "Bug Fixes", false),
        ("perf", "Performance Improvements", false),
        ("revert", "Reverts", false),
        ("docs", "Documentation", true),
        ("style", "Styles", true),
        ("chore", "Miscellaneous Chores", true),
        ("refactor", "Code Refactoring", true),
        ("test", "Tests", true),
        ("build", "Build System", true),
        ("ci", "Continuous Integration", true),
    ])
}

/// Sections from type, heading and whether they are hidden.
#[must_use]
pub fn sections(lines: &[(&str, &str, bool)]) -> Vec<Section> {
    let section = |&(kind, title, hidden): &(&str, &str, bool)| Section {
        kind: kind.to_owned(),
        scope: None,
        title: title.to_owned(),
        hidden,
    };
    lines.iter().map(section).collect()
}

/// The section a commit belongs to.
fn section_of<'a>(sections: &'a [Section], commit: &Commit<'_>) -> Option<&'a Section> {
    let written = &*commit.kind;
    let plain = written.bytes().all(|letter| letter.is_ascii() && !letter.is_ascii_uppercase());
    let lower = if plain { Cow::Borrowed(written) } else { Cow::Owned(lower(written)) };
    let named = |section: &Section| section.kind == lower;
    let scoped = |section: &Section| section.scope.as_deref().is_none_or(|scope| commit.scope() == Some(scope));
    sections.iter().find(|section| named(section) && scoped(section))
}

/// Whether a commit is shown in the entry: its section is, or it breaks something, or it asks for a version.
#[must_use]
pub fn is_shown(sections: &[Section], commit: &Commit<'_>) -> bool {
    shown_in(section_of(sections, commit), commit)
}

/// The same, where the section is known.
fn shown_in(section: Option<&Section>, commit: &Commit<'_>) -> bool {
    commit.breaking()
        || section.is_some_and(|section| !section.hidden)
        || bang_note(commit).is_some()
        || asks_for_version(commit)
}

/// `add-bang-notes.js`: a header that matches `^(\w*)(?:\((.*)\))?!: (.*)$` and whose commit has no note of its own is
/// one. The parenthesis reaches as far as it can: `fix(a): call f(b)!: loudly` is listed under the breaking changes,
/// though it does not count as one.
fn bang_note(commit: &Commit<'_>) -> Option<String> {
    let word = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
    if commit.breaking() || !(commit.marked() || commit.subject.contains(")!: ")) || !commit.kind.bytes().all(word) {
        return None;
    }
    let header = commit.header();
    if header.contains(['\u{2028}', '\u{2029}']) {
        return None;
    }
    let rest = header.get(commit.kind.len()..)?;
    if rest.starts_with('(') {
        return rest.rsplit_once(")!: ").map(|(_, note)| note.to_owned());
    }
    rest.strip_prefix("!: ").map(str::to_owned)
}

/// `releaseAsRe` of `writer-opts.js`.
fn asks_for_version(commit: &Commit<'_>) -> bool {
    let asks = |text: &str| {
        let text = text.trim_start();
        let word =
            text.bytes().position(|letter| !(letter.is_ascii_alphanumeric() || letter == b'_')).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(word).unwrap_or((text, ""));
        let numbers = match rest.strip_prefix('@') {
            Some(rest) => rest
                .trim_start_matches(|letter: char| letter.is_ascii_digit())
                .strip_prefix('.')
                .filter(|_| rest.starts_with(|letter: char| letter.is_ascii_digit())),
            None => rest.strip_prefix('.').filter(|_| name.ends_with(|letter: char| letter.is_ascii_digit())),
        };
        let Some(minor) = numbers else { return false };
        let rest = minor.trim_start_matches(|letter: char| letter.is_ascii_digit());
        rest.len() < minor.len()
            && rest
                .strip_prefix('.')
                .is_some_and(|patch| patch.starts_with(|letter: char| letter.is_ascii_alphanumeric()))
    };
    commit.notes().iter().any(|note| note.kind == NoteKind::ReleaseAs && asks(&note.text))
}

/// The entry of these commits, newest first.
#[must_use]
pub fn entry(lines: &[Line<'_>], around: &Surroundings<'_>) -> String {
    let root = format!("{}/{}/{}", around.host, around.owner, around.repository);
    let mut text = String::new();
    match around.previous_tag {
        Some(previous) => {
            let current = around.current_tag;
            let patch = around.form.small_patches && !around.version.ends_with(".0");
            let level = if patch { "###" } else { "##" };
            let _ = write!(text, "{level} [{}]({root}/compare/{previous}...{current})", around.version);
        }
        None => {
            let _ = write!(text, "## {}", around.version);
        }
    }
    if !around.date.is_empty() {
        let _ = writeln!(text, " ({})", around.date);
    }
    text.push('\n');
    let mut notes = String::new();
    let mut groups: Vec<(&str, Vec<Written>)> = Vec::new();
    for line in lines {
        let section = section_of(around.sections, line.commit);
        if !shown_in(section, line.commit) {
            continue;
        }
        let scope = line.commit.scope().filter(|scope| *scope != "*").unwrap_or_default();
        for note in notes_at(line.commit, &root, around.form) {
            notes.push_str("* ");
            if !scope.is_empty() {
                let _ = write!(notes, "**{scope}:** ");
            }
            notes.push_str(&note);
            notes.push('\n');
        }
        let title = match section {
            Some(section) => section.title.as_str(),
            None => &line.commit.kind,
        };
        let written = written(line, scope, around.host, &root, around.form);
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, group)) => group.push(written),
            None => groups.push((title, vec![written])),
        }
    }
    if !notes.is_empty() {
        text.push_str("\n### ⚠ BREAKING CHANGES\n\n");
        text.push_str(&notes);
    }
    groups.sort_by_key(|(title, _)| place(around.sections, title));
    for (title, mut group) in groups {
        if around.form.writer_four {
            v8_sort::sort(&mut group, v8_sort::since_eleven, |left, right| {
                v8_sort::compare(&left.scope, &right.scope)
                    .then_with(|| v8_sort::compare(&left.subject, &right.subject))
            });
        } else {
            group.sort_by(|left, right| collation::compare(&left.key, &right.key));
        }
        text.push('\n');
        if !title.is_empty() {
            let _ = write!(text, "### {title}\n\n");
        }
        for line in group {
            text.push_str(&line.text);
            text.push('\n');
        }
        text.push('\n');
    }
    trim(&text).to_owned()
}

/// What `ruby-yoshi.ts` makes of an entry: no links in the heading, no scopes, no links to commits at the ends of
/// lines (and no blank lines behind these), smaller headings, single blank lines.
#[must_use]
pub fn ruby_yoshi(entry: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut cut = false;
    for line in entry.split('\n') {
        if cut && line.trim().is_empty() {
            continue;
        }
        let line = without_scope(line).unwrap_or_else(|| line.to_owned());
        let kept = without_commits(&line);
        cut = kept.len() < line.len();
        let line = match (kept, version_of(kept)) {
            ("### Features" | "### Bug Fixes" | "### Documentation", _) => format!("#{kept}"),
            (_, Some((version, rest))) => format!("### {version}{rest}"),
            _ => kept.to_owned(),
        };
        let blank = |line: &String| line.is_empty();
        if !(line.is_empty() && lines.last().is_some_and(blank)) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// `## [1.2.3](…) rest` → version and rest.
fn version_of(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("##")?;
    let rest = rest.strip_prefix('#').unwrap_or(rest).strip_prefix(" [")?;
    let (version, rest) = rest.split_once("](")?;
    let numbers = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    rest.split_once(')').filter(|_| numbers).map(|(_, rest)| (version, rest))
}

/// `* **scope:** text` → `* text`.
fn without_scope(line: &str) -> Option<String> {
    let (scope, text) = line.strip_prefix("* **")?.split_once(":** ")?;
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (!scope.is_empty() && scope.bytes().all(word)).then(|| format!("* {text}"))
}

/// The line without the links `([word](https://github.com/…))` at its end, next to each other; the white space before
/// them stays.
fn without_commits(line: &str) -> &str {
    let mut kept = line;
    let mut trimmed = line.trim_end();
    while let Some((before, link)) = trimmed.strip_suffix("))").and_then(|rest| rest.rsplit_once("([")) {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let fits = |(name, url): (&str, &str)| {
            !name.is_empty() && name.bytes().all(word) && url.starts_with("https://github.com/") && !url.contains(')')
        };
        if !link.split_once("](").is_some_and(fits) {
            break;
        }
        kept = before;
        trimmed = before;
    }
    kept
}

/// A heading's place: that of the first section that has it; headings of no section stand first.
fn place(sections: &[Section], title: &str) -> usize {
    let titled = sections.iter().filter(|section| !section.title.is_empty());
    titled.zip(1..).find(|(section, _)| section.title == title).map_or(0, |(_, place)| place)
}

/// The texts of a commit's breaking changes, as the entry prints them.
#[must_use]
pub fn note_texts(commit: &Commit<'_>, root: &str) -> Vec<String> {
    notes_at(commit, root, Form::default())
}

fn notes_at(commit: &Commit<'_>, root: &str, form: Form) -> Vec<String> {
    let breaking = commit.notes().iter().filter(|note| note.kind == NoteKind::Breaking);
    let text = |note: &Note| if form.unlinked_notes { note.text.clone() } else { link_first_issue(&note.text, root) };
    let mut texts: Vec<String> = breaking.map(text).collect();
    if let Some(note) = bang_note(commit) {
        texts.push(note);
    }
    texts
}

/// `replaceIssueLink`: the first `(#12)` becomes a link.
fn link_first_issue(text: &str, root: &str) -> String {
    for (at, mark) in text.match_indices("(#") {
        let rest = text.get(at + mark.len()..).unwrap_or_default();
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest.get(..end).unwrap_or_default();
        if let Some(after) = rest.get(end..).and_then(|rest| rest.strip_prefix(')')).filter(|_| end > 0) {
            let before = text.get(..at).unwrap_or_default();
            return format!("{before}([#{number}]({root}/issues/{number})){after}");
        }
    }
    text.to_owned()
}

/// A commit's line, and what it is sorted by.
struct Written {
    scope: String,
    subject: String,
    /// Scope and subject in one.
    key: String,
    text: String,
}

fn written(line: &Line<'_>, scope: &str, host: &str, root: &str, form: Form) -> Written {
    let subject = &line.commit.subject;
    let mut subject = match form {
        Form { unescaped: true, .. } => subject.to_string(),
        Form { escaped_once: true, .. } => subject.replacen('<', "&lt;", 1).replacen('>', "&gt;", 1),
        _ => escape(subject),
    };
    if !line.author.is_empty() {
        subject = format!("{subject} ({})", line.author);
    }
    let (subject, issues) = link_issues(&subject, root);
    let subject = link_users(&subject, host);
    let mut text = String::from("*");
    if !scope.is_empty() {
        let _ = write!(text, " **{scope}:**");
    }
    text.push(' ');
    if subject.is_empty() {
        text.push_str(&line.commit.header());
    } else {
        text.push_str(&subject);
    }
    if !line.sha.is_empty() {
        let short = line.sha.get(..7).unwrap_or(line.sha);
        let _ = write!(text, " ([{short}]({root}/commit/{}))", line.sha);
    }
    let mut word = if form.closes { ", closes" } else { ", refs" };
    let linked: HashSet<&str> = issues.iter().map(AsRef::as_ref).collect();
    for issue in line.commit.references().iter().filter(|issue| !linked.contains(issue.as_ref())) {
        let _ = write!(text, "{word} [#{issue}]({root}/issues/{issue})");
        word = "";
    }
    Written { scope: scope.to_owned(), key: format!("{scope}{subject}"), subject, text }
}

/// `htmlEscape`: `<` and `>` outside code.
fn escape(subject: &str) -> String {
    if !subject.contains(['<', '>']) {
        return subject.to_owned();
    }
    let mut escaped = String::with_capacity(subject.len() + 16);
    // Where the last pair of back-ticks that could close doubled ones stands.
    let pairs =
        subject.as_bytes().windows(3).rposition(|window| matches!(window, [before, b'`', b'`'] if *before != b'`'));
    let closing = pairs.map(|before| before + 1);
    let mut rest = subject;
    while let Some(next) = rest.find(['<', '>', '`']) {
        let (before, behind) = rest.split_at_checked(next).unwrap_or((rest, ""));
        escaped.push_str(before);
        let at = subject.len() - behind.len();
        let length = match behind.as_bytes().first() {
            Some(b'<') => {
                escaped.push_str("&lt;");
                rest = behind.get(1..).unwrap_or_default();
                continue;
            }
            Some(b'>') => {
                escaped.push_str("&gt;");
                rest = behind.get(1..).unwrap_or_default();
                continue;
            }
            _ => code_length(behind, at, closing),
        };
        let (code, after) = behind.split_at_checked(length).unwrap_or((behind, ""));
        escaped.push_str(code);
        rest = after;
    }
    escaped.push_str(rest);
    escaped
}

/// How many bytes of code begin with these back-ticks; one where nothing closes them.
fn code_length(text: &str, at: usize, closing: Option<usize>) -> usize {
    if let Some(inner) = text.strip_prefix("``")
        && let Some(first) = inner.chars().next()
        && first != '`'
        && let Some(closing) = closing
    {
        // One more character that is no back-tick stands before the closing pair.
        let least = at + 2 + first.len_utf8();
        if closing > least {
            return closing + 2 - at;
        }
    }
    text.get(1..).and_then(|inner| inner.find('`')).map_or(1, |end| end + 2)
}

/// Issue numbers become links; the numbers are given back.
fn link_issues(subject: &str, root: &str) -> (String, Vec<String>) {
    let mut issues = Vec::new();
    let mut linked = String::with_capacity(subject.len());
    let mut rest = subject;
    while let Some((before, behind)) = rest.split_once('#') {
        linked.push_str(before);
        let end = behind.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(behind.len());
        let (number, after) = behind.split_at_checked(end).unwrap_or((behind, ""));
        if number.is_empty() {
            linked.push('#');
        } else {
            let _ = write!(linked, "[#{number}]({root}/issues/{number})");
            issues.push(number.to_owned());
        }
        rest = after;
    }
    linked.push_str(rest);
    (linked, issues)
}

/// `@user` becomes a link, where no word stands before it and no slash follows in it.
fn link_users(subject: &str, host: &str) -> String {
    let mut linked = String::with_capacity(subject.len());
    let mut rest = subject;
    let mut word = false;
    while let Some((before, behind)) = rest.split_once('@') {
        linked.push_str(before);
        let last = before.bytes().last().map_or(word, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let user = if last { "" } else { user(behind) };
        if user.is_empty() || user.contains('/') {
            linked.push('@');
            linked.push_str(user);
        } else {
            let _ = write!(linked, "[@{user}]({host}/{user})");
        }
        word = user.bytes().last().is_some_and(|byte| byte != b'/');
        rest = behind.get(user.len()..).unwrap_or_default();
    }
    linked.push_str(rest);
    linked
}

/// `[a-z0-9](?:-?[a-z0-9/]){0,38}` at the beginning.
fn user(text: &str) -> &str {
    let bytes = text.as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let inner = |at: usize| letter(at) || bytes.get(at) == Some(&b'/');
    if !letter(0) {
        return "";
    }
    let mut end = 1;
    for _ in 0..38 {
        if inner(end) {
            end += 1;
        } else if bytes.get(end) == Some(&b'-') && inner(end + 1) {
            end += 2;
        } else {
            break;
        }
    }
    text.get(..end).unwrap_or_default()
}
