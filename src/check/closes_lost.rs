//! A commit of the branch closes an issue, and the squash commit does not: the issue stays open, and the entry does not
//! name it.

use super::footer_lost::with_footer;
use super::{Case, Check, Field, Finding, Place, Severity};
use crate::letters::lower;
use crate::message::Span;
use crate::text::Text;

pub struct ClosesLost;

/// The words by which GitHub, GitLab, Bitbucket, Gitea and Forgejo close an issue (GitHub Docs, "Linking a pull request
/// to an issue using a keyword").
const WORDS: &[&str] = &["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];
/// How many commits are looked at, and how many issues of each.
const LOOKED_AT: usize = 20;
/// How many issues that are closed are remembered.
const KEPT: usize = 200;

/// The places where a text closes an issue, from the word to the number, and the issue: `#12`, `acme/widgets#12`.
fn closed(text: &str) -> impl Iterator<Item = (Span, &str)> {
    text.match_indices('#').filter_map(|(at, _)| {
        let digits = text.get(at + 1..)?.bytes().take_while(u8::is_ascii_digit).count();
        let before = text.get(..at)?;
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let spaced = before.trim_end_matches(name);
        let verb = spaced.trim_end_matches(' ');
        let verb = verb.strip_suffix(':').unwrap_or(verb);
        let start = verb.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
        let fits = digits > 0 && verb.len() < spaced.len() && WORDS.contains(&lower(verb.get(start..)?).as_str());
        // A word's second half is none of these.
        let whole = verb.get(..start)?.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '-');
        let end = at + 1 + digits;
        (fits && whole).then_some((Span::new(start, end), text.get(spaced.len()..end)?))
    })
}

impl Check for ClosesLost {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let message = case.squash.text.as_str();
        let description = case.pull_request.description.as_str();
        // Most forges close what the description names, whatever the commit says.
        let by_description = case.forge.closes_by_description();
        let named = closed(description).filter(|_| by_description);
        let kept: Vec<&str> = closed(message).chain(named).map(|(_, issue)| issue).take(KEPT).collect();
        let described = (!by_description).then_some((Field::Description, description));
        let commits = case.pull_request.commits.iter().filter(|commit| commit.parents < 2).take(LOOKED_AT);
        let texts = commits.map(|commit| (Field::Commit, commit.message.as_str())).chain(described);
        let mut lost = texts.flat_map(|(field, text)| {
            closed(text).take(LOOKED_AT).map(move |(span, issue)| (field, text, span, issue))
        });
        let Some((field, text, span, issue)) = lost.find(|(_, _, _, issue)| !kept.contains(issue)) else {
            return Vec::new();
        };
        vec![Finding {
            id: "closes-lost",
            severity: Severity::Warning,
            text: Text::new("check_closes_lost", [issue]),
            place: Some(Place { field, text: text.to_owned(), span }),
            fix: case.body_fix(&with_footer(message, &format!("Closes {issue}"))),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(closed(text).map(|(_, issue)| issue).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn issues_that_are_closed() {
        check("fix: x\n\nCloses #12", &["#12"]);
        check("Fixes: acme/widgets#12, resolved #13.", &["acme/widgets#12", "#13"]);
        check("fix #12", &["#12"]);
        check("fix: #12 was wrong", &["#12"]);
        for text in
            ["Refs #12", "see #12", "encloses #12", "fix(api): #12", "closes #twelve", "closes#12", "hot-fix #12"]
        {
            check(text, &[]);
        }
    }
}
