//! Another open pull request would become the same version: where every merge is released, the first one merged gets it.

use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::history::History;
use crate::text::Text;
use crate::tool::{Facts, Last};

pub struct SameVersion;

/// The tools that release what is merged at once. The others gather what is merged until somebody asks for a release.
const AT_ONCE: &[&str] = &["semantic-release", "every-merge", "python-semantic-release"];
/// How many pull requests are named.
const NAMED: usize = 5;

impl Check for SameVersion {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let (Some(tool), Some(plan)) = (case.tool.filter(|tool| AT_ONCE.contains(&tool.id())), case.plan) else {
            return Vec::new();
        };
        // The number of a pre-release and the packages of a repository are counted in ways of their own.
        let [release] = plan.releases.as_slice() else { return Vec::new() };
        let commits = &case.facts.history.commits;
        let (Some(own), true) = (commits.last(), release.next.pre.is_empty()) else { return Vec::new() };
        let place = commits.len() - 1;
        let bump_of = |own_is: bool| {
            let readings = plan.readings.iter().filter(|reading| (reading.commit == place) == own_is);
            readings.map(|reading| reading.bump).max().unwrap_or_default()
        };
        let (mine, waiting) = (bump_of(true), bump_of(false));
        // What waits on the branch is released together with the next merge, or was a version each.
        let whole = |bump: Bump| if tool.id() == "every-merge" { bump } else { bump.max(waiting) };
        let claims = |message: &str| {
            let read = case.bump_of(message).unwrap_or_default();
            read > Bump::None && whole(read) == whole(mine)
        };
        if mine == Bump::None {
            return Vec::new();
        }
        let rivals: Vec<String> =
            case.rivals.iter().filter(|(_, message)| claims(message)).map(|(number, _)| format!("#{number}")).collect();
        if rivals.is_empty() {
            return Vec::new();
        }
        let history = History { commits: vec![own.clone()], complete: true, ..History::default() };
        let last = Last {
            component: release.component.clone(),
            path: release.path.clone(),
            version: Some(release.next.clone()),
            tag: release.tag.clone(),
        };
        let later = tool.plan(&Facts { history: &history, last: Some(&last), ..*case.facts });
        let Some(later) = later.releases.first() else { return Vec::new() };
        let mut named = rivals.get(..NAMED).unwrap_or(&rivals).join(", ");
        if rivals.len() > NAMED {
            named.push_str(", …");
        }
        let (version, later) = (release.next.to_string(), later.next.to_string());
        let text = Text::new("check_same_version", [&named, &version, tool.name(), &later]);
        vec![Finding { id: "same-version", severity: Severity::Info, text, place: None, fix: Vec::new() }]
    }
}
