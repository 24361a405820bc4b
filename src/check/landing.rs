//! Where the branch's own commits land, the tool reads each of them: what can go wrong with them.

use super::not_conventional::corrected;
use super::{Case, Check, Edit, Field, Finding, Severity};
use super::{
    breaking_by_accident::BreakingByAccident, breaking_unread::BreakingUnread, commit_dropped::CommitDropped,
    lines_counted::LinesCounted, not_conventional::NotConventional, own_rules::OwnRules, prerelease::Prerelease,
    punctuation::Punctuation, release_pull_request, releases_nothing::ReleasesNothing, replaced::Replaced,
    revert::Revert, rules, unfinished::Unfinished, zero::Zero,
};
use crate::message::subject;
use crate::reading::header;
use crate::squash::{SquashMessage, SubjectFrom};
use crate::text::Text;

/// How many commits are looked at.
const LOOKED_AT: usize = 50;

/// What is asked of each commit: the warnings about a message alone.
const EACH: &[&dyn Check] = &[
    &NotConventional,
    &BreakingUnread,
    &ReleasesNothing,
    &CommitDropped,
    &BreakingByAccident,
    &LinesCounted,
    &Replaced,
    &Revert,
    &Punctuation,
    &Unfinished,
];

/// What is asked once, of the commit that moves the version furthest.
const ONCE: &[&dyn Check] = &[&Zero, &Prerelease];

/// All findings, the costliest first; of a kind the first only: a branch of fifty such commits is one trouble.
#[must_use]
pub fn findings(case: &Case<'_>) -> Vec<Finding> {
    let unread = case.without_title();
    let case = unread.as_ref().unwrap_or(case);
    let (said, all) = release_pull_request::say(case);
    let mut found: Vec<Finding> = said.into_iter().collect();
    let by_bot = !found.is_empty();
    if !all {
        return found;
    }
    let commits = case.pull_request.commits.iter().enumerate().filter(|(_, commit)| commit.parents < 2);
    let messages: Vec<SquashMessage> = commits
        .take(LOOKED_AT)
        .map(|(at, commit)| SquashMessage {
            text: commit.message.clone(),
            subject_from: SubjectFrom::Commit(at),
            ..SquashMessage::default()
        })
        .collect();
    let conventional = messages.iter().any(|message| header::read(&message.text).is_some());
    // Title checks look at the title; of the repository's own rules only commitlint's are about commits.
    let linted = rules::find(case.facts.files).is_some_and(|set| set.keeper == "commitlint");
    for message in &messages {
        let own = Case { squash: message, one_box: false, ..*case };
        let rules: &[&dyn Check] = if linted { &[&OwnRules] } else { &[] };
        for finding in EACH.iter().chain(rules).flat_map(|check| check.check(&own)) {
            let Some(finding) = of_commit(case, message, conventional, finding) else { continue };
            if !found.iter().any(|known| known.id == finding.id && known.text.id == finding.text.id) {
                found.push(finding);
            }
        }
    }
    let furthest = messages.iter().max_by_key(|message| case.bump_of(&message.text));
    if let Some(message) = furthest {
        let own = Case { squash: message, one_box: false, ..*case };
        found.extend(ONCE.iter().flat_map(|check| check.check(&own)));
    }
    if by_bot {
        for finding in &mut found {
            finding.severity = Severity::Info;
        }
    }
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    found
}

/// The finding as it is of a commit that lands: what mends it is written into the commit, by its author, on the branch.
fn of_commit(case: &Case<'_>, message: &SquashMessage, conventional: bool, finding: Finding) -> Option<Finding> {
    let line = subject(&message.text);
    let reword = |value: String| vec![Edit { field: Field::Commit, value }];
    if finding.id == "not-conventional" {
        let fixed = corrected(line);
        // Among conventional commits a plain one is no mistake unless it is nearly one.
        if fixed.is_none() && conventional {
            return None;
        }
        let tool = case.tool.map_or("", super::Tool::name);
        let text = if tool.is_empty() {
            Text::new("check_not_conventional_history", [])
        } else {
            Text::new("check_not_conventional_landing", [tool])
        };
        let moves = fixed.as_deref().and_then(|fixed| case.bump_of(fixed)) > case.bump_of(line);
        let severity = if moves { Severity::Error } else { finding.severity.min(Severity::Warning) };
        return Some(Finding { severity, text, fix: fixed.map(reword).unwrap_or_default(), ..finding });
    }
    // The checks mend a squash message, in the dialog; the same words go into the commit.
    let number = format!(" (#{})", case.pull_request.number);
    let fix = match finding.fix.as_slice() {
        [Edit { field: Field::DialogTitle | Field::Title, value }] => {
            reword(value.strip_suffix(&number).unwrap_or(value).to_owned())
        }
        [Edit { field: Field::DialogBody, value }] => reword(SquashMessage::compose(line, value)),
        _ => Vec::new(),
    };
    Some(Finding { fix, ..finding })
}
