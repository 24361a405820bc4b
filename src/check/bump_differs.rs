//! The squash commit moves the version less far, or further, than the branch's own commits would.

use super::message::breaking_footer;
use super::{Case, Check, Field, Finding, Place, Severity};
use crate::bump::Bump;
use crate::history::Commit;
use crate::message::{Span, subject};
use crate::reading::header;
use crate::squash::SubjectFrom;
use crate::text::Text;

pub struct BumpDiffers;

/// How many commits of the branch are looked at.
const LOOKED_AT: usize = 50;

impl Case<'_> {
    /// The commit of the branch that moves the version furthest, of those with a conventional header.
    fn highest_commit(&self) -> Option<(Bump, &Commit)> {
        let own = self.pull_request.commits.iter().filter(|commit| commit.parents < 2).take(LOOKED_AT);
        let read = own.filter(|commit| header::read(&commit.message).is_some());
        let mut highest: Option<(Bump, &Commit)> = None;
        let mut seen: Vec<&str> = Vec::new();
        for commit in read {
            // Many commits of a branch have one message.
            if !seen.contains(&commit.message.as_str()) {
                seen.push(&commit.message);
                let bump = self.bump_of(&commit.message)?;
                if highest.is_none_or(|(known, _)| bump > known) {
                    highest = Some((bump, commit));
                }
            }
        }
        highest
    }

    /// Whether a commit of the branch moves the version at least so far: then that is said of the commits.
    pub(super) fn commits_say(&self, bump: Bump) -> bool {
        self.highest_commit().is_some_and(|(highest, _)| highest >= bump)
    }
}

impl Check for BumpDiffers {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let message = case.squash.text.as_str();
        // The branch's only commit is the squash commit, and a subject that is not read has its own finding.
        let whole_subject = matches!(case.squash.subject_from, SubjectFrom::Title | SubjectFrom::Dialog);
        let parts = header::read(message);
        // What Git writes of a merge is no header, and hides what the branch's commits would release.
        let merge = message.starts_with("Merge ");
        if !whole_subject || (parts.is_none() && !merge) {
            return Vec::new();
        }
        let (Some(tool), Some(whole), Some((highest, commit))) =
            (case.tool, case.bump_of(message), case.highest_commit())
        else {
            return Vec::new();
        };
        let written = subject(&commit.message);
        // A revert and a breaking change that is lost or not read have findings of their own.
        let other = |parts: header::Header| parts.kind.of(message) == "revert" || parts.breaking.is_some();
        if parts.is_some_and(other) || breaking_footer(&commit.message).is_some() {
            return Vec::new();
        }
        let every =
            || case.pull_request.commits.iter().all(|own| own.parents > 1 || header::read(&own.message).is_some());
        if whole > highest && parts.is_some() && every() {
            let text = Text::new("check_bump_higher", [tool.name(), whole.name(), highest.name()]);
            let place = case.subject_place(Span::new(0, case.subject().find(':').unwrap_or_default()));
            return vec![Finding { id: "bump-higher", severity: Severity::Info, text, place, fix: Vec::new() }];
        }
        if whole >= highest {
            return Vec::new();
        }
        let text = Text::new("check_bump_lower", [tool.name(), whole.name(), highest.name(), written]);
        let mark = highest == Bump::Major;
        let kind = header::read(written).map(|header| header.kind.of(written)).unwrap_or_default();
        let scope =
            parts.and_then(|parts| parts.scope).map(|scope| format!("({})", scope.of(message))).unwrap_or_default();
        let line = case.pull_request.title.trim();
        let own = case.squash.subject_from == SubjectFrom::Title && header::read(line).is_some();
        let title = if own { line } else { case.subject() };
        let described = header::read(title).map(|header| header.description.of(title)).unwrap_or_default();
        let better = format!("{kind}{scope}{}: {described}", if mark { "!" } else { "" });
        let good = parts.is_some() && case.bump_of(&better).is_some_and(|bump| bump == highest);
        vec![Finding {
            id: "bump-lower",
            // Many a branch of chores has a commit that mends what the branch itself broke.
            severity: if highest > Bump::Patch { Severity::Warning } else { Severity::Info },
            text,
            place: Some(Place {
                field: Field::Commit,
                text: commit.message.clone(),
                span: Span::new(0, written.len()),
            }),
            fix: if good { case.subject_fix(&better) } else { Vec::new() },
        }]
    }
}
