//! The header is conventional, and the release tool makes no release of its type.

use super::issue_key::misplaced;
use super::message::{breaking_footer, read_by};
use super::unfinished::finished;
use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::message::subject;
use crate::reading::header;
use crate::squash::SubjectFrom;
use crate::text::Text;

pub struct ReleasesNothing;

/// Types that are meant to release nothing, with every tool: saying so would be noise beside the pill.
const QUIET: &[&str] = &["chore", "ci", "test", "docs", "style", "build", "refactor", "revert", "deps", "tests", "doc"];

/// Types that release something with most tools.
const RELEASING: &[&str] = &["feat", "fix", "perf"];

impl Check for ReleasesNothing {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let (Some(tool), Some(read)) = (case.tool, case.bump_of(&case.squash.text)) else { return Vec::new() };
        let line = subject(&case.squash.text);
        let Some(parts) = header::read(line) else { return Vec::new() };
        // Unfinished work, a key for a type and a commit that is dropped as a whole have findings of their own.
        if finished(line).is_some()
            || misplaced(line).is_some()
            || read_by(tool.id(), &case.squash.text).is_some_and(|(header, _)| !header)
        {
            return Vec::new();
        }
        // A breaking mark that is not read has one too.
        if read != Bump::None || parts.breaking.is_some() || breaking_footer(&case.squash.text).is_some() {
            return Vec::new();
        }
        let kind = parts.kind.of(line);
        let written = if case.squash.subject_from == SubjectFrom::Title { &case.pull_request.title } else { line };
        let corrected = super::not_conventional::corrected(written);
        let better = corrected.filter(|title| case.bump_of(title).is_some_and(|bump| bump > Bump::None));
        let lower = crate::letters::lower(kind);
        let severity = match &better {
            Some(_) => Severity::Error,
            None if QUIET.contains(&lower.as_str()) => return Vec::new(),
            None if RELEASING.contains(&lower.as_str()) => Severity::Warning,
            // A type of the repository's own: its authors know what it does.
            None => Severity::Info,
        };
        vec![Finding {
            id: "releases-nothing",
            severity,
            text: Text::new("check_releases_nothing", [kind, tool.name()]),
            place: case.subject_place(parts.kind),
            fix: better.map(|title| case.subject_fix(&title)).unwrap_or_default(),
        }]
    }
}
