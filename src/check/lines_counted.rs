//! Conventional lines in the body that the tool counts as commits though the subject says less, and those that it does
//! not count though the author may think so.

use super::message::{accident, breaking, commit_lines};
use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::reading::header;
use crate::text::Text;

pub struct LinesCounted;

/// How many lines are looked at.
const LOOKED_AT: usize = 20;

/// What a body holds that a bot has filled with another project's release notes.
const FOREIGN: &str = "<details>";

impl Check for LinesCounted {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let message = case.squash.text.as_str();
        let Some((tool, whole)) = case.tool.zip(case.bump_of(message)) else { return Vec::new() };
        let subject = case.bump_of(case.subject()).unwrap_or_default();
        let Some(parts) = header::read(message) else { return Vec::new() };
        // A breaking change said or read otherwise has a finding of its own.
        if breaking(message, Some(parts)).is_some() || parts.kind.of(message) == "revert" {
            return Vec::new();
        }
        let mut highest = (Bump::None, None);
        for line in commit_lines(message).take(LOOKED_AT) {
            let bump = case.bump_of(line.of(message)).unwrap_or_default();
            if bump > highest.0 {
                highest = (bump, Some(line));
            }
        }
        let (bump, Some(line)) = highest else { return Vec::new() };
        let (id, text, severity) = if whole > subject && bump > subject {
            let by_accident = whole == Bump::Major && accident(message) == Some(line);
            if by_accident {
                return Vec::new();
            }
            let text = Text::new("check_lines_counted", [tool.name(), whole.name()]);
            ("extra-commits", text, Severity::Warning)
        } else if bump > whole && !message.contains(FOREIGN) && !case.commits_say(bump) {
            let text = Text::new("check_lines_unread", [tool.name(), bump.name()]);
            // Such a line of a branch's list most often mends what the branch itself broke.
            ("lines-unread", text, if bump > Bump::Patch { Severity::Warning } else { Severity::Info })
        } else {
            return Vec::new();
        };
        vec![Finding { id, severity, text, place: case.place(line), fix: Vec::new() }]
    }
}
