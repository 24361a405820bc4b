//! nx release with conventional commits, by the documentation of nx 21: features are minor, fixes are patches, breaking
//! changes major, other types nothing.

use super::conventional_changelog::run::{self, Package};
use super::{Facts, Plan, Recognition, Release, Tool, by_message};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::conventional_commits_parser::{Options, Parser};
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::Version;
use serde_json::Value;

/// nx release.
#[derive(Clone, Copy, Debug)]
pub struct Nx;

impl Tool for Nx {
    fn id(&self) -> &'static str {
        "nx"
    }
    fn name(&self) -> &'static str {
        "nx release"
    }
    fn files(&self) -> &'static [&'static str] {
        &["nx.json", "package.json", "packages/*/package.json"]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let nx = files.value("nx.json").ok().flatten()?;
        nx.get("release").filter(|release| release.is_object())?;
        Some(Recognition { path: "nx.json".to_owned(), evidence: "release".to_owned() })
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::read(files);
        if settings.independent {
            return None;
        }
        by_message::newest(tags, &settings.pattern(over, ""))
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

struct Settings {
    independent: bool,
    conventional: bool,
    /// `releaseTagPattern`, `releaseTag.pattern` since 21.
    tag: String,
}

impl Settings {
    fn read(files: &Files) -> Self {
        let nx = files.value("nx.json").ok().flatten().unwrap_or_default();
        let release = nx.get("release").cloned().unwrap_or_default();
        let text = |path: &[&str]| {
            path.iter().try_fold(&release, |value, key| value.get(*key)).and_then(Value::as_str).map(str::to_owned)
        };
        let independent = text(&["projectsRelationship"]).as_deref() == Some("independent");
        let default = if independent { "{projectName}@{version}" } else { "v{version}" };
        let version = release.get("version");
        let conventional = version.and_then(|version| version.get("conventionalCommits"));
        Self {
            independent,
            conventional: conventional.and_then(Value::as_bool) == Some(true)
                || version.and_then(|version| version.get("specifierSource")?.as_str()) == Some("conventional-commits"),
            tag: text(&["releaseTag", "pattern"])
                .or_else(|| text(&["releaseTagPattern"]))
                .unwrap_or_else(|| default.to_owned()),
        }
    }

    fn pattern(&self, over: Option<&str>, project: &str) -> TagPattern {
        over.and_then(|over| TagPattern::parse(over, "{version}"))
            .or_else(|| TagPattern::parse(&self.tag.replace("{projectName}", project), "{version}"))
            .unwrap_or_else(|| TagPattern::new("v", ""))
    }
}

/// What a commit releases.
fn judge(parser: &Parser, commit: &Commit) -> (Bump, Text) {
    let read = parser.read(&commit.message).ok().flatten();
    let kind = read.as_ref().and_then(|read| read.part("type")).unwrap_or_default();
    match (&read, kind) {
        (Some(read), _) if !read.notes.is_empty() => (Bump::Major, Text::new("tool_by_message_breaking", [])),
        (_, "feat") => (Bump::Minor, Text::new("tool_by_message_feature", [])),
        (_, "fix") => (Bump::Patch, Text::new("tool_by_message_fix", [])),
        _ => (Bump::None, Text::new("tool_by_message_other", [])),
    }
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files);
    let parser = Parser::new(Options::conventional_commits());
    if !settings.conventional {
        return Plan { nothing: Some(Text::new("tool_nx_asks", [])), ..Plan::default() };
    }
    if facts.last.is_some() || !settings.independent {
        let project = facts.last.map(|last| last.component.as_str()).unwrap_or_default();
        let pattern = settings.pattern(facts.tag_pattern, project);
        let mut plan = by_message::plan(facts, &pattern, Bump::None, |commit| judge(&parser, commit), |_, bump| bump);
        plan.notes.push(Text::new("tool_version_only", []));
        return plan;
    }
    let mut plan = Plan { notes: vec![Text::new("tool_version_only", [])], ..Plan::default() };
    for package in Package::all(facts.files).into_iter().filter(|package| !package.private) {
        release(facts, &settings, &parser, package, &mut plan);
    }
    if plan.releases.is_empty() {
        plan.nothing = Some(Text::new("tool_by_message_nothing", []));
    }
    plan
}

fn release(facts: &Facts<'_>, settings: &Settings, parser: &Parser, package: Package, plan: &mut Plan) {
    let pattern = settings.pattern(facts.tag_pattern, &package.name);
    let tag = by_message::newest(&facts.history.tags, &pattern);
    let mut bump = Bump::None;
    let mut reasons = Vec::new();
    for (place, _, _) in run::handed(facts, tag, &package.path, false) {
        let Some(commit) = facts.history.commits.get(place) else { continue };
        let (own, rule) = judge(parser, commit);
        if own > Bump::None {
            reasons.push(super::Reason { commit: Some(place), bump: own, rule });
        }
        bump = bump.max(own);
    }
    let previous = package.version.clone().or_else(|| tag.and_then(|tag| pattern.version(&tag.name)));
    let current = previous.clone().unwrap_or(Version::new(0, 0, 0));
    let Some(next) = increment(&current, bump).filter(|_| bump > Bump::None) else { return };
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.bump));
    plan.releases.push(Release {
        component: package.name,
        path: package.path,
        previous,
        bump,
        tag: pattern.tag(&next),
        next,
        reasons,
        entry: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: Bump) {
        let commit = Commit { message: message.to_owned(), ..Commit::default() };
        assert_eq!(judge(&Parser::new(Options::conventional_commits()), &commit).0, expected, "{message}");
    }

    #[test]
    fn types_release_what_nx_says() {
        check("feat(api)!: x", Bump::Major);
        check("feat: x", Bump::Minor);
        check("fix: x", Bump::Patch);
        check("perf: x", Bump::None);
    }
}
