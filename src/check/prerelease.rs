//! The branch is one of pre-releases: what is merged reaches its users under a version of its own.

use super::{Case, Check, Finding, Severity};
use crate::text::Text;

pub struct Prerelease;

impl Check for Prerelease {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let (Some(tool), Some(plan)) = (case.tool, case.plan) else { return Vec::new() };
        let range = plan.nothing.as_ref().filter(|text| text.id == "tool_semantic_release_range");
        if let Some(refused) = range {
            let text = refused.clone();
            return vec![Finding { id: "out-of-range", severity: Severity::Error, text, place: None, fix: Vec::new() }];
        }
        let release = plan.releases.iter().find(|release| !release.next.pre.is_empty());
        let Some(release) = release else { return Vec::new() };
        let text = Text::new("check_prerelease", [tool.name(), &release.next.to_string(), &case.pull_request.base]);
        vec![Finding { id: "prerelease", severity: Severity::Info, text, place: None, fix: Vec::new() }]
    }
}
