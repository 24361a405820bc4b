//! Before 1.0.0: the first stable version by accident, and a breaking change that is not a major version.

use super::message::breaking;
use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::reading::header;
use crate::text::Text;

pub struct Zero;

impl Check for Zero {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let (Some(tool), Some(plan)) = (case.tool, case.plan) else { return Vec::new() };
        let message = case.squash.text.as_str();
        let mark = breaking(message, header::read(message));
        let place = || mark.and_then(|mark| case.place(mark));
        let bump_of = |own_is: bool| {
            let readings = plan.readings.iter().filter(|reading| (reading.commit >= case.own_from) == own_is);
            readings.map(|reading| reading.bump).max().unwrap_or_default()
        };
        let decides = bump_of(true) > Bump::None && bump_of(true) >= bump_of(false);
        let mut found = Vec::new();
        for release in &plan.releases {
            let Some(previous) = release.previous.as_ref().filter(|previous| previous.major == 0) else { continue };
            let (old, next) = (previous.to_string(), release.next.to_string());
            if release.next.major > 0 {
                // Where the branch's earlier commits decide, this pull request is not the one to stop.
                let severity = if decides { Severity::Error } else { Severity::Info };
                let text = Text::new("check_zero_left", [tool.name(), &old, &next]);
                found.push(Finding { id: "zero-left", severity, text, place: place(), fix: Vec::new() });
            } else if mark.is_some() && release.bump > Bump::None {
                let text = Text::new("check_zero_breaking", [tool.name(), &old, &next]);
                found.push(Finding {
                    id: "zero-breaking",
                    severity: Severity::Info,
                    text,
                    place: place(),
                    fix: Vec::new(),
                });
            }
        }
        found.truncate(1);
        found
    }
}
