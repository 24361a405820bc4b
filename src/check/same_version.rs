//! Another open pull request would become the same version: where every merge is released, the first one merged gets it.

use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::pull_request::OpenPullRequest;
use crate::text::Text;
use crate::tool::{Plan, Release, Tool};

/// Another open pull request would become the same version.
pub struct SameVersion;

/// The tools that release what is merged at once. The others gather what is merged until somebody asks for a release.
const AT_ONCE: &[&str] = &["semantic-release", "every-merge", "python-semantic-release"];
/// How many pull requests are named.
const NAMED: usize = 5;

/// The one release that another pull request could become too: the tool makes one of every merge, and what lands from
/// `own_from` on moves the version.
pub fn release<'p>(tool: &dyn Tool, plan: &'p Plan, own_from: usize) -> Option<&'p Release> {
    // The number of a pre-release and the packages of a repository are counted in ways of their own.
    let [release] = plan.releases.as_slice() else { return None };
    let alone = AT_ONCE.contains(&tool.id()) && release.next.pre.is_empty();
    (alone && bump(plan, |commit| commit >= own_from) > Bump::None).then_some(release)
}

/// The highest bump of these commits.
fn bump(plan: &Plan, of: impl Fn(usize) -> bool) -> Bump {
    plan.readings.iter().filter(|reading| of(reading.commit)).map(|reading| reading.bump).max().unwrap_or_default()
}

impl Check for SameVersion {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let (Some(tool), Some(plan)) = (case.tool, case.plan) else { return Vec::new() };
        let Some(release) = release(tool, plan, case.own_from) else { return Vec::new() };
        let (mine, waiting) =
            (bump(plan, |commit| commit >= case.own_from), bump(plan, |commit| commit < case.own_from));
        // What waits on the branch is released together with the next merge, or was a version each.
        let whole = |bump: Bump| if tool.id() == "every-merge" { bump } else { bump.max(waiting) };
        let own = case.pull_request.number;
        let claims = |other: &&OpenPullRequest| {
            let read = case.bump_of(&other.title).unwrap_or_default();
            other.number != own
                && other.base == case.pull_request.base
                && read > Bump::None
                && whole(read) == whole(mine)
        };
        // What a description or the only commit may add is not known of the others.
        let mut named = String::new();
        for other in case.open.iter().filter(claims).take(NAMED) {
            named.push_str(if named.is_empty() { "#" } else { ", #" });
            named.push_str(&other.number.to_string());
        }
        if named.is_empty() {
            return Vec::new();
        }
        let text = Text::new("check_same_version", [&named, &release.next.to_string(), tool.name()]);
        vec![Finding { id: "same-version", severity: Severity::Info, text, place: None, fix: Vec::new() }]
    }
}
