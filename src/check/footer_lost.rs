//! A footer that stands in a commit of the branch or in the description does not reach the squash message, or not as a
//! footer: a breaking change, a version asked for, a sign-off that the repository wants.

use super::message::{footers, says_nothing};
use super::{Case, Check, Field, Finding, Place, Severity};
use crate::bump::Bump;
use crate::message::Span;
use crate::reading::release_please;
use crate::text::Text;

pub struct FooterLost;

/// How many commits are looked at, and how many footers of each: a hostile text of thousands must not stop the page.
const LOOKED_AT: usize = 20;

impl Check for FooterLost {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let message = case.squash.text.as_str();
        let described = (Field::Description, case.pull_request.description.as_str());
        let commits = case.pull_request.commits.iter().filter(|commit| commit.parents < 2).take(LOOKED_AT);
        let commits = commits.map(|commit| (Field::Commit, commit.message.as_str()));
        let mut found: Vec<Finding> = Vec::new();
        for (field, text) in commits.chain([described]) {
            // The description's first line is no subject: its footers are read below a line of ours.
            let shown = if field == Field::Description { format!("\n\n{text}") } else { text.to_owned() };
            let shift = shown.len() - text.len();
            for footer in footers(&shown).take(LOOKED_AT) {
                let token = footer.token.of(&shown);
                let end =
                    shown.get(footer.token.start..).and_then(|rest| rest.find('\n')).map(|at| footer.token.start + at);
                let line = shown.get(footer.token.start..end.unwrap_or(shown.len())).unwrap_or_default().trim_end();
                if says_nothing(footer.value.of(&shown)) {
                    continue;
                }
                let Some((kind, with)) = lost(case, token, line) else { continue };
                if found.iter().any(|finding| finding.text.args.first().is_some_and(|known| known == kind)) {
                    continue;
                }
                let tool = case.tool.map_or("", super::Tool::name);
                let present = message.contains(line);
                let said = match (kind, present) {
                    ("Signed-off-by", _) => Text::new("check_sign_off_lost", [kind]),
                    (_, true) => Text::new("check_footer_in_body", [kind, tool]),
                    (_, false) => Text::new("check_footer_lost", [kind, tool]),
                };
                let severity = if kind == "Signed-off-by" { Severity::Warning } else { Severity::Error };
                let span = Span::new(footer.token.start - shift, footer.token.end - shift);
                let place = Some(Place { field, text: text.to_owned(), span });
                found.push(Finding { id: "footer-lost", severity, text: said, place, fix: case.body_fix(&with) });
            }
        }
        found
    }
}

/// A message with one footer more: a footer section goes on where there is one.
pub(super) fn with_footer(message: &str, line: &str) -> String {
    let message = message.trim_end();
    let open = footers(message).last().is_some_and(|last| message.len() <= last.value.end);
    format!("{message}{}{line}", if open { "\n" } else { "\n\n" })
}

/// The kind of a footer that the squash message misses, and the message that has it.
fn lost(case: &Case<'_>, token: &str, line: &str) -> Option<(&'static str, String)> {
    // Where it stands in the body, it moves.
    let mut message = case.squash.text.replacen(line, "", 1);
    if message.len() == case.squash.text.len() || super::message::is_breaking(token) {
        message.clone_from(&case.squash.text);
    }
    let with = with_footer(&message, line);
    let message = case.squash.text.as_str();
    if super::message::is_breaking(token) {
        let lower = case.bump_of(message)? < Bump::Major && case.bump_of(&with)? == Bump::Major;
        return lower.then_some(("BREAKING CHANGE", with));
    }
    // Only release-please reads it, which the second module holds.
    if cfg!(feature = "more") && token.eq_ignore_ascii_case("release-as") {
        let asks =
            |message: &str| release_please::read(message).commits.iter().any(|commit| commit.release_as().is_some());
        let lost = case.tool?.id() == "release-please" && !asks(message) && asks(&with);
        return lost.then_some(("Release-As", with));
    }
    // The app's own file, or a workflow that is named for it.
    let asked = |path: &str| path.starts_with(".github/") && path.contains("dco");
    let wanted = token.eq_ignore_ascii_case("signed-off-by") && case.facts.files.paths().any(asked);
    let present = super::message::lines(message).any(|written| written.of(message) == line);
    (wanted && !present).then_some(("Signed-off-by", with))
}
