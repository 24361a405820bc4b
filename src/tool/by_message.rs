//! What the tools have in common that look at messages alone and release the whole repository at once, without an entry
//! of their own (svu, `GitVersion`, librarian, nx release).

use super::{CommitReading, Facts, Plan, Reason, Release};
use crate::bump::Bump;
use crate::history::{Commit, Tag};
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::Version;

/// The version a bump leads to as node-semver counts it.
#[must_use]
pub fn counted(from: &Version, bump: Bump) -> (Bump, Option<Version>) {
    (bump, increment(from, bump))
}

/// The newest tag of a pattern.
#[must_use]
pub fn newest<'a>(tags: &'a [Tag], pattern: &TagPattern) -> Option<&'a Tag> {
    let versions = tags.iter().filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
    versions.max_by(|left, right| left.1.cmp(&right.1)).map(|(tag, _)| tag)
}

/// Where a plan begins: the pattern of its tags, and the last release's tag and version.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// The pattern in which the tag to come is written.
    pub pattern: TagPattern,
    /// The last release's tag; `None` where there is none.
    pub tag: Option<&'a Tag>,
    /// Its version.
    pub version: Option<Version>,
}

impl<'a> Start<'a> {
    /// After the newest tag of a pattern.
    #[must_use]
    pub fn of(facts: &Facts<'a>, pattern: TagPattern) -> Self {
        let tag = newest(&facts.history.tags, &pattern);
        let version = tag.and_then(|tag| pattern.version(&tag.name));
        Self { pattern, tag, version }
    }
}

/// The plan for one package: `judge` says how far a commit moves the version and by which rule, `least` how far it moves
/// at least, `next` what becomes of a version: the bump that really happens and where it leads. A bump of none releases
/// nothing.
#[must_use]
pub fn plan<'a>(
    facts: &Facts<'a>,
    start: &Start<'a>,
    least: Bump,
    judge: impl Fn(&'a Commit) -> (Bump, Text),
    next: impl Fn(&Version, Bump) -> (Bump, Option<Version>),
) -> Plan {
    let mut plan = Plan::default();
    let pattern = &start.pattern;
    let (before, since) = match facts.last {
        Some(last) => (last.version.clone(), None),
        None => (start.version.clone(), start.tag),
    };
    let commits = since.map_or(facts.history.commits.as_slice(), |tag| facts.history.after(tag));
    let first = facts.history.commits.len().saturating_sub(commits.len());
    let mut highest = least;
    let mut reasons = Vec::new();
    for (at, commit) in commits.iter().enumerate() {
        let (bump, rule) = judge(commit);
        plan.readings.push(CommitReading { commit: first + at, bump, rule: Some(rule.clone()) });
        if bump > Bump::None {
            reasons.push(Reason { commit: Some(first + at), bump, rule });
        }
        highest = highest.max(bump);
    }
    Reason::weightiest_first(&mut reasons);
    let current = before.clone().unwrap_or(Version::new(0, 0, 0));
    let (bump, next) = next(&current, highest);
    if bump == Bump::None {
        plan.nothing = Some(Text::new("tool_by_message_nothing", []));
        return plan;
    }
    let Some(next) = next else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    let (component, path) =
        facts.last.map_or_else(|| (String::new(), ".".to_owned()), |last| (last.component.clone(), last.path.clone()));
    plan.releases.push(Release {
        component,
        path,
        previous: before,
        bump,
        tag: pattern.tag(&next),
        next,
        reasons,
        entry: None,
    });
    plan
}
