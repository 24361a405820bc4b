//! The pull request's number stands twice in the subject: its author wrote what the forge adds.

use super::{Case, Check, Finding, Severity};
use crate::message::Span;
use crate::text::Text;

pub struct Twice;

impl Check for Twice {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let number = format!("(#{})", case.pull_request.number);
        let line = case.subject();
        let Some(at) =
            line.find(&number).filter(|at| line.get(at + number.len()..).is_some_and(|rest| rest.contains(&number)))
        else {
            return Vec::new();
        };
        let place = case.subject_place(Span::new(at, at + number.len()));
        let written = place.as_ref().map(|place| crate::message::subject(&place.text));
        let fixed = written.map(|written| written.replacen(&number, "", 1).trim_end().replace("  ", " "));
        let text = Text::new("check_number_twice", [&number]);
        let fix = fixed.map(|fixed| case.subject_fix(&fixed)).unwrap_or_default();
        vec![Finding { id: "number-twice", severity: Severity::Warning, text, place, fix }]
    }
}
