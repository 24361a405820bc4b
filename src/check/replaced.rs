//! release-please takes another text than the squash message: the override block of the description in its place, and
//! nested commits out of it.

use super::{Case, Check, Field, Finding, Place, Severity};
use crate::message::Span;
use crate::reading::release_please::override_in;
use crate::text::Text;

pub struct Replaced;

impl Check for Replaced {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let Some(tool) = case.tool.filter(|tool| tool.id() == "release-please") else { return Vec::new() };
        let description = case.pull_request.description.as_str();
        let mut found = Vec::new();
        if let Some(message) = override_in(description) {
            let (read, instead) = (case.bump_of(&case.squash.text), case.bump_of(message));
            let start = description.find(message).unwrap_or_default();
            let line = message.lines().next().unwrap_or_default().len();
            found.push(Finding {
                id: "override",
                severity: if read == instead { Severity::Info } else { Severity::Warning },
                text: Text::new("check_override", [tool.name(), instead.unwrap_or_default().name()]),
                place: Some(Place {
                    field: Field::Description,
                    text: description.to_owned(),
                    span: Span::new(start, start + line),
                }),
                fix: Vec::new(),
            });
        }
        if let Some(start) = case.squash.text.find("BEGIN_NESTED_COMMIT") {
            found.push(Finding {
                id: "nested-commits",
                severity: Severity::Info,
                text: Text::new("check_nested_commits", [tool.name()]),
                place: case.place(Span::new(start, start + "BEGIN_NESTED_COMMIT".len())),
                fix: Vec::new(),
            });
        }
        found
    }
}
