//! `GitVersion` 5 and 6 where messages decide (`IncrementStrategyFinder.cs`, `RegexPatterns.cs`,
//! `GitFlowConfigurationBuilder.cs`): `major-version-bump-message` and its like, by default `+semver: major`; in the
//! documented conventional setup they are expressions for types.

use super::by_message::{self, Start};
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::needle::Needles;
use crate::reading::pattern::regex;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use regex_lite::Regex;
use semver::Version;
use serde_json::Value;

/// `GitVersion`.
#[derive(Clone, Copy, Debug)]
pub struct GitVersion;

/// Where its configuration may stand.
const FILES: [&str; 4] = ["GitVersion.yml", "GitVersion.yaml", ".GitVersion.yml", ".GitVersion.yaml"];
/// The settings, the bump of each and what it is by default, in the order in which they are tried.
const MESSAGES: [(&str, Bump, &str); 4] = [
    ("no-bump-message", Bump::None, r"\+semver:\s?(none|skip)"),
    ("major-version-bump-message", Bump::Major, r"\+semver:\s?(breaking|major)"),
    ("minor-version-bump-message", Bump::Minor, r"\+semver:\s?(feature|minor)"),
    ("patch-version-bump-message", Bump::Patch, r"\+semver:\s?(fix|patch)"),
];
/// The branches it knows by itself: the key, the expression of their names, and the bump of a version that no message
/// moves.
const BRANCHES: [(&str, &str, Bump); 4] = [
    ("main", "^master$|^main$", Bump::Patch),
    ("develop", "^dev(elop)?(ment)?$", Bump::Minor),
    ("release", r"^releases?[\\/-]", Bump::Minor),
    ("support", r"^support[\\/-]", Bump::Patch),
];

impl Tool for GitVersion {
    fn id(&self) -> &'static str {
        "gitversion"
    }
    fn name(&self) -> &'static str {
        "GitVersion"
    }
    fn files(&self) -> &'static [&'static str] {
        &[
            "GitVersion.yml",
            "GitVersion.yaml",
            ".GitVersion.yml",
            ".GitVersion.yaml",
            ".github/workflows/*.yml",
            ".github/workflows/*.yaml",
        ]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = FILES.iter().find(|path| files.text(path).is_some())?;
        Some(Recognition { path: (*path).to_owned(), evidence: String::new() })
    }
    fn last_release<'a>(&self, files: &Files, branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        Settings::read(files, branch).latest(tags, over).map(|(tag, _)| tag)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let settings = Settings::read(facts.files, facts.branch);
        let mut plan = if settings.mainline { mainline(facts, &settings) } else { together(facts, &settings) };
        plan.notes.push(Text::new("tool_gitversion_labels", []));
        plan.notes.extend(settings.unread.iter().map(|key| Text::new("tool_gitversion_unread", [*key])));
        plan.notes.extend(settings.malformed);
        plan
    }
}

struct Settings {
    /// The expressions, and what tells without them that they are not found.
    rules: Vec<(Bump, Needles, Regex)>,
    /// The settings whose expression is not read here.
    unread: Vec<&'static str>,
    malformed: Option<Text>,
    /// `increment` of the branch: what moves the version where no message does, and at least.
    least: Bump,
    /// Whether every commit of the branch is a version.
    mainline: bool,
    /// `commit-message-incrementing`: messages of merges only, or none.
    merges_only: bool,
    disabled: bool,
    prefix: Option<Regex>,
    /// `next-version`.
    floor: Option<Version>,
    /// Whether a breaking change of a version 0.x is a minor one, as up to 5.
    caps_zero: bool,
}

impl Settings {
    fn read(files: &Files, branch: &str) -> Self {
        let path = FILES.iter().find(|path| files.text(path).is_some());
        let read = path.map_or(Ok(None), |path| files.value(path));
        let malformed =
            read.as_ref().err().map(|error| Text::new("tool_config_malformed", [&error.path, &error.reason]));
        let config = read.ok().flatten().unwrap_or_default();
        let text = |key: &str| config.get(key).and_then(Value::as_str);
        let mut unread = Vec::new();
        let mut rules = Vec::new();
        for (key, bump, default) in MESSAGES {
            let source = text(key).unwrap_or(default);
            match regex(source, "i") {
                Some(pattern) => rules.push((bump, Needles::of(source, "i"), pattern)),
                None => unread.push(key),
            }
        }
        let (own, default) = branch_settings(&config, branch);
        let of = |key: &str| own.and_then(|own| own.get(key)).or_else(|| config.get(key)).and_then(Value::as_str);
        let strategies = config.get("strategies").and_then(Value::as_array).into_iter().flatten();
        let mainline = of("mode") == Some("Mainline")
            || strategies.filter_map(Value::as_str).any(|name| matches!(name, "Mainline" | "TrunkBased"))
            || text("workflow").is_some_and(|name| name.starts_with("TrunkBased"));
        let incrementing = of("commit-message-incrementing");
        Self {
            rules,
            unread,
            malformed,
            least: match of("increment") {
                Some("None") => Bump::None,
                Some("Patch") => Bump::Patch,
                Some("Minor") => Bump::Minor,
                Some("Major") => Bump::Major,
                _ => default,
            },
            mainline,
            merges_only: incrementing == Some("MergeMessageOnly"),
            disabled: incrementing == Some("Disabled"),
            prefix: regex(&format!("^(?:{})", text("tag-prefix").unwrap_or("[vV]?")), "i"),
            floor: config.get("next-version").and_then(|next| match next {
                Value::String(text) => lenient(text),
                other => lenient(&other.to_string()),
            }),
            caps_zero: runs_five(files),
        }
    }

    /// The highest version in the tags.
    fn latest<'a>(&self, tags: &'a [Tag], over: Option<&str>) -> Option<(&'a Tag, Version)> {
        let over = over.and_then(|over| TagPattern::parse(over, "{version}"));
        let version = |tag: &Tag| match (&over, &self.prefix) {
            (Some(over), _) => over.version(&tag.name),
            (None, Some(prefix)) => {
                let end = prefix.find(&tag.name)?.end();
                Version::parse(tag.name.get(end..)?).ok()
            }
            (None, None) => None,
        };
        let versions = tags.iter().filter_map(|tag| Some((tag, version(tag)?)));
        versions.max_by(|left, right| left.1.cmp(&right.1))
    }

    fn start<'a>(&self, facts: &Facts<'a>) -> Start<'a> {
        let latest = self.latest(&facts.history.tags, facts.tag_pattern);
        let over = facts.tag_pattern.and_then(|over| TagPattern::parse(over, "{version}"));
        let names = facts.history.tags.iter().map(|tag| tag.name.as_str());
        Start {
            pattern: over.unwrap_or_else(|| TagPattern::guess(names)),
            tag: latest.as_ref().map(|(tag, _)| *tag),
            version: latest.map(|(_, version)| version),
        }
    }

    /// `GetIncrementFromMessage`: the first of the expressions that is found.
    fn judge(&self, commit: &Commit) -> (Bump, Text) {
        let passed = self.disabled || (self.merges_only && commit.parents < 2);
        let message = &commit.message;
        let is = |needles: &Needles, pattern: &Regex| needles.may_match(message) && pattern.is_match(message);
        let found = self.rules.iter().find(|(_, needles, pattern)| !passed && is(needles, pattern));
        found.map_or((Bump::None, Text::new("tool_by_message_other", [])), |(bump, ..)| {
            (*bump, Text::new("tool_gitversion_message", [bump.name()]))
        })
    }

    fn next(&self, from: &Version, bump: Bump) -> (Bump, Option<Version>) {
        let bump = if self.caps_zero && from.major == 0 { bump.min(Bump::Minor.max(self.least)) } else { bump };
        let next = increment(from, bump).filter(|_| bump > Bump::None);
        match (&self.floor, next) {
            (Some(floor), next) if *floor > *from && next.as_ref().is_none_or(|next| next < floor) => {
                (crate::version::bump_between(from, floor), Some(floor.clone()))
            }
            (_, next) => (bump, next),
        }
    }
}

/// `1`, `1.2` and `1.2.3` are versions where the configuration names one.
fn lenient(text: &str) -> Option<Version> {
    let missing = 2_usize.checked_sub(text.matches('.').count())?;
    Version::parse(&format!("{}{}", text.trim(), ".0".repeat(missing))).ok()
}

/// The settings of a branch, and the bump it has by default.
fn branch_settings<'a>(config: &'a Value, branch: &str) -> (Option<&'a Value>, Bump) {
    let own = config.get("branches").and_then(Value::as_object);
    let known = |key: &str| BRANCHES.iter().find(|(name, _, _)| *name == key);
    let is = |source: &str| regex(source, "i").is_some_and(|pattern| pattern.is_match(branch));
    let configured = own.into_iter().flatten().find(|(key, value)| {
        let source = value.get("regex").and_then(Value::as_str).or_else(|| Some(known(key)?.1));
        source.is_some_and(is)
    });
    let by_name = BRANCHES.iter().find(|(_, source, _)| is(source));
    let default = configured.and_then(|(key, _)| known(key)).or(by_name).map_or(Bump::Patch, |(_, _, bump)| *bump);
    (configured.map(|(_, value)| value), default)
}

/// Whether a workflow installs the fifth version.
fn runs_five(files: &Files) -> bool {
    let workflows = files.paths().filter(|path| path.starts_with(".github/workflows/"));
    workflows.filter_map(|path| files.text(path)).flat_map(str::lines).any(|line| {
        let version = line.trim().strip_prefix("versionSpec:").map(|text| text.trim().trim_matches(['"', '\'']));
        let tool = line.split_once("GitVersion.Tool --version").map(|(_, text)| text.trim());
        version.or(tool).is_some_and(|version| version.starts_with("5."))
    })
}

/// All commits since the last tag make one version.
fn together(facts: &Facts<'_>, settings: &Settings) -> Plan {
    let start = settings.start(facts);
    by_message::plan(
        facts,
        &start,
        settings.least,
        |commit| settings.judge(commit),
        |from, bump| settings.next(from, bump),
    )
}

/// Every commit of the branch itself makes one, by its own message or the branch's bump.
fn mainline(facts: &Facts<'_>, settings: &Settings) -> Plan {
    let start = settings.start(facts);
    let mut plan = Plan::default();
    let commits = match (facts.last, start.tag) {
        (None, Some(tag)) => facts.history.after(tag),
        _ => facts.history.commits.as_slice(),
    };
    let first = facts.history.commits.len() - commits.len();
    let mut version = facts.last.map_or(start.version, |last| last.version.clone());
    for (at, commit) in commits.iter().enumerate().filter(|(_, commit)| commit.first_parent != Some(false)) {
        let (own, rule) = settings.judge(commit);
        let bump = if own == Bump::None { settings.least } else { own };
        plan.readings.push(CommitReading { commit: first + at, bump, rule: Some(rule.clone()) });
        let from = version.clone().unwrap_or(Version::new(0, 0, 0));
        let (bump, next) = settings.next(&from, bump);
        let Some(next) = next else { continue };
        plan.releases = vec![Release {
            component: String::new(),
            path: ".".to_owned(),
            previous: version,
            bump,
            tag: start.pattern.tag(&next),
            next: next.clone(),
            reasons: vec![Reason { commit: Some(first + at), bump, rule }],
            entry: None,
        }];
        version = Some(next);
    }
    if plan.releases.is_empty() {
        plan.nothing = Some(Text::new("tool_by_message_nothing", []));
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing;

    #[track_caller]
    fn check(config: &str, tag: &str, messages: &[&str], expected: &str) {
        let five = "      versionSpec: '5.x'\n";
        let (config, workflow) = config.split_once("#5").map_or((config, ""), |(config, _)| (config, five));
        let files = [("GitVersion.yml", config), (".github/workflows/a.yml", workflow)];
        let plan = testing::plan(&GitVersion, &files, &[tag], messages);
        assert_eq!(
            plan.releases.first().map_or(String::new(), |release| release.next.to_string()),
            expected,
            "{config}"
        );
    }

    #[test]
    fn messages_move_the_version() {
        check("", "v1.2.3", &["x +semver: minor"], "1.3.0");
        check("", "v1.2.3", &["x +SemVer:breaking"], "2.0.0");
        check("", "v1.2.3", &["feat: x"], "1.2.4");
        // What asks for no bump is passed over, whatever else it says.
        check("increment: None", "v1.2.3", &["x +semver: skip +semver: major"], "");
        check("minor-version-bump-message: '^feat(\\([\\w\\s-]*\\))?:'", "v1.2.3", &["feat(api): x"], "1.3.0");
        // The expressions' lines are not those of the text.
        check("minor-version-bump-message: '^feat:'", "v1.2.3", &["x\n\nfeat: y"], "1.2.4");
    }

    #[test]
    fn a_branch_has_settings_of_its_own() {
        check("branches:\n  main:\n    increment: Minor", "v1.2.3", &["x"], "1.3.0");
        check("branches:\n  trunk:\n    regex: ^main$\n    increment: Major", "v1.2.3", &["x"], "2.0.0");
        check("branches:\n  develop:\n    increment: Major", "v1.2.3", &["x"], "1.2.4");
        check("commit-message-incrementing: Disabled", "v1.2.3", &["x +semver: major"], "1.2.4");
        check("next-version: 2.0", "v1.2.3", &["x"], "2.0.0");
        check("tag-prefix: 'rel-'", "rel-1.2.3", &["x"], "1.2.4");
        check("mode: Mainline", "v1.2.3", &["x", "y +semver: minor", "z"], "1.3.1");
        check("strategies: [Mainline]", "v1.2.3", &["x", "y"], "1.2.5");
    }

    #[test]
    fn version_5_keeps_0_x() {
        check("", "v0.2.3", &["x +semver: major"], "1.0.0");
        check("#5", "v0.2.3", &["x +semver: major"], "0.3.0");
        check("mode: [", "v1.2.3", &["x"], "1.2.4");
        check("", "v0.0.18446744073709551615", &["x"], "");
    }
}
