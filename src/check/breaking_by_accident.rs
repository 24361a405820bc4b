//! The tool makes a major version, and nobody said so: words in prose, in a comment of a template, in a code fence, a
//! line that a wrap begins with them; or a footer that says there is no breaking change.

use super::message::{accident, breaking, denied, is_breaking, lines};
use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::message::Span;
use crate::reading::header;
use crate::text::Text;

pub struct BreakingByAccident;

impl Check for BreakingByAccident {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let message = case.squash.text.as_str();
        let Some(tool) = case.tool else { return Vec::new() };
        let meant = breaking(message, header::read(message));
        let empty = denied(message);
        let Some(span) = empty.or_else(|| meant.is_none().then(|| accident(message)).flatten()) else {
            return Vec::new();
        };
        if case.bump_of(message) != Some(Bump::Major) {
            return Vec::new();
        }
        let text = if empty.is_some() {
            Text::new("check_breaking_none", [tool.name()])
        } else {
            Text::new("check_breaking_by_accident", [tool.name()])
        };
        let good = |message: &str| case.bump_of(message).is_some_and(|bump| bump < Bump::Major);
        // A footer that is only glued to the line above is most likely meant.
        let meant = empty.is_none() && is_breaking(span.of(message)) && !enclosed(message, span);
        let (severity, fix) = if meant && message.get(span.end..).is_some_and(|rest| rest.starts_with(':')) {
            (Severity::Warning, Vec::new())
        } else {
            (Severity::Error, case.first_good(without(message, span, empty.is_some()), good))
        };
        vec![Finding { id: "breaking-by-accident", severity, text, place: case.place(span), fix }]
    }
}

/// Whether a text's last line opens a code fence: nothing can be joined to it.
fn opens(text: &str) -> bool {
    text.lines().next_back().is_some_and(|line| line.trim_start().starts_with("```"))
}

/// Whether a place lies in a comment or a code fence.
fn enclosed(message: &str, span: Span) -> bool {
    let before = message.get(..span.start).unwrap_or_default();
    let fences = before.lines().filter(|line| line.trim_start().starts_with("```")).count();
    let open = before.rfind("<!--").and_then(|open| before.get(open..));
    fences % 2 == 1 || open.is_some_and(|rest| !rest.contains("-->"))
}

/// Messages without the words: without the comment they stand in, with the line joined to the one before (so that no
/// word is lost), without the line.
fn without(message: &str, span: Span, remove: bool) -> Vec<String> {
    let mut found = Vec::new();
    let cut = |from: usize, to: usize| {
        let (before, after) = (message.get(..from)?.trim_end(), message.get(to..)?.trim_start_matches(['\r', '\n']));
        Some(if after.is_empty() { before.to_owned() } else { format!("{before}\n\n{after}") })
    };
    let before = message.get(..span.start).unwrap_or_default();
    let opened = before.rfind("<!--").filter(|open| !before.get(*open..).is_some_and(|rest| rest.contains("-->")));
    if let Some(open) = opened {
        let closed = message.get(span.end..).and_then(|rest| rest.find("-->"));
        found.extend(cut(open, closed.map_or(message.len(), |at| span.end + at + 3)));
    }
    let line = lines(message).find(|line| line.start <= span.start && span.start <= line.end);
    if let Some(line) = line {
        let above = message.get(..line.start).unwrap_or_default();
        if let Some(above) = above.strip_suffix('\n').filter(|above| !remove && !above.ends_with('\n') && !opens(above))
        {
            found.push([above.trim_end_matches('\r'), " ", message.get(line.start..).unwrap_or_default()].concat());
        }
        found.extend(cut(line.start, line.end));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        let denied = denied(message);
        let span = denied.or_else(|| accident(message)).unwrap();
        assert_eq!(without(message, span, denied.is_some()).first().map(String::as_str), Some(expected));
    }

    #[test]
    fn words_are_taken_out_with_as_little_loss_as_can_be() {
        check("fix: x\n\n<!-- is it a\nBREAKING CHANGE: -->\nbody", "fix: x\n\nbody");
        check("fix: x\n\nthis is no\nbreaking change in y", "fix: x\n\nthis is no breaking change in y");
        check("fix: x\n\nbody\n\nBREAKING CHANGE: none\nRefs: #1", "fix: x\n\nbody\n\nRefs: #1");
    }
}
