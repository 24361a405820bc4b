//! A subject that is not meant to stay: `fixup!`, `squash!`, work in progress.

use super::not_conventional::{MARKS, strip_ignoring_case};
use super::{Case, Check, Finding, Severity};
use crate::message::Span;
use crate::reading::header;
use crate::text::Text;

pub struct Unfinished;

/// What Git's automatic squashing puts before a subject.
const AUTOSQUASH: &[&str] = &["fixup! ", "squash! ", "amend! "];

/// What stays of a subject without such marks; `None` where it has none.
pub(super) fn finished(line: &str) -> Option<&str> {
    let mut rest = line;
    while let Some(after) = AUTOSQUASH.iter().chain(MARKS).find_map(|mark| strip_ignoring_case(rest, mark)) {
        rest = after.trim_start();
    }
    (rest.len() < line.len()).then_some(rest)
}

impl Check for Unfinished {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let line = case.subject();
        let Some(rest) = finished(line) else { return Vec::new() };
        if case.tool.is_none() && !case.keeps_convention() {
            return Vec::new();
        }
        let span = Span::new(0, line.len() - rest.len());
        let place = case.subject_place(span);
        let title = place.as_ref().map(|place| crate::message::subject(&place.text)).and_then(finished);
        let fix = title
            .filter(|title| header::read(title).is_some())
            .map(|title| case.subject_fix(title))
            .unwrap_or_default();
        let (read, meant) = (case.bump_of(&case.squash.text), case.bump_of(rest));
        let severity = match case.tool {
            None => Severity::Info,
            Some(_) if read < meant => Severity::Error,
            Some(_) => Severity::Warning,
        };
        let text = Text::new("check_unfinished", [span.of(line).trim()]);
        vec![Finding { id: "unfinished", severity, text, place, fix }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_unfinished_work() {
        assert_eq!(finished("fixup! feat: x"), Some("feat: x"));
        assert_eq!(finished("WIP: Draft: feat: x"), Some("feat: x"));
        assert_eq!(finished("squash! fixup! x"), Some("x"));
        for fine in ["feat: x", "wipe the disk", "drafts: x", "fixup the tests", ""] {
            assert_eq!(finished(fine), None, "{fine}");
        }
    }
}
