//! simple-release (TrigenSoftware): `packages/core/src/project/project.ts`, `monorepo.ts` and `utils.ts` of
//! @simple-release/core 3: conventional-changelog with the preset conventionalcommits, in a monorepo for each package only
//! the commits of its folder whose scope names it, one of `extraScopes`, or nothing.

use super::commit_and_tag_version::prerelease;
use super::conventional_changelog::run::{self, Family, Package};
use super::conventional_changelog::{ConventionalCommits, Preset, Writer, lowered};
use super::semantic_release::analysis::Analysed;
use super::semantic_release::config;
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::Tag;
use crate::javascript::{exported, has_code};
use crate::reading::conventional_commits_parser::Parser;
use crate::text::Text;
use crate::version::{TagPattern, bump_between, increment};
use semver::Version;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

/// simple-release.
#[derive(Clone, Copy, Debug)]
pub struct SimpleRelease;

/// Where its configuration may stand (`@simple-release/config`).
const FILES: [&str; 6] = [
    ".simple-release.js",
    ".simple-release.mjs",
    ".simple-release.cjs",
    ".simple-release.ts",
    ".simple-release.mts",
    ".simple-release.json",
];

impl Tool for SimpleRelease {
    fn id(&self) -> &'static str {
        "simple-release"
    }
    fn name(&self) -> &'static str {
        "simple-release"
    }
    fn files(&self) -> &'static [&'static str] {
        &[
            ".simple-release.js",
            ".simple-release.mjs",
            ".simple-release.cjs",
            ".simple-release.ts",
            ".simple-release.mts",
            ".simple-release.json",
            "package.json",
            "packages/*/package.json",
        ]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = FILES.iter().find(|path| files.text(path).is_some())?;
        Some(Recognition { path: (*path).to_owned(), evidence: String::new() })
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::read(files);
        if settings.mode == Some(Mode::Independent) {
            return None;
        }
        let pattern = over.and_then(|over| TagPattern::parse(over, "{version}"));
        newest(tags, &pattern.unwrap_or_else(|| TagPattern::new("v", "")))
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

fn newest<'a>(tags: &'a [Tag], pattern: &TagPattern) -> Option<&'a Tag> {
    let versions = tags.iter().filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
    versions.max_by(|left, right| left.1.cmp(&right.1)).map(|(tag, _)| tag)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Independent,
    Fixed,
}

struct Settings {
    /// How a monorepo is released; `None` for a single package.
    mode: Option<Mode>,
    extra_scopes: Vec<String>,
    /// `bump.preset`.
    preset: Map<String, Value>,
    /// `bump` itself.
    bump: Value,
    notes: Vec<Text>,
}

/// What the module exports under the name, by itself or in its default export.
fn export(text: &str, name: &str) -> Option<Value> {
    let declared = format!("export const {name}");
    let own = text.split_once(declared.as_str()).and_then(|(_, rest)| rest.split_once('='));
    match own {
        Some((_, rest)) => exported(&format!("export default {}", rest.trim_start())),
        None => exported(text)?.get(name).cloned(),
    }
}

impl Settings {
    fn read(files: &Files) -> Self {
        let mut notes = Vec::new();
        let (mut project, mut bump) = (Value::Null, Value::Null);
        if let Some(path) = FILES.iter().find(|path| files.text(path).is_some()) {
            if path.rsplit('.').next() == Some("json") {
                let value = files.value(path).ok().flatten().unwrap_or_default();
                project = value.get("project").cloned().unwrap_or_default();
                bump = value.get("bump").cloned().unwrap_or_default();
            } else if let Some(text) = files.text(path) {
                project = export(text, "project").unwrap_or_default();
                bump = export(text, "bump").unwrap_or_default();
                if has_code(&bump) || project.is_null() {
                    notes.push(Text::new("tool_config_is_code", [path]));
                }
            }
        }
        let options = project.get(1).cloned().unwrap_or_default();
        let kind = project.as_str().or_else(|| project.get(0)?.as_str()).unwrap_or_default();
        let mode = match options.get("mode").and_then(Value::as_str) {
            Some("independent") => Some(Mode::Independent),
            Some(_) => Some(Mode::Fixed),
            None if kind.contains("Workspaces") => Some(Mode::Fixed),
            None => None,
        };
        let scopes = bump.get("extraScopes").and_then(Value::as_array).into_iter().flatten();
        let preset = match bump.get("preset") {
            Some(Value::Object(preset)) => preset.clone(),
            Some(Value::String(name)) => [("name".to_owned(), Value::String(name.clone()))].into_iter().collect(),
            _ => Map::new(),
        };
        let extra_scopes = scopes.filter_map(Value::as_str).map(str::to_owned).collect();
        Self { mode, extra_scopes, preset, bump, notes }
    }

    /// An option of a package's bump: its own (`byProject`), or else everybody's.
    fn option(&self, package: &str, key: &str) -> Option<&Value> {
        let own = self.bump.get("byProject").and_then(|projects| projects.get(package)?.get(key));
        own.or_else(|| self.bump.get(key))
    }

    /// The version to come by the options `version`, `as` and `prerelease` (`getNextVersion`), and how far it moves.
    /// `None` where it does not move, an error where the option's word is not known here.
    fn next(&self, package: &str, current: &Version, bump: Bump) -> Result<Option<(Bump, Version)>, Text> {
        let text = |key: &str| self.option(package, key).and_then(Value::as_str);
        if let Some(forced) = text("version").and_then(|version| Version::parse(version).ok()) {
            return Ok(Some((bump_between(current, &forced), forced)));
        }
        let bump = match text("as") {
            None => bump,
            Some(word) => {
                let known = Bump::named(word).filter(|bump| *bump > Bump::None);
                known.ok_or_else(|| Text::new("tool_simple_release_as", [word]))?
            }
        };
        if bump == Bump::None {
            return Ok(None);
        }
        let next = match text("prerelease") {
            Some(name) => prerelease(current, bump, name),
            None => increment(current, bump),
        };
        next.map(|next| Some((bump, next))).ok_or_else(|| Text::new("tool_version_too_large", []))
    }

    /// The preset for a package; `scope` is its own, where it is one of several.
    fn preset(&self, scope: Option<&str>, date: &str, notes: &mut Vec<Text>) -> (Preset, Parser, Writer) {
        // Its releases bring conventional-changelog 8 since July 2026.
        let newest = date.is_empty() || date >= "2026-07-01";
        let family = if newest { Family::NEWEST } else { Family::of_2024(date) };
        let name = self.preset.get("name").and_then(Value::as_str).unwrap_or("conventionalcommits");
        let name = name.trim_start_matches("conventional-changelog-").to_owned();
        let options: Map<String, Value> = [
            ("preset".to_owned(), Value::String(name)),
            ("presetConfig".to_owned(), Value::Object(self.preset.clone())),
        ]
        .into_iter()
        .collect();
        let (mut preset, parser) = config::preset(&options, family.generation, notes);
        if let (Preset::ConventionalCommits(config), Some(scope)) = (&mut preset, scope) {
            config.scopes = std::iter::once(scope.to_owned()).chain(self.extra_scopes.iter().cloned()).collect();
        }
        let parser = family.parser(&preset, parser, date);
        (preset, parser, family.writer)
    }
}

/// The tag before a package's version, and what stands before the version in its tags: by default the name without its
/// scope and an at sign; a function in the configuration may say otherwise, and then the tags themselves tell.
fn tagged<'a>(facts: &Facts<'a>, package: &Package) -> (Option<&'a Tag>, String) {
    let bare = package.bare();
    let prefixes = [
        format!("{bare}@"),
        format!("{bare}-v"),
        format!("{bare}-"),
        format!("{bare}/v"),
        format!("{}@", package.name),
    ];
    let found = prefixes
        .iter()
        .filter_map(|prefix| {
            let pattern = TagPattern::new(prefix, "");
            let tag = newest(&facts.history.tags, &pattern)?;
            Some((pattern.version(&tag.name)?, tag, prefix.clone()))
        })
        .max_by(|left, right| left.0.cmp(&right.0));
    found.map_or((None, format!("{bare}@")), |(_, tag, prefix)| (Some(tag), prefix))
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files);
    let mut plan = Plan { notes: settings.notes.clone(), ..Plan::default() };
    if let Some(last) = facts.last {
        let read = Package::read(facts.files, &last.path).unwrap_or_default();
        let name = if read.name.is_empty() { last.component.clone() } else { read.name.clone() };
        let package = Package { path: last.path.clone(), name, ..read };
        let scope = (last.path != ".").then(|| package.bare().to_owned());
        release(facts, &settings, &package, last.version.clone(), (&last.tag, "v"), None, scope.as_deref(), &mut plan);
    } else if settings.mode == Some(Mode::Independent) {
        for package in Package::all(facts.files).into_iter().filter(|package| !package.private) {
            let (tag, prefix) = tagged(facts, &package);
            let from = tag.map(|tag| tag.name.clone()).unwrap_or_default();
            let scope = package.bare().to_owned();
            let version = package.version.clone();
            release(facts, &settings, &package, version, (&from, &prefix), tag, Some(&scope), &mut plan);
        }
    } else {
        let package = Package { path: ".".to_owned(), ..Package::read(facts.files, ".").unwrap_or_default() };
        let pattern = facts.tag_pattern.and_then(|over| TagPattern::parse(over, "{version}"));
        let pattern = pattern.unwrap_or_else(|| TagPattern::new("v", ""));
        let tag = newest(&facts.history.tags, &pattern);
        let from = tag.map(|tag| tag.name.clone()).unwrap_or_default();
        let version = package.version.clone().or_else(|| tag.and_then(|tag| pattern.version(&tag.name)));
        if settings.mode == Some(Mode::Fixed) && !Package::all(facts.files).is_empty() {
            let root = Package { version, ..package };
            together(facts, &settings, &root, tag, &from, &mut plan);
        } else {
            release(facts, &settings, &package, version, (&from, "v"), tag, None, &mut plan);
        }
    }
    if plan.releases.is_empty() && plan.nothing.is_none() {
        plan.nothing = Some(Text::new("tool_simple_release_nothing", []));
    }
    plan
}

/// Whether a commit moves its package: from its version 10 on the preset lets hidden types release nothing.
fn counts(config: &ConventionalCommits, kind: &str) -> bool {
    let kind = lowered(kind);
    config.types.iter().any(|known| known.name == kind && !known.hidden)
}

#[allow(clippy::too_many_arguments, reason = "one package's facts, each its own")]
fn release(
    facts: &Facts<'_>,
    settings: &Settings,
    package: &Package,
    previous: Option<Version>,
    (from, prefix): (&str, &str),
    since: Option<&Tag>,
    scope: Option<&str>,
    plan: &mut Plan,
) {
    let set = |key: &str| settings.option(&package.name, key) == Some(&Value::Bool(true));
    if set("skip") || (package.private && facts.last.is_none() && !set("forcePrivate")) {
        return;
    }
    let (preset, parser, writer) = settings.preset(scope, facts.date, &mut plan.notes);
    let Some(judged) = judged(facts, &package.path, since, (&preset, &parser, writer), plan) else { return };
    if judged.reasons.is_empty() && facts.last.is_none() && settings.option(&package.name, "as").is_none() {
        return;
    }
    // What was released for another reason than its commits moved the least.
    let bump = judged.bump.max(Bump::Patch);
    let current = previous.clone().unwrap_or(Version::new(0, 0, 0));
    let next = if facts.last.is_none() && since.is_none() && is_first(settings, &package.name) {
        Ok(Some((Bump::None, current.clone())))
    } else {
        settings.next(&package.name, &current, bump)
    };
    match next {
        Ok(Some(next)) => {
            print(facts, package, previous, (from, prefix), next, judged, (&preset, writer), plan);
        }
        Ok(None) => {}
        Err(why) => plan.nothing = Some(why),
    }
}

/// Whether a package without a tag is released as it is (`firstRelease`).
fn is_first(settings: &Settings, package: &str) -> bool {
    settings.option(package, "firstRelease") != Some(&Value::Bool(false))
}

/// What the commits of a folder say.
struct Judged<'a> {
    read: Vec<Analysed<'a>>,
    bump: Bump,
    reasons: Vec<Reason>,
}

/// Reads the commits of a folder; `None` where the parser fails.
fn judged<'a>(
    facts: &Facts<'a>,
    path: &str,
    since: Option<&Tag>,
    (preset, parser, writer): (&Preset, &'a Parser, Writer),
    plan: &mut Plan,
) -> Option<Judged<'a>> {
    let handed = run::handed(facts, since, path, false);
    let read = match run::read(parser, &handed) {
        Ok(read) => read,
        Err(thrown) => {
            plan.nothing = Some(Text::new("tool_failed", [thrown.0]));
            return None;
        }
    };
    let (bump, mut readings, mut reasons) = run::recommended(preset, writer, &read.iter().collect::<Vec<_>>());
    if let Preset::ConventionalCommits(config) = preset {
        let hidden: HashSet<usize> = read
            .iter()
            .filter(|commit| commit.read.notes.is_empty() && commit.read.revert.is_none())
            .filter(|commit| !counts(config, commit.read.part("type").unwrap_or_default()))
            .map(|commit| commit.place)
            .collect();
        for reading in readings.iter_mut().filter(|reading| hidden.contains(&reading.commit)) {
            reading.bump = Bump::None;
            reading.rule = Some(Text::new("tool_simple_release_hidden", []));
        }
        reasons.retain(|reason| reason.commit.is_none_or(|commit| !hidden.contains(&commit)));
    }
    plan.readings.extend(readings);
    Some(Judged { read, bump, reasons })
}

/// Adds a release with its entry.
#[allow(clippy::too_many_arguments, reason = "one package's facts, each its own")]
fn print(
    facts: &Facts<'_>,
    package: &Package,
    previous: Option<Version>,
    (from, prefix): (&str, &str),
    (bump, next): (Bump, Version),
    judged: Judged<'_>,
    (preset, writer): (&Preset, Writer),
    plan: &mut Plan,
) {
    let tag = run::tag_like(from, previous.as_ref(), &next, prefix);
    let remote = run::remote(facts.files, "", facts.repository);
    let context = run::context(&remote, &next, from, &tag, facts.date);
    let markdown = run::entry(preset, &context, &judged.read, writer);
    plan.releases.push(Release {
        component: if package.path == "." { String::new() } else { package.name.clone() },
        path: package.path.clone(),
        previous: previous.filter(|_| facts.last.is_some() || !from.is_empty()),
        bump,
        next,
        tag,
        reasons: judged.reasons,
        entry: Some(Entry { markdown }),
    });
}

/// A monorepo with one version (`fixedBump`): the packages' own commits decide, the highest of their versions is
/// everybody's, and the root is released with the commits of all.
fn together(facts: &Facts<'_>, settings: &Settings, root: &Package, tag: Option<&Tag>, from: &str, plan: &mut Plan) {
    let current = root.version.clone().unwrap_or(Version::new(0, 0, 0));
    let first = tag.is_none() && is_first(settings, "");
    let mut highest: Option<(Bump, Version)> = None;
    let mut reasons: BTreeMap<Option<usize>, Reason> = BTreeMap::new();
    let mut readings: BTreeMap<usize, CommitReading> = BTreeMap::new();
    for package in Package::all(facts.files).into_iter().filter(|package| !package.private) {
        if settings.option(&package.name, "skip") == Some(&Value::Bool(true)) {
            continue;
        }
        let mut own = Plan::default();
        let (preset, parser, writer) = settings.preset(Some(package.bare()), facts.date, &mut own.notes);
        let Some(judged) = judged(facts, &package.path, tag, (&preset, &parser, writer), &mut own) else {
            plan.nothing = own.nothing;
            return;
        };
        plan.notes.extend(own.notes);
        for reading in own.readings {
            let known = readings.entry(reading.commit).or_insert_with(|| reading.clone());
            if known.bump < reading.bump {
                *known = reading;
            }
        }
        let asked = settings.option(&package.name, "as").is_some();
        let next = match settings.next(&package.name, &current, judged.bump) {
            _ if first => Some((Bump::None, current.clone())),
            _ if judged.reasons.is_empty() && !asked => None,
            Ok(next) => next,
            Err(why) => {
                plan.nothing = Some(why);
                return;
            }
        };
        let Some(next) = next else { continue };
        for reason in judged.reasons {
            reasons.entry(reason.commit).or_insert(reason);
        }
        if highest.as_ref().is_none_or(|(_, version)| *version < next.1) {
            highest = Some(next);
        }
    }
    plan.readings = readings.into_values().collect();
    let Some(highest) = highest else { return };
    let mut own = Plan::default();
    let (preset, parser, writer) = settings.preset(None, facts.date, &mut own.notes);
    let Some(mut judged) = judged(facts, ".", tag, (&preset, &parser, writer), &mut own) else { return };
    judged.reasons = reasons.into_values().collect();
    Reason::weightiest_first(&mut judged.reasons);
    print(facts, root, root.version.clone(), (from, "v"), highest, judged, (&preset, writer), plan);
    plan.notes.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_read_from_named_exports() {
        let text = "export const project = ['@simple-release/pnpm#PnpmWorkspacesProject', {\n  mode: 'independent',\n  \
            tagPrefix(scope) {\n    return `${scope}-v`\n  }\n}]\nexport const bump = { extraScopes: ['deps'] }\n";
        let settings = Settings::read(&Files::of([(".simple-release.js", text)]));
        assert_eq!(settings.mode, Some(Mode::Independent));
        assert_eq!(settings.extra_scopes, ["deps"]);
        let single = Settings::read(&Files::of([(
            ".simple-release.json",
            r#"{"project": ["@simple-release/npm#NpmProject"]}"#,
        )]));
        assert_eq!(single.mode, None);
    }

    #[track_caller]
    fn check(config: &str, packages: &[&str], tags: &[&str], commits: &[(&str, &str)], expected: &[&str]) {
        let root = r#"{"name": "root", "version": "1.2.3"}"#;
        let manifests: Vec<(String, String)> = packages
            .iter()
            .map(|name| {
                (format!("packages/{name}/package.json"), format!(r#"{{"name": "@x/{name}", "version": "1.2.3"}}"#))
            })
            .collect();
        let own = manifests.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let files = Files::of([(".simple-release.json", config), ("package.json", root)].into_iter().chain(own));
        let commits = commits.iter().map(|(message, file)| crate::history::Commit {
            message: (*message).to_owned(),
            files: Some(vec![(*file).to_owned()]),
            ..crate::history::Commit::default()
        });
        let tags = tags.iter().map(|name| Tag { name: (*name).to_owned(), sha: String::new() }).collect();
        let history = crate::history::History { commits: commits.collect(), tags, since: None, complete: true };
        let plan = crate::tool::testing::planned(plan, &files, &history, "2026-08-01", None);
        let tags: Vec<&str> = plan.releases.iter().map(|release| release.tag.as_str()).collect();
        assert_eq!(tags, expected, "{:?}", plan.nothing);
    }

    #[test]
    fn the_options_of_a_bump_are_kept() {
        let single = |bump: &str| format!(r#"{{"project": ["@simple-release/npm#NpmProject"], "bump": {bump}}}"#);
        let tag = ["v1.2.3"];
        let fix = [("fix: x", "a")];
        check(&single("{}"), &[], &tag, &fix, &["v1.2.4"]);
        check(&single("{}"), &[], &[], &fix, &["v1.2.3"]);
        check(&single(r#"{"firstRelease": false}"#), &[], &[], &fix, &["v1.2.4"]);
        check(&single(r#"{"as": "major"}"#), &[], &tag, &[("docs: x", "a")], &["v2.0.0"]);
        check(&single(r#"{"as": "premajor"}"#), &[], &tag, &fix, &[]);
        check(&single(r#"{"version": "4.5.6"}"#), &[], &tag, &fix, &["v4.5.6"]);
        check(&single(r#"{"prerelease": "rc"}"#), &[], &tag, &[("feat: x", "a")], &["v1.3.0-rc.0"]);
        check(&single(r#"{"skip": true}"#), &[], &tag, &fix, &[]);
    }

    #[test]
    fn with_one_version_the_packages_decide() {
        let fixed = r#"{"project": ["@simple-release/pnpm#PnpmWorkspacesProject", {"mode": "fixed"}]}"#;
        let tag = ["v1.2.3"];
        check(fixed, &["a", "b"], &tag, &[("feat: x", "packages/a/x"), ("fix: y", "packages/b/y")], &["v1.3.0"]);
        check(fixed, &["a", "b"], &tag, &[("feat(b): x", "packages/a/x")], &[]);
        check(fixed, &["a", "b"], &tag, &[("feat: x", "README.md")], &[]);
        check(fixed, &["a", "b"], &[], &[("feat: x", "packages/a/x")], &["v1.2.3"]);
    }
}
