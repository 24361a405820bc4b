//! The squash commit is breaking by the specification, and the release tool does not read it as breaking.

use super::message::{breaking_footer, read_by};
use super::{Case, Check, Edit, Field, Finding, Severity};
use crate::bump::Bump;
use crate::message::{body, subject};
use crate::reading::header;
use crate::text::Text;

pub struct BreakingUnread;

impl Check for BreakingUnread {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let (Some(tool), Some(read)) = (case.tool, case.bump_of(&case.squash.text)) else { return Vec::new() };
        let line = subject(&case.squash.text);
        let parts = header::read(line);
        let mark = parts.and_then(|header| header.breaking);
        let footer = breaking_footer(&case.squash.text);
        let dropped = read_by(tool.id(), &case.squash.text).is_some_and(|(header, _)| !header);
        if read == Bump::Major || (mark.is_none() && footer.is_none()) || (dropped && parts.is_some()) {
            return Vec::new();
        }
        // What most tools read is a footer in so many words, and a header without the mark.
        let fix = mark.zip(parts).and_then(|(mark, parts)| {
            let without: String = [line.get(..mark.start)?, line.get(mark.end..)?].concat();
            let footer = format!("BREAKING CHANGE: {}", described(case, parts.description.of(line)));
            let message = format!("{without}\n\n{footer}");
            (case.bump_of(&message)? == Bump::Major).then_some(())?;
            let above = body(&case.squash.text);
            let value = if above.is_empty() { footer } else { format!("{above}\n\n{footer}") };
            if case.one_box {
                return Some(vec![Edit { field: Field::DialogBody, value: format!("{without}\n\n{value}") }]);
            }
            Some(vec![Edit { field: Field::DialogTitle, value: without }, Edit { field: Field::DialogBody, value }])
        });
        let text = if mark.is_some() {
            Text::new("check_breaking_unread_mark", [tool.name()])
        } else {
            Text::new("check_breaking_unread_footer", [tool.name()])
        };
        let place = mark.or(footer).and_then(|mark| case.place(mark));
        vec![Finding { id: "breaking-unread", severity: Severity::Error, text, place, fix: fix.unwrap_or_default() }]
    }
}

/// A description without the number that the forge puts behind it.
fn described<'a>(case: &Case<'_>, description: &'a str) -> &'a str {
    let number = format!("(#{})", case.pull_request.number);
    description.strip_suffix(&number).unwrap_or(description).trim_end()
}
