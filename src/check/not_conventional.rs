//! The subject of the squash commit is not a conventional header: the release tool reads nothing in it.

use super::issue_key::misplaced;
use super::punctuation::hidden;
use super::unfinished::finished;
use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::letters::lower;
use crate::message::{Span, subject};
use crate::reading::header;
use crate::squash::SubjectFrom;
use crate::text::Text;
use crate::tool::Tool;

pub struct NotConventional;

/// The types people write in full or in other tools' spelling, and what the tools read.
const SPELLINGS: &[(&str, &str)] = &[
    ("feature", "feat"),
    ("features", "feat"),
    ("feats", "feat"),
    ("fixes", "fix"),
    ("fixed", "fix"),
    ("bugfix", "fix"),
    ("bug", "fix"),
    ("hotfix", "fix"),
    ("doc", "docs"),
    ("documentation", "docs"),
    ("tests", "test"),
    ("testing", "test"),
    ("chores", "chore"),
    ("performance", "perf"),
    ("refactoring", "refactor"),
    ("styles", "style"),
];

/// The types of the Angular convention.
pub(super) const TYPES: &[&str] =
    &["feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert"];

/// The marks of unfinished work that stand before a title.
pub(super) const MARKS: &[&str] = &["[wip]", "wip:", "wip ", "[draft]", "draft:", "🚧"];

/// A conventional title near to this one, where only its form is off.
pub(super) fn corrected(title: &str) -> Option<String> {
    let mut rest = title.trim();
    while let Some(after) = MARKS.iter().find_map(|mark| strip_ignoring_case(rest, mark)) {
        rest = after.trim_start();
    }
    let word = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (kind, after) = rest.split_at_checked(word)?;
    let lower = lower(kind);
    let known = SPELLINGS.iter().find(|(written, _)| *written == lower).map(|(_, kind)| *kind);
    let kind = known.or_else(|| TYPES.iter().copied().find(|kind| *kind == lower))?;
    let (scope, mut breaking, after) = scope_and_mark(after);
    let separated = after.trim_start();
    let colon = [":", "："].iter().find_map(|mark| separated.strip_prefix(mark));
    // A dash separates only between spaces: `docs-only` is a word.
    let dash = || [" - ", " – ", " — "].iter().find_map(|mark| after.strip_prefix(mark));
    let mut description = colon.or_else(dash)?.trim();
    if let Some(after) = description.strip_prefix('!') {
        (breaking, description) = (true, after.trim_start());
    }
    let description = description.trim_end_matches('.').trim_end();
    if description.is_empty() {
        return None;
    }
    let scope = scope.map(|scope| format!("({scope})")).unwrap_or_default();
    let mark = if breaking { "!" } else { "" };
    let fixed = format!("{kind}{scope}{mark}: {description}");
    (fixed != title).then_some(fixed)
}

/// `(scope)` and `!` in either order, with spaces between; an empty scope is none.
pub(super) fn scope_and_mark(mut rest: &str) -> (Option<&str>, bool, &str) {
    let (mut scope, mut breaking) = (None, false);
    loop {
        let trimmed = rest.trim_start();
        if let Some(after) = trimmed.strip_prefix('!') {
            (breaking, rest) = (true, after);
        } else if let Some((inside, after)) = bracketed(trimmed).filter(|_| scope.is_none()) {
            scope = Some(inside.trim());
            rest = after;
        } else {
            return (scope.filter(|scope| !scope.is_empty()), breaking, rest);
        }
    }
}

fn bracketed(text: &str) -> Option<(&str, &str)> {
    for (open, close) in [('(', ')'), ('[', ']'), ('（', '）')] {
        if let Some((inside, after)) = text.strip_prefix(open).and_then(|rest| rest.split_once(close)) {
            return (!inside.contains('(')).then_some((inside, after));
        }
    }
    None
}

pub(super) fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

impl Check for NotConventional {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let line = subject(&case.squash.text);
        // Unfinished work, misplaced keys and characters that only look right have findings of their own.
        let other = finished(line).is_some_and(|rest| header::read(rest).is_some())
            || hidden(line).is_some()
            || misplaced(line).is_some();
        if header::read(line).is_some() || is_generated(line) || other {
            return Vec::new();
        }
        let Some(name) = case.tool.map(Tool::name).or_else(|| case.keeps_convention().then_some("")) else {
            return Vec::new();
        };
        let title = case.pull_request.title.trim();
        let of_title = || if header::read(title).is_some() { Some(title.to_owned()) } else { corrected(title) };
        let fixed = match case.squash.subject_from {
            SubjectFrom::Forge => of_title(),
            SubjectFrom::Title => corrected(&case.pull_request.title),
            SubjectFrom::Commit(_) => None,
            // What the forge has put there is as far from it as what it would write itself.
            SubjectFrom::Dialog => corrected(line).or_else(of_title),
        };
        let text = match case.squash.subject_from {
            SubjectFrom::Forge => Text::new("check_not_conventional_forge", [case.forge.name(), name]),
            SubjectFrom::Commit(_) => Text::new("check_not_conventional_commit", [name]),
            _ if name.is_empty() => Text::new("check_not_conventional_history", []),
            _ => Text::new("check_not_conventional", [name]),
        };
        // Every merge makes a version there, so the release comes all the same, only smaller than it may be meant.
        let read = case.bump_of(&case.squash.text).unwrap_or_default();
        let meant = fixed.as_deref().and_then(|fixed| case.bump_of(fixed)).unwrap_or_default();
        let all_the_same = fixed.is_none() && read > Bump::None && case.squash.subject_from != SubjectFrom::Forge;
        let severity = if case.tool.is_none() || all_the_same || case.breaks_convention() {
            Severity::Info
        } else if read < meant || case.squash.subject_from == SubjectFrom::Forge {
            Severity::Error
        } else {
            Severity::Warning
        };
        let written = match case.squash.subject_from {
            SubjectFrom::Title => subject(&case.pull_request.title),
            _ => line,
        };
        let end = written.find(": ").map_or(written.len(), |colon| colon + 1);
        vec![Finding {
            id: "not-conventional",
            severity,
            text,
            place: case.subject_place(Span::new(0, end)),
            fix: fixed.map(|fixed| case.subject_fix(&fixed)).unwrap_or_default(),
        }]
    }
}

/// Subjects that Git and forges write themselves: no author meant them to be conventional.
fn is_generated(line: &str) -> bool {
    ["Merge branch ", "Merge pull request ", "Merge remote-tracking branch ", "Revert \"", "Release v"]
        .iter()
        .any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: Option<&str>) {
        assert_eq!(corrected(title).as_deref(), expected, "{title}");
    }

    #[test]
    fn near_titles_are_corrected() {
        check("Feat: add login", Some("feat: add login"));
        check("feat:add login", Some("feat: add login"));
        check("feature: add login", Some("feat: add login"));
        check("Feat - add login", Some("feat: add login"));
        check("feat(api):add login.", Some("feat(api): add login"));
        check("[WIP] feat: add login", Some("feat: add login"));
        check("WIP: Fix(api): x", Some("fix(api): x"));
        check("feat!(api): x", Some("feat(api)!: x"));
        check("feat(api) !: x", Some("feat(api)!: x"));
        check("feat(): x", Some("feat: x"));
        check("feat：x", Some("feat: x"));
        check("fix[table]: x", Some("fix(table): x"));
        check("bugfix : x", Some("fix: x"));
    }

    #[test]
    fn far_titles_are_left_to_their_authors() {
        check("Update README.md", None);
        check("Fix the login", None);
        check("add login", None);
        check("feat:", None);
        check("", None);
        check("feat: fine as it is", None);
        check("docs-only change", None);
    }
}
