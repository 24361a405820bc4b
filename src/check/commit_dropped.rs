//! The header is conventional, and the tool's parser gives the whole message up over something below it.

use super::message::{character, position, read_by, stumble};
use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::message::{body, subject};
use crate::reading::header;
use crate::text::Text;

pub struct CommitDropped;

/// How many lines are mended one after the other, before the body is given up.
const MENDED: usize = 8;

impl Check for CommitDropped {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let message = case.squash.text.as_str();
        let Some(tool) = case.tool.filter(|_| header::read(message).is_some()) else { return Vec::new() };
        let read = |message: &str| read_by(tool.id(), message).is_none_or(|(header, _)| header);
        // Only what the subject alone would release is lost.
        let line = subject(message);
        if read(message) || case.bump_of(line).unwrap_or_default() == Bump::None || !read(line) {
            return Vec::new();
        }
        let at = stumble(tool.id(), message).unwrap_or(line.len());
        let (row, column) = position(message, at);
        // A parser that looks for tokens at a line's beginning takes no offence at the item of a list.
        let mut mended = message.to_owned();
        let mut candidates = Vec::new();
        for _ in 0..MENDED {
            let Some(at) = stumble(tool.id(), &mended).filter(|at| *at > line.len()) else { break };
            // The place is the one where reading stopped; the line that made it stop may begin at it.
            let start = mended.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
            if mended.get(start..).is_some_and(|rest| rest.starts_with("- ")) {
                break;
            }
            mended.insert_str(start, "- ");
        }
        candidates.push(mended);
        candidates.push(line.to_owned());
        let (row, column) = (row.to_string(), column.to_string());
        vec![Finding {
            id: "commit-dropped",
            severity: Severity::Error,
            text: Text::new("check_commit_dropped", [tool.name(), &row, &column]),
            place: case.place(character(message, at)),
            fix: if body(message).is_empty() { Vec::new() } else { case.first_good(candidates, read) },
        }]
    }
}
