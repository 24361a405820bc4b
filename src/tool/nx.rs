//! nx release with conventional commits (nx 17 to 22, `packages/nx/src/command-line/release`: `utils/git.ts`,
//! `utils/semver.ts`, `config/conventional-commits.ts`): its expression is changelogen's without the emoji.

use super::conventional_changelog::run::{self, Package};
use super::{Facts, Plan, Reason, Recognition, Release, Tool, by_message};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::message::git_parts;
use crate::reading::changelogen;
use crate::text::Text;
use crate::version::TagPattern;
use semver::{BuildMetadata, Prerelease, Version};
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
    /// What each type moves.
    types: Vec<(String, Bump)>,
    /// `version.adjustSemverBumpsForZeroMajorVersion`.
    lowers_zero: bool,
    /// Whether files of the pull request decide (`versionPlans`).
    plans: bool,
    /// Whether there are groups with settings of their own, which are not read here.
    groups: bool,
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
            types: types(&release),
            lowers_zero: version.and_then(|version| version.get("adjustSemverBumpsForZeroMajorVersion"))
                == Some(&Value::Bool(true)),
            plans: release.get("versionPlans").is_some_and(|plans| *plans != Value::Bool(false)),
            groups: release.get("groups").and_then(Value::as_object).is_some_and(|groups| groups.len() > 1),
        }
    }

    fn pattern(&self, over: Option<&str>, project: &str) -> TagPattern {
        over.and_then(|over| TagPattern::parse(over, "{version}"))
            .or_else(|| TagPattern::parse(&self.tag.replace("{projectName}", project), "{version}"))
            .unwrap_or_else(|| TagPattern::new("v", ""))
    }
}

/// What a commit releases (`determineSemverChange`). Its body is searched for the words in capitals, and one that names
/// the commit it takes back is a `revert` whatever its subject says.
fn judge(settings: &Settings, commit: &Commit) -> (Bump, Text) {
    let other = (Bump::None, Text::new("tool_by_message_other", []));
    let (subject, body) = git_parts(&commit.message);
    let Some(read) = changelogen::read(&subject) else { return other };
    let reverts = body.split("This reverts commit ").skip(1).any(|rest| {
        let hash = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
        hash == 40 && rest.len() > 40
    });
    let kind = if reverts { "revert" } else { read.kind };
    if read.breaking || body.contains("BREAKING CHANGE:") {
        return (Bump::Major, Text::new("tool_by_message_breaking", []));
    }
    match settings.types.iter().find(|(name, _)| name == kind).map(|(_, bump)| *bump) {
        None | Some(Bump::None) => other,
        Some(bump) => (bump, Text::new("tool_nx_type", [kind, bump.name()])),
    }
}

/// `semverBump` of each type: nx's own, and what `conventionalCommits.types` says of them. A type that is only named
/// there is a patch.
fn types(release: &Value) -> Vec<(String, Bump)> {
    let mut types = vec![("feat".to_owned(), Bump::Minor), ("fix".to_owned(), Bump::Patch)];
    let configured = release.get("conventionalCommits").and_then(|own| own.get("types")?.as_object());
    for (name, value) in configured.into_iter().flatten() {
        let known = types.iter().position(|(known, _)| known == name);
        let others =
            ["perf", "refactor", "docs", "build", "types", "chore", "examples", "test", "style", "ci", "revert"];
        let default = known
            .and_then(|at| types.get(at))
            .map_or_else(|| if others.contains(&name.as_str()) { Bump::None } else { Bump::Patch }, |(_, bump)| *bump);
        let bump = match (value, value.get("semverBump").and_then(Value::as_str)) {
            (Value::Bool(false), _) | (_, Some("none")) => Bump::None,
            (_, Some("patch")) => Bump::Patch,
            (_, Some("minor")) => Bump::Minor,
            (_, Some("major")) => Bump::Major,
            _ => default,
        };
        types.retain(|(known, _)| known != name);
        types.push((name.clone(), bump));
    }
    types
}

/// `deriveNewSemverVersion`: a pre-release only counts on.
fn next(settings: &Settings, from: &Version, bump: Bump) -> (Bump, Option<Version>) {
    if bump > Bump::None && !from.pre.is_empty() {
        return (bump, next_prerelease(from));
    }
    let bump = match bump {
        Bump::Major if settings.lowers_zero && from.major == 0 => Bump::Minor,
        Bump::Minor if settings.lowers_zero && from.major == 0 => Bump::Patch,
        other => other,
    };
    by_message::counted(from, bump)
}

/// The last number of a pre-release counts on, and where it has none a zero follows.
fn next_prerelease(from: &Version) -> Option<Version> {
    let mut parts: Vec<String> = from.pre.split('.').map(str::to_owned).collect();
    match parts.iter_mut().rev().find(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(number) => *number = number.parse::<u64>().ok()?.checked_add(1)?.to_string(),
        None => parts.push("0".to_owned()),
    }
    Some(Version { pre: Prerelease::new(&parts.join(".")).ok()?, build: BuildMetadata::EMPTY, ..from.clone() })
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files);
    if settings.plans {
        return Plan {
            nothing: Some(Text::new("tool_change_files_decide", [".nx/version-plans/"])),
            ..Plan::default()
        };
    }
    if !settings.conventional {
        return Plan { nothing: Some(Text::new("tool_nx_asks", [])), ..Plan::default() };
    }
    let mut notes = vec![Text::new("tool_version_only", [])];
    if settings.groups {
        notes.push(Text::new("tool_nx_groups", []));
    }
    if facts.last.is_some() || !settings.independent {
        let project = facts.last.map(|last| last.component.as_str()).unwrap_or_default();
        let start = by_message::Start::of(facts, settings.pattern(facts.tag_pattern, project));
        let judge = |commit| judge(&settings, commit);
        let mut plan = by_message::plan(facts, &start, Bump::None, judge, |from, bump| next(&settings, from, bump));
        plan.notes.extend(notes);
        return plan;
    }
    let mut plan = Plan { notes, ..Plan::default() };
    for package in Package::all(facts.files).into_iter().filter(|package| !package.private) {
        release(facts, &settings, package, &mut plan);
    }
    if plan.releases.is_empty() {
        plan.nothing = Some(Text::new("tool_by_message_nothing", []));
    }
    plan
}

fn release(facts: &Facts<'_>, settings: &Settings, package: Package, plan: &mut Plan) {
    let pattern = settings.pattern(facts.tag_pattern, &package.name);
    let tag = by_message::newest(&facts.history.tags, &pattern);
    let mut bump = Bump::None;
    let mut reasons = Vec::new();
    for (place, _, _) in run::handed(facts, tag, &package.path, false) {
        let Some(commit) = facts.history.commits.get(place) else { continue };
        let (own, rule) = judge(settings, commit);
        if own > Bump::None {
            reasons.push(Reason { commit: Some(place), bump: own, rule });
        }
        bump = bump.max(own);
    }
    let previous = package.version.clone().or_else(|| tag.and_then(|tag| pattern.version(&tag.name)));
    let current = previous.clone().unwrap_or(Version::new(0, 0, 0));
    let (bump, Some(next)) = next(settings, &current, bump) else { return };
    if bump == Bump::None {
        return;
    }
    Reason::weightiest_first(&mut reasons);
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
    fn check(config: &str, from: &str, message: &str, expected: &str) {
        let nx = format!(r#"{{"release": {{"version": {{"conventionalCommits": true}}{config}}}}}"#);
        let settings = Settings::read(&Files::of([("nx.json", nx.as_str())]));
        let commit = Commit { message: message.to_owned(), ..Commit::default() };
        let (bump, version) = next(&settings, &Version::parse(from).unwrap(), judge(&settings, &commit).0);
        let version = version.filter(|_| bump > Bump::None).map(|version| version.to_string()).unwrap_or_default();
        assert_eq!(version, expected, "{message}");
    }

    #[test]
    fn types_release_what_nx_says() {
        check("", "1.2.3", "feat(api)!: x", "2.0.0");
        check("", "1.2.3", "feat: x", "1.3.0");
        check("", "1.2.3", "fix: x", "1.2.4");
        check("", "1.2.3", "perf: x", "");
        check("", "1.2.3", "JIRA-1 feat: x", "1.3.0");
        check("", "1.2.3", "Feat: x", "");
        check("", "1.2.3", "docs: x\n\nBREAKING CHANGE: y", "2.0.0");
        check("", "1.2.3", "docs: x\n\nbreaking change: y", "");
        check("", "1.2.3", "Revert \"feat: x\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.", "");
        check("", "0.2.3", "feat!: x", "1.0.0");
        check("", "1.3.0-beta.1", "feat!: x", "1.3.0-beta.2");
        check("", "18446744073709551615.0.0", "feat!: x", "");
    }

    #[test]
    fn types_can_be_set() {
        let types = r#", "conventionalCommits": {"types": {"docs": {"semverBump": "patch"}, "feat": {"semverBump": "none"}, "deps": {}}}"#;
        check(types, "1.2.3", "docs: x", "1.2.4");
        check(types, "1.2.3", "feat: x", "");
        check(types, "1.2.3", "deps: x", "1.2.4");
    }
}
