//! A pull request that a release tool or a bot has opened: said, not warned of.

use super::{Case, Finding, Severity};
use crate::pull_request::PullRequest;
use crate::text::Text;

/// Where release tools keep the branch of their own pull request: release-please, release-plz, changesets, knope.
const BRANCHES: &[&str] = &["release-please--", "release-plz-", "changeset-release/", "knope/release", "release-v"];
/// How they name it; a version follows, or nothing.
const TITLES: &[&str] =
    &["chore: release", "chore(release):", "chore(main): release", "chore(master): release", "chore: prepare release"];
/// The bots that update dependencies, by the beginning of their branches.
const BOTS: &[&str] = &["renovate/", "dependabot/", "pre-commit-ci-", "all-contributors/", "snyk-"];

/// Whether a title is a release's: `chore(release): 1.2.3`, and not `chore(release): sign the tag`.
fn is_release(title: &str) -> bool {
    let rest = TITLES.iter().find_map(|start| title.strip_prefix(start));
    let version = |word: &str| word.contains('.') && word.contains(|c: char| c.is_ascii_digit());
    rest.is_some_and(|rest| matches!(rest.trim(), "" | "s") || rest.split(' ').any(version))
}

/// Whether a tool has opened it to release what is on the branch.
pub fn is_tools(pull_request: &PullRequest) -> bool {
    BRANCHES.iter().any(|start| pull_request.head.starts_with(start)) || is_release(&pull_request.title)
}

/// What is to be said of it, and whether the checks are to be made.
pub fn say(case: &Case<'_>) -> (Option<Finding>, bool) {
    let pull_request = case.pull_request;
    let begins = |text: &str, starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    let info = |text| {
        Some(Finding { id: "release-pull-request", severity: Severity::Info, text, place: None, fix: Vec::new() })
    };
    if is_tools(pull_request) {
        return (info(Text::new("check_release_pull_request", [])), false);
    }
    let author = pull_request.author.as_str();
    if begins(&pull_request.head, BOTS) || author.ends_with("[bot]") {
        let text = Text::new("check_bot", [if author.is_empty() { &pull_request.head } else { author }]);
        return (info(text).map(|finding| Finding { id: "bot", ..finding }), true);
    }
    (None, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_releases() {
        for title in ["chore: release", "chore(main): release sdk 1.2.3", "chore(release): v2.0.0-rc.0"] {
            assert!(is_release(title), "{title}");
        }
        for title in ["chore(release): verify the tag", "chore: release notes by hand", "feat: release 1.2.3"] {
            assert!(!is_release(title), "{title}");
        }
    }
}
