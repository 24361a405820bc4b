//! The branch has one commit and the forge takes that commit's message: the title that was reviewed does not count.

use super::{Case, Check, Finding, Severity};
use crate::message::{Span, subject};
use crate::squash::SubjectFrom;
use crate::text::Text;

pub struct SingleCommit;

impl Check for SingleCommit {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let SubjectFrom::Commit(at) = case.squash.subject_from else { return Vec::new() };
        let Some(commit) = case.pull_request.commits.get(at) else { return Vec::new() };
        let (written, title) = (subject(&commit.message), case.pull_request.title.trim());
        if written.trim() == title {
            return Vec::new();
        }
        let by_title = case.bump_of(title);
        let by_commit = case.bump_of(&case.squash.text);
        let severity = if by_title == by_commit { Severity::Warning } else { Severity::Error };
        vec![Finding {
            id: "single-commit",
            severity,
            text: Text::new("check_single_commit", [case.forge.name()]),
            place: case.subject_place(Span::new(0, written.len())),
            fix: case.subject_fix(title),
        }]
    }
}
