//! A commit is taken back: what that does to the version differs from tool to tool.

use super::message::breaking;
use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::message::Span;
use crate::reading::header;
use crate::text::Text;

pub struct Revert;

impl Check for Revert {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let line = case.subject();
        let git = line.starts_with("Revert \"");
        if !git && header::read(line).is_none_or(|header| header.kind.of(line) != "revert") {
            return Vec::new();
        }
        // What is said to be breaking is meant to be.
        if breaking(&case.squash.text, header::read(line)).is_some() {
            return Vec::new();
        }
        let (Some(tool), Some(read)) = (case.tool, case.bump_of(&case.squash.text)) else { return Vec::new() };
        // Taking a feature back is no feature.
        let (text, severity) = match read {
            Bump::None => (Text::new("check_revert_none", [tool.name()]), Severity::Info),
            Bump::Patch => (Text::new("check_revert", [tool.name(), read.name()]), Severity::Info),
            _ => (Text::new("check_revert", [tool.name(), read.name()]), Severity::Warning),
        };
        let inside = line.strip_prefix("Revert \"").and_then(|rest| rest.split_once('"')).map(|(inside, _)| inside);
        let better = inside.map(|inside| format!("revert: {inside}"));
        let good = better.filter(|better| {
            let bump = case.bump_of(better).unwrap_or_default();
            bump == Bump::Patch && bump != read
        });
        let end = line.find([' ', ':']).unwrap_or(line.len());
        vec![Finding {
            id: "revert",
            severity,
            text,
            place: case.subject_place(Span::new(0, end)),
            fix: good.map(|good| case.subject_fix(&good)).unwrap_or_default(),
        }]
    }
}
