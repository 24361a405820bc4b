//! A pull request that a release tool or a bot has opened: said, not warned of.

use super::{Case, Finding, Severity};
use crate::text::Text;

/// Where release tools keep the branch of their own pull request: release-please, release-plz, changesets, knope.
const BRANCHES: &[&str] = &["release-please--", "release-plz-", "changeset-release/", "knope/release", "release-v"];
/// How they name it.
const TITLES: &[&str] = &["chore: release", "chore(release):", "chore(main): release", "chore(master): release"];
/// The bots that update dependencies, by the beginning of their branches.
const BOTS: &[&str] = &["renovate/", "dependabot/", "pre-commit-ci-", "all-contributors/", "snyk-"];

/// What is to be said of it, and whether the checks are to be made.
pub fn say(case: &Case<'_>) -> (Option<Finding>, bool) {
    let pull_request = case.pull_request;
    let begins = |text: &str, starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    let info = |text| {
        Some(Finding { id: "release-pull-request", severity: Severity::Info, text, place: None, fix: Vec::new() })
    };
    if begins(&pull_request.head, BRANCHES) || begins(&pull_request.title, TITLES) {
        return (info(Text::new("check_release_pull_request", [])), false);
    }
    let author = pull_request.author.as_str();
    if begins(&pull_request.head, BOTS) || author.ends_with("[bot]") {
        let text = Text::new("check_bot", [if author.is_empty() { &pull_request.head } else { author }]);
        return (info(text).map(|finding| Finding { id: "bot", ..finding }), true);
    }
    (None, true)
}
