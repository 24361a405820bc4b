//! cocogitto 7.0.0, read and asked (some 600 made-up repositories, with packages and without): `cog bump --auto`
//! (`src/conventional/bump.rs`, `src/conventional/commit.rs`, `src/settings/mod.rs`,
//! `src/command/bump/{standard,monorepo}.rs`) and its changelog templates (`src/conventional/changelog/template`).

use super::glob::Glob;
use super::{CommitReading, Facts, Last, Plan, Reason, Recognition, Release, Tool, strftime};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::{File, Files};
use crate::history::{Commit, Tag};
use crate::reading::cocogitto::{self as reading, Commit as Read};
use crate::text::Text;
use crate::version::TagPattern;
use semver::Version;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write;

/// cocogitto.
#[derive(Clone, Copy, Debug)]
pub struct Cocogitto;

/// Its configuration; `cog` looks for no other file.
const CONFIG: &str = "cog.toml";

impl Tool for Cocogitto {
    fn id(&self) -> &'static str {
        "cocogitto"
    }

    fn name(&self) -> &'static str {
        "Cocogitto"
    }

    fn files(&self) -> &'static [&'static str] {
        // Templates may stand anywhere; these are where they do.
        &[CONFIG, "*.tera", "*/*.tera", "*/*/*.tera"]
    }

    /// Its configuration says where its templates lie.
    fn package_globs(&self, files: &Files) -> Vec<String> {
        let settings = Settings::of(files, None).unwrap_or_default();
        let templates = [settings.template, settings.package_template].into_iter().flatten();
        let plain = |path: String| path.strip_prefix("./").unwrap_or(&path).to_owned();
        // Other words there name a template of the tool's own.
        templates.map(plain).filter(|path| path.strip_suffix(".tera").is_some()).collect()
    }

    fn recognise(&self, files: &Files) -> Option<Recognition> {
        matches!(files.get(CONFIG), Some(File::Present(_)))
            .then(|| Recognition { path: CONFIG.to_owned(), evidence: String::new() })
    }

    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::of(files, over).unwrap_or_default();
        let global = settings.latest(None, tags).map(|(tag, _)| tag);
        if settings.packages.is_empty() || settings.global_tag && !settings.package_tags {
            return global;
        }
        // Before the first common release its commits are all there are.
        if settings.global_tag && global.is_none() {
            return None;
        }
        let mut latest: Vec<&Tag> = global.filter(|_| settings.global_tag).into_iter().collect();
        let packages = settings.packages.iter().map(|package| settings.latest(Some(package), tags).map(|(tag, _)| tag));
        let packages: Vec<Option<&Tag>> = packages.collect();
        // A package that never moved had nothing to move it before the last common release; without that one its
        // commits may be anywhere.
        if latest.is_empty() && packages.iter().any(Option::is_none) {
            return None;
        }
        latest.extend(packages.into_iter().flatten());
        // The common tag is one more series.
        let version = |series: usize, tag: &str| match series.checked_sub(1) {
            None => settings.version(None, tag),
            Some(package) => settings.version(Some(settings.packages.get(package)?), tag),
        };
        let oldest = super::oldest(&latest, tags, settings.packages.len() + 1, &version);
        oldest.or(global.filter(|_| settings.global_tag))
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let settings = match Settings::of(facts.files, facts.tag_pattern) {
            Ok(settings) => settings,
            Err(nothing) => return Plan { nothing: Some(nothing), ..Plan::default() },
        };
        Planner::new(facts, &settings).plan()
    }

    fn fills_templates(&self, files: &Files) -> bool {
        let Ok(settings) = Settings::of(files, None) else { return false };
        let own = |name: &Option<String>| Template::named(name.as_deref(), false).is_none();
        own(&settings.template) || own(&settings.package_template)
    }
}

/// How a commit type counts (`CommitConfig`).
#[derive(Clone, Debug, Default)]
struct Kind {
    title: Option<String>,
    omit: Option<bool>,
    minor: Option<bool>,
    patch: Option<bool>,
    order: Option<u64>,
}

/// A package of a monorepo (`MonoRepoPackage`).
#[derive(Clone, Debug)]
struct Package {
    name: String,
    path: String,
    include: Vec<Glob>,
    ignore: Vec<Glob>,
    public_api: bool,
    order: Option<u64>,
}

/// What `cog.toml` says, as far as versions and entries depend on it.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "these are cog.toml's own switches")]
struct Settings {
    prefix: String,
    over: Option<TagPattern>,
    kinds: BTreeMap<String, Kind>,
    scopes: Option<Vec<String>>,
    ignore_merges: bool,
    ignore_fixups: bool,
    no_changelog: bool,
    packages: Vec<Package>,
    separator: String,
    global_tag: bool,
    package_tags: bool,
    resolver: Option<String>,
    template: Option<String>,
    package_template: Option<String>,
    remote: Option<(String, String, String)>,
    half_remote: bool,
    authors: Vec<(String, String)>,
}

/// The types cocogitto knows by itself, in the order of their sections (`default_commit_config`).
const KINDS: [(&str, &str); 11] = [
    ("feat", "Features"),
    ("fix", "Bug Fixes"),
    ("perf", "Performance Improvements"),
    ("revert", "Revert"),
    ("docs", "Documentation"),
    ("test", "Tests"),
    ("build", "Build system"),
    ("ci", "Continuous Integration"),
    ("refactor", "Refactoring"),
    ("chore", "Miscellaneous Chores"),
    ("style", "Style"),
];

fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    map.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn flag(map: &Map<String, Value>, key: &str, default: bool) -> bool {
    map.get(key).and_then(Value::as_bool).unwrap_or(default)
}

fn texts(map: &Map<String, Value>, key: &str) -> Option<Vec<String>> {
    let values = map.get(key)?.as_array()?;
    Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

impl Settings {
    /// # Errors
    /// Where the file is no TOML: cog stops there too.
    fn of(files: &Files, over: Option<&str>) -> Result<Self, Text> {
        let value =
            files.value(CONFIG).map_err(|error| Text::new("tool_config_malformed", [&error.path, &error.reason]))?;
        let empty = Map::new();
        let map = value.as_ref().and_then(Value::as_object).map(lowered).unwrap_or_default();
        let map = &map;
        let table = |key: &str| map.get(key).and_then(Value::as_object);
        let monorepo = table("monorepo");
        // Up to version 6 the packages stood at the top.
        let packages =
            monorepo.and_then(|table| table.get("packages")).and_then(Value::as_object).or_else(|| table("packages"));
        let mut packages: Vec<Package> = packages.into_iter().flatten().filter_map(Package::of).collect();
        packages.sort_by_key(|package| package.order);
        let changelog = table("changelog").unwrap_or(&empty);
        let author = |author: &Value| {
            Some((author.get("signature")?.as_str()?.to_owned(), author.get("username")?.as_str()?.to_owned()))
        };
        Ok(Self {
            prefix: text(map, "tag_prefix").unwrap_or_default(),
            over: over.and_then(|over| TagPattern::parse(over, "{version}")),
            kinds: kinds(table("commit_types").unwrap_or(&empty)),
            scopes: texts(map, "scopes"),
            ignore_merges: flag(map, "ignore_merge_commits", false),
            ignore_fixups: flag(map, "ignore_fixup_commits", false),
            no_changelog: flag(map, "disable_changelog", false),
            packages,
            separator: text(map, "monorepo_version_separator").unwrap_or_else(|| "-".to_owned()),
            global_tag: flag(map, "generate_mono_repository_global_tag", true),
            package_tags: flag(map, "generate_mono_repository_package_tags", true),
            resolver: monorepo.and_then(|table| text(table, "resolver")),
            template: text(changelog, "template"),
            package_template: text(changelog, "package_template"),
            remote: text(changelog, "remote")
                .zip(text(changelog, "owner"))
                .zip(text(changelog, "repository"))
                .map(|((remote, owner), name)| (remote, owner, name)),
            half_remote: ["remote", "owner", "repository"].iter().filter(|key| changelog.contains_key(**key)).count()
                % 3
                != 0,
            authors: changelog
                .get("authors")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(author)
                .collect(),
        })
    }

    /// What comes before the version in a tag.
    fn tag_start(&self, package: Option<&Package>) -> String {
        package
            .map_or_else(|| self.prefix.clone(), |package| format!("{}{}{}", package.name, self.separator, self.prefix))
    }

    fn tag(&self, package: Option<&Package>, version: &Version) -> String {
        match (&self.over, package) {
            (Some(over), None) => over.tag(version),
            _ => format!("{}{version}", self.tag_start(package)),
        }
    }

    /// The version in a tag (`Tag::from_str`): the prefix may be missing from it.
    fn version(&self, package: Option<&Package>, tag: &str) -> Option<Version> {
        if let (Some(over), None) = (&self.over, package) {
            return over.version(tag);
        }
        let rest = match package {
            Some(package) => tag.strip_prefix(package.name.as_str())?.strip_prefix(self.separator.as_str())?,
            None => tag,
        };
        Version::parse(rest.strip_prefix(self.prefix.as_str()).unwrap_or(rest)).ok()
    }

    /// The tag of the highest version that is no pre-release.
    fn latest<'a>(&self, package: Option<&Package>, tags: &'a [Tag]) -> Option<(&'a Tag, Version)> {
        let versions = tags.iter().filter_map(|tag| Some((tag, self.version(package, &tag.name)?)));
        versions.filter(|(_, version)| version.pre.is_empty()).max_by(|(_, a), (_, b)| a.cmp(b))
    }

    /// The tags of a package, of pre-releases too, by their commits: cog starts a new section of its changelog at each.
    fn tagged<'a>(&self, package: Option<&Package>, tags: &'a [Tag]) -> BTreeMap<&'a str, (&'a str, Version)> {
        let mut tagged: BTreeMap<&str, (&str, Version)> = BTreeMap::new();
        for tag in tags.iter().filter(|tag| !tag.sha.is_empty()) {
            let Some(version) = self.version(package, &tag.name) else { continue };
            // Of two on a commit the last by name.
            if tagged.get(tag.sha.as_str()).is_none_or(|(name, _)| *name < tag.name.as_str()) {
                tagged.insert(&tag.sha, (&tag.name, version));
            }
        }
        tagged
    }

    /// The highest pre-release; the next version is never below it.
    fn pre_release(&self, package: Option<&Package>, tags: &[Tag]) -> Option<Version> {
        tags.iter().filter_map(|tag| self.version(package, &tag.name)).filter(|version| !version.pre.is_empty()).max()
    }

    fn username(&self, signature: &str) -> Option<&str> {
        self.authors.iter().find(|(known, _)| known == signature).map(|(_, username)| username.as_str())
    }
}

/// A table with all keys in lower case, as the library has them that reads cocogitto's configuration (`config` 0.14). Tables
/// in lists stay as they are.
fn lowered(map: &Map<String, Value>) -> Map<String, Value> {
    let value = |value: &Value| value.as_object().map_or_else(|| value.clone(), |map| Value::Object(lowered(map)));
    map.iter().map(|(key, told)| (key.to_lowercase(), value(told))).collect()
}

/// The types that may be used: cocogitto's own, changed and completed by `[commit_types]`. `{}` takes one away.
fn kinds(custom: &Map<String, Value>) -> BTreeMap<String, Kind> {
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    for (order, (kind, title)) in (1..).zip(KINDS) {
        let own = Kind {
            title: Some(title.to_owned()),
            omit: Some(false),
            minor: Some(kind == "feat"),
            patch: Some(kind == "fix"),
            order: Some(order),
        };
        kinds.insert(kind.to_owned(), own);
    }
    for (name, value) in custom {
        let Some(map) = value.as_object() else { continue };
        let name = name.to_ascii_lowercase();
        let own = kinds.remove(&name).unwrap_or_default();
        let switch = |key: &str| map.get(key).and_then(Value::as_bool);
        let given = Kind {
            title: text(map, "changelog_title"),
            omit: switch("omit_from_changelog"),
            minor: switch("bump_minor"),
            patch: switch("bump_patch"),
            order: map.get("order").and_then(Value::as_u64),
        };
        if given.title.is_none() && given.omit.is_none() && given.minor.is_none() && given.patch.is_none() {
            continue;
        }
        let merged = Kind {
            title: given.title.or(own.title),
            omit: given.omit.or(own.omit),
            minor: given.minor.or(own.minor),
            patch: given.patch.or(own.patch),
            order: given.order.or(own.order),
        };
        kinds.insert(name, merged);
    }
    kinds
}

impl Package {
    fn of((name, value): (&String, &Value)) -> Option<Self> {
        let map = value.as_object()?;
        let path = text(map, "path").unwrap_or_default();
        let globs = |key: &str| -> Vec<Glob> {
            texts(map, key).unwrap_or_default().iter().map(|pattern| Glob::new(pattern)).collect()
        };
        let mut include = vec![Glob::new(&format!("{path}/**"))];
        include.extend(globs("include"));
        Some(Self {
            name: name.clone(),
            include,
            ignore: globs("ignore"),
            public_api: flag(map, "public_api", true),
            order: map.get("bump_order").and_then(Value::as_u64),
            path,
        })
    }

    /// Whether a changed path is this package's (`PackagePathFilter`).
    fn holds(&self, path: &str) -> bool {
        self.include.iter().any(|glob| glob.matches(path)) && !self.ignore.iter().any(|glob| glob.matches(path))
    }

    /// Whether a path lies in its folder, whatever is included or ignored.
    fn is_around(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.path.trim_end_matches('/'));
        self.path.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What a commit comes to.
struct Judged<'a> {
    at: usize,
    commit: &'a Commit,
    read: Option<Read<'a>>,
    refused: Option<Text>,
}

struct Planner<'a> {
    facts: &'a Facts<'a>,
    settings: &'a Settings,
    commits: Vec<Judged<'a>>,
    notes: Vec<Text>,
    /// Whether cog ends with an error while it writes the changelog, before it tags anything.
    fails: bool,
}

impl<'a> Planner<'a> {
    fn new(facts: &'a Facts<'a>, settings: &'a Settings) -> Self {
        let commits =
            facts.history.commits.iter().enumerate().map(|(at, commit)| judge(settings, at, commit)).collect();
        Self { facts, settings, commits, notes: Vec::new(), fails: false }
    }

    fn plan(mut self) -> Plan {
        let mut releases = if self.settings.packages.is_empty() { self.standard() } else { self.monorepo() };
        // One reading stands for all packages: the version decides only where a breaking change meets 0.x.
        let known = self.facts.last.and_then(|last| last.version.clone());
        let latest = || self.settings.latest(None, &self.facts.history.tags).map(|(_, version)| version);
        let from = known.or_else(latest).unwrap_or(Version::new(0, 0, 0));
        let readings = self.commits.iter().map(|judged| self.reading(judged, &from)).collect();
        if self.fails {
            releases.clear();
        }
        let why = if self.fails { "tool_cocogitto_remote" } else { "tool_cocogitto_nothing" };
        let nothing = releases.is_empty().then(|| Text::new(why, []));
        Plan { releases, notes: self.notes, nothing, readings }
    }

    fn reading(&self, judged: &Judged<'_>, from: &Version) -> CommitReading {
        match &judged.read {
            Some(read) => {
                let (bump, rule) = self.bump(read, from);
                CommitReading { commit: judged.at, bump, rule: Some(rule) }
            }
            None => CommitReading { commit: judged.at, bump: Bump::None, rule: judged.refused.clone() },
        }
    }

    /// How far one commit moves a version (`version_increment_from_commit_history`), and why.
    fn bump(&self, read: &Read<'_>, from: &Version) -> (Bump, Text) {
        let kind = self.settings.kinds.get(read.kind.as_ref());
        let says = |switch: Option<Option<bool>>| switch.flatten().unwrap_or_default();
        // Up to 1.0.3, before 1.1.0 of 2020-10-26, what breaks was major below 1.0.0 as well.
        let first = !self.facts.date.is_empty() && self.facts.date < "2020-10-26";
        if read.breaking && (from.major != 0 || first) {
            return (Bump::Major, Text::new("tool_cocogitto_breaking", []));
        }
        if says(kind.map(|kind| kind.minor)) {
            return (Bump::Minor, Text::new("tool_cocogitto_minor", [&read.kind]));
        }
        if says(kind.map(|kind| kind.patch)) {
            return (Bump::Patch, Text::new("tool_cocogitto_patch", [&read.kind]));
        }
        if read.breaking {
            return (Bump::None, Text::new("tool_cocogitto_breaking_zero", [&read.kind]));
        }
        (Bump::None, Text::new("tool_cocogitto_none", [&read.kind]))
    }

    /// The version before and where its commits begin.
    fn previous(&self, package: Option<&Package>) -> (Option<Version>, String, usize) {
        let history = self.facts.history;
        if let Some(last) = self.facts.last.filter(|last| concerns(last, package)) {
            return (last.version.clone(), last.tag.clone(), 0);
        }
        match self.settings.latest(package, &history.tags) {
            Some((tag, version)) => (Some(version), tag.name.clone(), history.commits.len() - history.after(tag).len()),
            None => (None, String::new(), 0),
        }
    }

    /// Whether the history holds everything since the package's last release.
    fn covers(&self, package: Option<&Package>) -> bool {
        let history = self.facts.history;
        if self.facts.last.is_some_and(|last| concerns(last, package)) {
            return true;
        }
        let since = history.since.as_deref();
        match self.settings.latest(package, &history.tags) {
            None => self.root().is_some(),
            Some((tag, _)) => {
                let stands = |known: &Tag| since == Some(known.name.as_str()) && known.sha == tag.sha;
                tag.sha.is_empty()
                    || since.is_none() && history.complete
                    || history.tags.iter().any(stands)
                    || history.commits.iter().any(|commit| commit.sha == tag.sha)
            }
        }
    }

    /// The repository's first commit, where the history reaches back to it.
    fn root(&self) -> Option<&'a str> {
        let history = self.facts.history;
        let reaches = match self.facts.last {
            Some(last) => last.tag.is_empty(),
            None => history.since.is_none() && history.complete,
        };
        history.commits.first().filter(|_| reaches).map(|commit| commit.sha.as_str())
    }

    /// The next version of these commits (`Tag::bump`, `BumpOptions::get_new_version`); `None` where nothing moves.
    /// `at_least` is how far the packages move.
    ///
    /// # Errors
    /// Where there is no conventional commit at all and no package moves: cog stops there.
    fn release(
        &self,
        package: Option<&Package>,
        wanted: &dyn Fn(&Judged<'_>) -> bool,
        at_least: Bump,
    ) -> Result<Option<Release>, NoCommits> {
        let (previous, _, start) = self.previous(package);
        let from = previous.clone().unwrap_or(Version::new(0, 0, 0));
        let mut reasons: Vec<Reason> = Vec::new();
        let mut any = at_least > Bump::None;
        for judged in self.commits.iter().filter(|judged| judged.at >= start && wanted(judged)) {
            let Some(read) = &judged.read else { continue };
            // By its number of parents here; the changelog goes by the message.
            if self.settings.ignore_merges && judged.commit.parents > 1 {
                continue;
            }
            any = true;
            let (bump, rule) = self.bump(read, &from);
            if bump > Bump::None {
                reasons.push(Reason { commit: Some(judged.at), bump, rule });
            }
        }
        if !any {
            return Err(NoCommits);
        }
        if at_least > Bump::None {
            reasons.push(Reason {
                commit: None,
                bump: at_least,
                rule: Text::new("tool_cocogitto_packages", [at_least.name()]),
            });
        }
        Reason::weightiest_first(&mut reasons);
        let up = |part: u64| part.checked_add(1).ok_or(NoCommits);
        let mut next = match reasons.first().map_or(Bump::None, |reason| reason.bump) {
            Bump::Major => Version::new(up(from.major)?, 0, 0),
            Bump::Minor => Version::new(from.major, up(from.minor)?, 0),
            Bump::Patch => Version::new(from.major, from.minor, up(from.patch)?),
            Bump::None => Version::new(from.major, from.minor, from.patch),
        };
        if self.facts.last.is_none()
            && let Some(pre) =
                self.settings.pre_release(package, &self.facts.history.tags).filter(|pre| *pre > from && *pre > next)
        {
            next = Version::new(pre.major, pre.minor, pre.patch);
            reasons.insert(
                0,
                Reason {
                    commit: None,
                    bump: step(&from, &next),
                    rule: Text::new("tool_cocogitto_pre_release", [&pre.to_string()]),
                },
            );
        }
        let bump = step(&from, &next);
        // Only the version that all packages share is made even where nothing moves it: the very first.
        let first = package.is_none() && previous.is_none() && !self.settings.packages.is_empty();
        if bump == Bump::None && !first {
            return Ok(None);
        }
        Ok(Some(Release {
            component: package.map(|package| package.name.clone()).unwrap_or_default(),
            path: package.map_or_else(|| ".".to_owned(), |package| package.path.clone()),
            tag: self.settings.tag(package, &next),
            previous,
            bump,
            next,
            reasons,
            entry: None,
        }))
    }

    fn standard(&mut self) -> Vec<Release> {
        let Ok(Some(mut release)) = self.release(None, &|_| true, Bump::None) else { return Vec::new() };
        release.entry = self.entry(&release, None, &|_| true, &[]);
        vec![release]
    }

    fn monorepo(&mut self) -> Vec<Release> {
        let packages = self.settings.packages.clone();
        if self.commits.iter().any(|judged| judged.commit.files.is_none()) {
            self.notes.push(Text::new("tool_paths_unknown", []));
        }
        if let Some(resolver) = &self.settings.resolver {
            self.notes.push(Text::new("tool_cocogitto_resolver", [resolver]));
        }
        let mut releases = Vec::new();
        // Those of which something is missing: of a release's entry, and of what might have been one.
        let (mut missing, mut unseen) = (Vec::new(), Vec::new());
        for package in &packages {
            // A commit of which no paths are known may concern every package; a note says so.
            let touches = |judged: &Judged<'_>| {
                judged.commit.files.as_ref().is_none_or(|files| files.iter().any(|path| package.holds(path)))
            };
            let covered = self.covers(Some(package));
            if !covered && !self.settings.package_tags {
                // Without tags its version comes from the whole history, every time.
                missing.push(package.name.as_str());
                continue;
            }
            let Ok(Some(mut release)) = self.release(Some(package), &touches, Bump::None) else {
                unseen.extend((!covered).then_some(package.name.as_str()));
                continue;
            };
            if !covered {
                missing.push(package.name.as_str());
            }
            release.entry = self.entry(&release, Some(package), &touches, &[]);
            releases.push((release, package.public_api));
        }
        if !missing.is_empty() {
            self.notes.push(Text::new("tool_cocogitto_range", [&missing.join(", ")]));
        }
        if !unseen.is_empty() {
            self.notes.push(Text::new("tool_cocogitto_unseen", [&unseen.join(", ")]));
        }
        let asked = self.facts.last.map(|last| &last.component).filter(|component| !component.is_empty());
        // Without a package that moves, cog says so and stops, whatever else was committed. Packages without tags that
        // moved once move every time.
        let moves = !releases.is_empty()
            || !missing.is_empty() && self.settings.latest(None, &self.facts.history.tags).is_some();
        if self.settings.global_tag && asked.is_none() && moves {
            let at_least = if self.settings.package_tags {
                releases.iter().filter(|(_, public)| *public).map(|(release, _)| release.bump).max().unwrap_or_default()
            } else {
                Bump::None
            };
            let outside = |judged: &Judged<'_>| {
                let files = judged.commit.files.as_ref();
                files.is_none_or(|files| {
                    files.iter().any(|path| !packages.iter().any(|package| package.is_around(path)))
                })
            };
            // Where packages have no tags of their own, all commits count for the global one (`IncrementCommand::Auto`).
            let counts = |judged: &Judged<'_>| !self.settings.package_tags || outside(judged);
            match self.release(None, &counts, at_least) {
                Ok(Some(mut global)) => {
                    let moved: Vec<Release> = releases.iter().map(|(release, _)| release.clone()).collect();
                    if missing.is_empty() || self.settings.package_tags {
                        global.entry = self.entry(&global, None, &outside, &moved);
                    }
                    releases.insert(0, (global, true));
                }
                Ok(None) => {}
                // It stops before anything is tagged.
                Err(NoCommits) => releases.clear(),
            }
        }
        releases.into_iter().map(|(release, _)| release).collect()
    }

    /// The commits of a section, the newest first (`Release::try_from`).
    fn lines<'b>(&'b self, section: &[&'b Judged<'a>]) -> Vec<Line<'b>> {
        let of = |judged: &&'b Judged<'a>| -> Option<Line<'b>> {
            if !self.shows(judged) {
                return None;
            }
            let read = judged.read.as_ref()?;
            let kind = self.settings.kinds.get(read.kind.as_ref())?;
            let co_author = |footer: &reading::Footer<'_>| {
                let user = footer.content.split('<').next().unwrap_or_default().trim().to_owned();
                footer.token.eq_ignore_ascii_case("co-authored-by").then(|| {
                    let username = self.settings.username(&user).map(str::to_owned);
                    (user, username)
                })
            };
            Some(Line {
                title: kind.title.clone().unwrap_or_default(),
                order: kind.order.unwrap_or_default(),
                scope: read.scope.map(str::to_owned),
                summary: read.summary.to_owned(),
                breaking: read.breaking,
                sha: &judged.commit.sha,
                signature: &judged.commit.author,
                username: self.settings.username(&judged.commit.author),
                co_authors: read.footers.iter().filter_map(co_author).collect(),
            })
        };
        section.iter().rev().filter_map(of).collect()
    }

    fn entry(
        &mut self,
        release: &Release,
        package: Option<&Package>,
        wanted: &dyn Fn(&Judged<'_>) -> bool,
        moved: &[Release],
    ) -> Option<Entry> {
        if self.settings.no_changelog {
            return None;
        }
        if self.settings.half_remote {
            self.fails = true;
            return None;
        }
        let monorepo = package.is_none() && !self.settings.packages.is_empty();
        let named = if package.is_some() { &self.settings.package_template } else { &self.settings.template };
        let Some(template) = Template::named(named.as_deref(), monorepo) else {
            let path = named.clone().unwrap_or_default();
            if self.facts.files.text(path.trim_start_matches("./")).is_some() {
                return self.filled(path.trim_start_matches("./"), release, package, wanted, moved);
            }
            self.notes.push(Text::new("tool_cocogitto_template", [named.as_deref().unwrap_or_default()]));
            return None;
        };
        if template.form == Form::Remote && self.settings.remote.is_none() {
            self.fails = true;
            return None;
        }
        let style = Style::on(self.facts.date);
        let mut written = Vec::new();
        for section in self.sections(release, package, wanted, style).iter().rev() {
            let writer = Writer {
                settings: self.settings,
                template,
                style,
                date: section.at.get(..10).unwrap_or(&section.at),
                previous: &|package| {
                    let tag = self.previous(package).1;
                    let first = self.root().unwrap_or_default();
                    if tag.is_empty() { (first.to_owned(), false) } else { (tag, true) }
                },
            };
            written.push(writer.write(&section.tag, section.from.text(), self.lines(&section.commits), moved));
        }
        Some(Entry { markdown: written.join("\n") })
    }

    /// The sections of an entry, the oldest first (`Release::try_from`): cog starts a new one at each tag.
    fn sections<'b>(
        &'b self,
        release: &Release,
        package: Option<&Package>,
        wanted: &dyn Fn(&Judged<'_>) -> bool,
        style: Style,
    ) -> Vec<Section<'a, 'b>> {
        let (version, before, start) = self.previous(package);
        let tagged = self.settings.tagged(package, &self.facts.history.tags);
        let tag_of = |judged: &Judged<'_>| {
            let (_, version) = tagged.get(judged.commit.sha.as_str())?;
            Some(From::Tag(self.settings.tag(package, version), judged.commit.sha.clone()))
        };
        let mut parts: Vec<Vec<&'b Judged<'a>>> = Vec::new();
        let mut last: Vec<&'b Judged<'a>> = Vec::new();
        for judged in self.commits.iter().filter(|judged| judged.at >= start && wanted(judged)) {
            if last.last().is_some_and(|last| tag_of(last).is_some()) {
                parts.push(std::mem::take(&mut last));
            }
            last.push(judged);
        }
        let older = parts.len();
        parts.push(last);
        let mut sections: Vec<Section<'a, 'b>> = Vec::new();
        for (number, commits) in parts.into_iter().enumerate() {
            let own = commits.last().and_then(|judged| tag_of(judged)).filter(|_| number < older);
            let from = match (sections.last(), commits.first()) {
                (Some(before), _) => From::Tag(before.tag.clone(), before.sha.clone().unwrap_or_default()),
                (None, _) if style.from_tag && !before.is_empty() => From::Tag(before.clone(), String::new()),
                (None, Some(oldest)) => tag_of(oldest).unwrap_or_else(|| From::Commit(oldest.commit.sha.clone())),
                // No commit lies outside the packages.
                (None, None) => {
                    let zero = Version::new(0, 0, 0);
                    From::Tag(self.settings.tag(package, version.as_ref().unwrap_or(&zero)), String::new())
                }
            };
            // Since 7.0 a release bears the day of its newest commit (`Release::try_from`), before of the day it is made.
            let made = || format!("{}T00:00:00", self.facts.date);
            let at = match commits.last().filter(|_| style.ordered) {
                Some(judged) => instant(&judged.commit.date).unwrap_or_else(made),
                None if style.ordered => "1970-01-01T00:00:00".to_owned(),
                None => made(),
            };
            let (tag, sha) = match own {
                Some(From::Tag(tag, sha)) => (tag, Some(sha)),
                _ => (release.tag.clone(), None),
            };
            sections.push(Section { tag, sha, from, at, commits });
        }
        sections
    }
}

/// Where a section begins (`OidOf`).
enum From {
    /// A tag, and its commit where that is known.
    Tag(String, String),
    Commit(String),
}

impl From {
    fn text(&self) -> &str {
        match self {
            Self::Tag(text, _) | Self::Commit(text) => text,
        }
    }
}

/// A part of an entry: the commits up to a tag.
struct Section<'a, 'b> {
    tag: String,
    /// The tag's commit; `None` for the release to come.
    sha: Option<String>,
    from: From,
    /// When: `YYYY-MM-DDTHH:MM:SS` in UTC.
    at: String,
    /// The oldest first.
    commits: Vec<&'b Judged<'a>>,
}

/// An instant in UTC, without its zone.
fn instant(date: &str) -> Option<String> {
    strftime::instant(date).and_then(|at| strftime::format(at, "%Y-%m-%dT%H:%M:%S"))
}

/// Where no conventional commit lies in a range (`BumpError::NoCommitFound`).
struct NoCommits;

/// How far a version lies above another (`Tag::get_increment_from`).
fn step(from: &Version, next: &Version) -> Bump {
    if next.major > from.major {
        Bump::Major
    } else if next.minor > from.minor {
        Bump::Minor
    } else if next.patch > from.patch {
        Bump::Patch
    } else {
        Bump::None
    }
}

/// What cocogitto's templates import as `macros`: how each of its three forms writes a commit.
#[cfg(feature = "templates")]
const MACROS: &str = concat!(
    "{% macro simple(commit) %}- {% if commit.breaking_change %}<span style=\"background-color: #d73a49; color: white; ",
    "padding: 2px 6px; border-radius: 3px; font-weight: bold; font-size: 0.85em;\">BREAKING</span>{% endif %}",
    "{% if commit.scope %}(**{{ commit.scope }}**) {% endif %}{{ commit.summary }} - ",
    "({{ commit.id | truncate(length=7, end='') }}) - ",
    "{% if commit.author %}*{{ commit.author }}*{% else %}{{ commit.signature }}{% endif %}",
    "{% for footer in commit.footers %}{% if footer.github_co_authored_by %}{% set by = footer.github_co_authored_by %}",
    ", *{% if by.username %}{{ by.username }}{% else %}{{ by.user }}{% endif %}*{% endif %}{% endfor %}{% endmacro %}",
    "{% macro remote(commit) %}- {% if commit.breaking_change %}![BREAKING](https://img.shields.io/badge/BREAKING-red) {% endif %}",
    "{% if commit.scope %}(**{{ commit.scope }}**) {% endif %}{{ commit.summary }} - ",
    "([{{ commit.id | truncate(length=7, end='') }}]({{ repository_url }}/commit/{{ commit.id }})) - ",
    "{% if commit.author %}[@{{ commit.author }}]({{ platform }}/{{ commit.author }}){% else %}{{ commit.signature }}{% endif %}",
    "{% for footer in commit.footers %}{% if footer.github_co_authored_by %}{% set by = footer.github_co_authored_by %}",
    ", {% if by.username %}[@{{ by.username }}]({{ platform }}/{{ by.username }}){% else %}{{ by.user }}{% endif %}",
    "{% endif %}{% endfor %}{% endmacro %}",
    "{% macro fullhash(commit) %}- {% if commit.breaking_change %}![BREAKING](https://img.shields.io/badge/BREAKING-red) {% endif %}",
    "{{ commit.id }} - {% if commit.scope %}(**{{ commit.scope }}**) {% endif %}{{ commit.summary }} - ",
    "{% if commit.author %}@{{ commit.author }}{% else %}{{ commit.signature }}{% endif %}",
    "{% for footer in commit.footers %}{% if footer.github_co_authored_by %}{% set by = footer.github_co_authored_by %}",
    ", {% if by.username %}@{{ by.username }}{% else %}{{ by.user }}{% endif %}{% endif %}{% endfor %}{% endmacro %}",
);

impl Planner<'_> {
    /// The entry by a template of the repository (`src/conventional/changelog/{template,context,serde}.rs`).
    #[cfg(feature = "templates")]
    fn filled(
        &mut self,
        path: &str,
        release: &Release,
        package: Option<&Package>,
        wanted: &dyn Fn(&Judged<'_>) -> bool,
        moved: &[Release],
    ) -> Option<Entry> {
        use super::cliff::{self, NO_HASH, unknown};
        use serde_json::json;
        let source = self.facts.files.text(path)?;
        let hash = |sha: &str| if sha.is_empty() { NO_HASH.to_owned() } else { sha.to_owned() };
        let footer = |footer: &reading::Footer<'_>, message: &str| {
            let (token, content) = (footer.token, footer.content);
            // Both are parts of the message: the separator stands between.
            let place = |part: &str| part.as_ptr().addr().checked_sub(message.as_ptr().addr());
            let between = place(token)
                .zip(place(content))
                .and_then(|(token_at, content_at)| message.get(token_at + token.len()..content_at));
            let by_hash = between.is_some_and(|between| between.starts_with(" #"));
            match token.to_lowercase().as_str() {
                "co-authored-by" if !by_hash => {
                    let user = content.split('<').next().unwrap_or_default().trim();
                    json!({"github_co_authored_by": {"user": user, "username": self.settings.username(user)}})
                }
                "close" | "closes" | "closed" | "fix" | "fixes" | "fixed" | "resolve" | "resolves" | "resolved"
                    if by_hash =>
                {
                    json!({"github_closes": {"gh_reference": content}})
                }
                _ => json!({"footer": {"token": token, "content": content}}),
            }
        };
        let told = |judged: &&Judged<'_>| {
            let read = judged.read.as_ref()?;
            let kind = self.settings.kinds.get(read.kind.as_ref())?;
            Some(json!({
                "id": hash(&judged.commit.sha), "author": self.settings.username(&judged.commit.author),
                "signature": judged.commit.author, "type": kind.title, "type_order": kind.order.unwrap_or_default(),
                "date": instant(&judged.commit.date).map_or_else(|| unknown("commit.date"), Value::from),
                "scope": read.scope, "summary": read.summary, "body": read.body, "breaking_change": read.breaking,
                "footers": read.footers.iter().map(|told| footer(told, &judged.commit.message)).collect::<Vec<_>>(),
            }))
        };
        let named = |from: &From| match from {
            From::Tag(tag, sha) if sha.is_empty() => json!({"tag": tag}),
            From::Tag(tag, sha) => json!({"tag": tag, "id": sha}),
            From::Commit(sha) => json!({"id": hash(sha)}),
        };
        // The older ones hang on the newer ones.
        let mut releases: Vec<Map<String, Value>> = Vec::new();
        for section in self.sections(release, package, wanted, Style::on(self.facts.date)) {
            let commits = section.commits.iter().rev().filter(|judged| self.shows(judged)).filter_map(told);
            let own = From::Tag(section.tag.clone(), section.sha.clone().unwrap_or_default());
            // Each holds all before it, so this is for templates that ask, and for so many only.
            let previous = match releases.last().filter(|_| source.contains("previous")) {
                None => Value::Null,
                Some(_) if releases.len() >= 20 => unknown("previous"),
                Some(before) => Value::Object(before.clone()),
            };
            let context = json!({
                "version": named(&own), "from": named(&section.from), "date": section.at,
                "commits": commits.collect::<Vec<_>>(), "previous": previous,
            });
            releases.extend(context.as_object().cloned());
        }
        let mut context = Map::new();
        if let Some((remote, owner, name)) = &self.settings.remote {
            context.insert("platform".to_owned(), json!(format!("https://{remote}")));
            context.insert("owner".to_owned(), json!(owner));
            context.insert("repository_url".to_owned(), json!(format!("https://{remote}/{owner}/{name}")));
        }
        match package {
            Some(package) => {
                context.insert("package_name".to_owned(), json!(package.name));
            }
            None if !self.settings.packages.is_empty() => {
                let packages = moved.iter().map(|moved| {
                    let package = self.settings.packages.iter().find(|package| package.name == moved.component);
                    let tag = self.previous(package).1;
                    let from = match self.root() {
                        _ if !tag.is_empty() => json!({"tag": tag}),
                        Some(first) => json!({"id": first}),
                        None => json!({"id": unknown("package.from.id")}),
                    };
                    json!({"package_name": moved.component, "package_path": moved.path, "version": {"tag": moved.tag}, "from": from})
                });
                context.insert("packages".to_owned(), packages.collect());
                context.insert("package_lock".to_owned(), json!(false));
            }
            None => {}
        }
        let mut written = Vec::new();
        for release in releases.into_iter().rev() {
            let mut context = context.clone();
            context.extend(release);
            let text = super::template::Template::beside(&[("macros", MACROS)], source, false, self.facts.date)
                .and_then(|template| template.render(Value::Object(context)));
            let whole = text.as_ref().map(|filled| filled.text.clone()).unwrap_or_default();
            cliff::entry(text, &[], &mut self.notes)?;
            // What separates it from the version before in the file.
            written.push(format!("{whole}\n- - -\n"));
        }
        Some(Entry { markdown: written.join("\n") })
    }

    #[cfg(not(feature = "templates"))]
    fn filled(
        &mut self,
        path: &str,
        _release: &Release,
        _package: Option<&Package>,
        _wanted: &dyn Fn(&Judged<'_>) -> bool,
        _moved: &[Release],
    ) -> Option<Entry> {
        // The third module takes over (`Tool::fills_templates`).
        self.notes.push(Text::new("tool_cocogitto_template", [path]));
        None
    }

    /// Whether an entry shows a commit that cocogitto takes (`Release::try_from`).
    fn shows(&self, judged: &Judged<'_>) -> bool {
        let message = judged.commit.message.as_str();
        let fixup = ["fixup!", "squash!", "amend!"].iter().any(|mark| message.starts_with(mark));
        if self.settings.ignore_merges && message.starts_with("Merge") || self.settings.ignore_fixups && fixup {
            return false;
        }
        let kind = judged.read.as_ref().and_then(|read| Some((read, self.settings.kinds.get(read.kind.as_ref())?)));
        kind.is_some_and(|(read, kind)| !kind.omit.unwrap_or_default() || read.breaking)
    }
}

fn concerns(last: &Last, package: Option<&Package>) -> bool {
    match package {
        None => last.component.is_empty(),
        Some(package) => last.component == package.name || !last.component.is_empty() && last.path == package.path,
    }
}

/// Whether cocogitto takes a commit (`Commit::from_git_commit`): it reads it, knows its type and allows its scope.
fn judge<'a>(settings: &Settings, at: usize, commit: &'a Commit) -> Judged<'a> {
    let refuse = |refused| Judged { at, commit, read: None, refused: Some(refused) };
    let read = match reading::read(commit.message.trim()) {
        Ok(read) => read,
        Err(error) => return refuse(Text::new("tool_cocogitto_refused", [&error.to_string()])),
    };
    if let (Some(scopes), Some(scope)) = (&settings.scopes, read.scope)
        && !scopes.iter().any(|known| known == scope)
    {
        return refuse(Text::new("tool_cocogitto_scope", [scope]));
    }
    if !settings.kinds.contains_key(read.kind.as_ref()) {
        return refuse(Text::new("tool_cocogitto_type", [&read.kind]));
    }
    Judged { at, commit, read: Some(read), refused: None }
}

/// A commit of an entry.
struct Line<'a> {
    title: String,
    order: u64,
    scope: Option<String>,
    summary: String,
    breaking: bool,
    sha: &'a str,
    signature: &'a str,
    username: Option<&'a str>,
    co_authors: Vec<(String, Option<String>)>,
}

/// How a template writes a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Simple,
    Remote,
    FullHash,
}

/// One of the templates cocogitto brings.
#[derive(Clone, Copy, Debug)]
struct Template {
    form: Form,
    /// The heading above the commits, in a list of packages that moved.
    packages: Option<&'static str>,
}

impl Template {
    /// The template of that name; `None` for a file.
    fn named(name: Option<&str>, monorepo: bool) -> Option<Self> {
        const GLOBAL: Option<&str> = Some("### Global changes\n");
        const ALL: Option<&str> = Some("### All changes\n");
        let around = if monorepo { GLOBAL } else { None };
        let (form, packages) = match name {
            None => (Form::Simple, around),
            // The one short name that is not turned into the monorepo's.
            Some("default" | "package_default") => (Form::Simple, None),
            Some("remote") => (Form::Remote, around),
            Some("full_hash") => (Form::FullHash, around),
            Some("package_remote") => (Form::Remote, None),
            Some("package_full_hash") => (Form::FullHash, None),
            Some("monorepo_default") => (Form::Simple, GLOBAL),
            Some("monorepo_remote") => (Form::Remote, GLOBAL),
            Some("monorepo_full_hash") => (Form::FullHash, GLOBAL),
            Some("unified_default") => (Form::Simple, ALL),
            Some("unified_remote") => (Form::Remote, ALL),
            Some("unified_full_hash") => (Form::FullHash, ALL),
            Some(_) => return None,
        };
        Some(Self { form, packages })
    }
}

/// What changed in the templates over the versions, by the day of the release: nothing in a repository tells the version
/// that CI installs.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for a version of cocogitto")]
struct Style {
    /// Up to 6.2 a release is compared with the tag before, since 6.3 (2025-03-19) with the oldest of its commits.
    from_tag: bool,
    /// Since 6.4 (2025-10-18) breaking changes bear a badge.
    badge: bool,
    /// Since 5.5 (2023-08-17) an empty line comes before the line that separates versions.
    apart: bool,
    /// Since 7.0 (2026-03-04) sections follow the types' order, and scopes stand in parentheses.
    ordered: bool,
}

impl Style {
    fn on(date: &str) -> Self {
        Self {
            from_tag: date < "2025-03-20",
            badge: date >= "2025-10-18",
            apart: date >= "2023-08-17",
            ordered: date >= "2026-03-04",
        }
    }
}

/// Writes into a string, which cannot fail.
fn say(out: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(what);
}

struct Writer<'a> {
    settings: &'a Settings,
    template: Template,
    style: Style,
    date: &'a str,
    /// The tag before, or the first commit's hash, and which of the two it is.
    previous: &'a dyn Fn(Option<&Package>) -> (String, bool),
}

impl Writer<'_> {
    fn url(&self) -> String {
        let remote = self.settings.remote.as_ref();
        remote.map(|(remote, owner, name)| format!("https://{remote}/{owner}/{name}")).unwrap_or_default()
    }

    fn short(sha: &str) -> &str {
        sha.get(..7).unwrap_or(sha)
    }

    fn write(&self, tag: &str, from: &str, lines: Vec<Line<'_>>, moved: &[Release]) -> String {
        let mut out = String::new();
        match self.template.form {
            Form::Simple => say(&mut out, format_args!("## {tag} - {}\n", self.date)),
            Form::Remote => {
                say(&mut out, format_args!("## [{tag}]({}/compare/{from}..{tag}) - {}\n", self.url(), self.date));
            }
            Form::FullHash => {}
        }
        if let Some(heading) = self.template.packages {
            self.packages(&mut out, moved);
            out += heading;
        }
        let mut sections: Vec<(u64, String, Vec<Line<'_>>)> = Vec::new();
        for line in lines {
            match sections.iter_mut().find(|(_, title, _)| *title == line.title) {
                Some((_, _, lines)) => lines.push(line),
                None => sections.push((line.order, line.title.clone(), vec![line])),
            }
        }
        // Types of the same order come as a hash table has them; by name is one of the orders that can be.
        sections.sort_by(
            |(a, a_title, _), (b, b_title, _)| {
                if self.style.ordered { (a, a_title).cmp(&(b, b_title)) } else { a_title.cmp(b_title) }
            },
        );
        for (_, title, mut lines) in sections {
            let mut letters = title.chars();
            let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
            say(&mut out, format_args!("#### {first}{}\n", letters.as_str()));
            lines.sort_by(|a, b| (a.scope.is_none(), &a.scope).cmp(&(b.scope.is_none(), &b.scope)));
            for line in lines {
                self.line(&mut out, &line);
            }
        }
        // What separates it from the version before in the file.
        out += if self.style.apart { "\n- - -\n" } else { "- - -\n" };
        out
    }

    fn packages(&self, out: &mut String, moved: &[Release]) {
        *out += "### Package updates\n";
        for release in moved {
            let package = self.settings.packages.iter().find(|package| package.name == release.component);
            let (name, path, tag) = (&release.component, &release.path, &release.tag);
            if self.template.form == Form::Remote {
                let (from, tagged) = (self.previous)(package);
                let label = if tagged { tag } else { name };
                say(out, format_args!("- [{label}]({path}) bumped to [{tag}]({}/compare/{from}..{tag})\n", self.url()));
            } else {
                say(out, format_args!("- {name} bumped to {tag}\n"));
            }
        }
    }

    fn line(&self, out: &mut String, line: &Line<'_>) {
        let scope = line
            .scope
            .as_ref()
            .map(|scope| if self.style.ordered { format!("(**{scope}**) ") } else { format!("**({scope})** ") });
        let scope = scope.unwrap_or_default();
        let remote = "![BREAKING](https://img.shields.io/badge/BREAKING-red) ";
        let (summary, sha) = (&line.summary, line.sha);
        let platform =
            self.settings.remote.as_ref().map(|(remote, _, _)| format!("https://{remote}")).unwrap_or_default();
        let person = |name: &str, username: Option<&str>, first: bool| match (self.template.form, username) {
            (Form::Remote, Some(username)) => format!("[@{username}]({platform}/{username})"),
            (Form::FullHash, Some(username)) => format!("@{username}"),
            (Form::Simple, Some(username)) => format!("*{username}*"),
            (Form::Simple, None) if !first => format!("*{name}*"),
            (_, None) => name.to_owned(),
        };
        let mut people = person(line.signature, line.username, true);
        if self.style.ordered {
            for (name, username) in &line.co_authors {
                people += ", ";
                people += &person(name, username.as_deref(), false);
            }
        }
        let badge = match self.template.form {
            _ if !line.breaking || !self.style.badge => "",
            Form::Simple => {
                "<span style=\"background-color: #d73a49; color: white; padding: 2px 6px; border-radius: 3px; font-weight: bold; font-size: 0.85em;\">BREAKING</span>"
            }
            _ => remote,
        };
        let short = Self::short(sha);
        match self.template.form {
            Form::Simple => say(out, format_args!("- {badge}{scope}{summary} - ({short}) - {people}\n")),
            Form::Remote => {
                say(
                    out,
                    format_args!("- {badge}{scope}{summary} - ([{short}]({}/commit/{sha})) - {people}\n", self.url()),
                );
            }
            // Lines without a scope are followed by an empty one.
            Form::FullHash if line.scope.is_none() => {
                say(out, format_args!("- {badge}{sha} - {summary} - {people}\n\n"));
            }
            Form::FullHash => say(out, format_args!("- {badge}{sha} - {scope}{summary} - {people}\n")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "templates")]
    #[test]
    fn a_template_is_told_by_what_a_footer_is_separated() {
        let template = "{% for c in commits %}{% for f in c.footers %}{% if f.github_closes %}closes \
            {{ f.github_closes.gh_reference }}{% else %}{{ f.footer.token }}={{ f.footer.content }}{% endif %};{% endfor %}{% endfor %}";
        let files = [("cog.toml", "[changelog]\ntemplate = 'a.tera'"), ("a.tera", template)];
        let many = (0..20_000).map(|at| format!("\nFixes #{at}")).collect::<Vec<_>>().concat();
        let message = format!("fix: a\n\nb\n\nFixes #1\nFixes: 1\nCloses: #2{many}");
        let plan = crate::tool::testing::plan(&Cocogitto, &files, &["1.0.0"], &[&message]);
        let entry = plan.releases[0].entry.as_ref().unwrap();
        assert!(entry.markdown.starts_with("closes 1;Fixes=1;Closes=#2;closes 0;"), "{:.200}", entry.markdown);
    }

    #[test]
    fn many_commits_and_many_tags_are_gone_over_once() {
        let tags: Vec<String> = (0..20_000).map(|at| format!("0.{at}.0")).collect();
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let plan = crate::tool::testing::plan(&Cocogitto, &[("cog.toml", "")], &tags, &vec!["fix: a"; 2_000]);
        assert_eq!((plan.readings.len(), plan.releases[0].tag.as_str()), (2_000, "0.19999.1"));
    }
    use crate::history::History;
    use crate::tool::testing;

    fn planned(config: &str, tags: &[&str], commits: &[(&str, &str)]) -> Plan {
        planned_of(&Files::of([(CONFIG, config)]), tags, commits)
    }

    fn planned_of(files: &Files, tags: &[&str], commits: &[(&str, &str)]) -> Plan {
        let commit = |(message, path): &(&str, &str)| Commit {
            sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            message: (*message).to_owned(),
            author: "Ann".to_owned(),
            files: Some(vec![(*path).to_owned()]),
            ..Commit::default()
        };
        let history = History {
            commits: commits.iter().map(commit).collect(),
            tags: tags.iter().map(|name| Tag { name: (*name).to_owned(), sha: String::new() }).collect(),
            ..History::default()
        };
        testing::planned(|facts| Cocogitto.plan(facts), files, &history, "2026-06-01", None)
    }

    #[cfg(feature = "templates")]
    #[test]
    fn an_entry_is_written_by_a_template_of_the_repository() {
        let template = "{% import 'macros' as macros %}\n## {{ version.tag }} - {{ date | date(format='%Y') }}\n\
            {% for value in commits | group_by_type -%}\n### {{ value.0 | upper_first }}\n\
            {% for commit in value.1 | unscoped -%}\n{{ macros::simple(commit=commit) }}\n{% endfor -%}{% endfor -%}\n";
        let config = "[changelog]\ntemplate = './ci/log.tera'\n";
        let files = Files::of([(CONFIG, config), ("ci/log.tera", template)]);
        let plan =
            planned_of(&files, &["1.2.3"], &[("fix: mend", "x"), ("feat: add\n\nCo-authored-by: Bo <b@x>", "x")]);
        let entry = plan.releases.first().and_then(|release| release.entry.clone()).map(|entry| entry.markdown);
        let expected = "## 1.3.0 - 2026\n### Features\n- add - (0123456) - Ann, *Bo*\n### Bug Fixes\n- mend - (0123456) - Ann\n\n- - -\n";
        assert_eq!(entry.as_deref(), Some(expected), "{:?}", plan.notes);
        assert!(Cocogitto.fills_templates(&files));
        assert!(!Cocogitto.fills_templates(&Files::of([(CONFIG, "")])));
    }

    #[track_caller]
    fn check(config: &str, tag: &str, messages: &[&str], expected: &[&str]) {
        let commits: Vec<(&str, &str)> = messages.iter().map(|message| (*message, "x")).collect();
        let told: Vec<String> =
            planned(config, &[tag], &commits).releases.iter().map(|release| release.tag.clone()).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn types_decide_and_a_breaking_change_only_from_1_0() {
        check("", "1.2.3", &["feat: x"], &["1.3.0"]);
        check("", "1.2.3", &["chore!: x"], &["2.0.0"]);
        check("", "0.2.3", &["feat!: x"], &["0.3.0"]);
        check("", "0.2.3", &["chore!: x"], &[]);
        check("tag_prefix = 'v'", "v1.2.3", &["fix: x"], &["v1.2.4"]);
        check("commit_types = {perf = {bump_patch = true}}", "1.2.3", &["perf: x"], &["1.2.4"]);
        check("commit_types = {feat = {}}", "1.2.3", &["feat: x"], &[]);
        check("scopes = ['api']", "1.2.3", &["feat(ui): x"], &[]);
        check("", "1.2.3", &["wip: x", "no type"], &[]);
        check("", "v1.2.3", &["feat: x"], &["0.1.0"]);
    }

    #[test]
    fn packages_move_by_their_paths() {
        let config = "tag_prefix = 'v'\n[monorepo.packages.a]\npath = 'a'\n[monorepo.packages.b]\npath = 'b'\nignore = ['b/*.md']\n";
        let told = |commits: &[(&str, &str)]| -> Vec<String> {
            planned(config, &["v1.0.0", "a-v1.0.0", "b-v1.0.0"], commits)
                .releases
                .iter()
                .map(|release| release.tag.clone())
                .collect()
        };
        assert_eq!(told(&[("feat: x", "a/src")]), ["v1.1.0", "a-v1.1.0"]);
        assert_eq!(told(&[("feat: x", "a/src"), ("fix: y", "b/src")]), ["v1.1.0", "a-v1.1.0", "b-v1.0.1"]);
        assert!(told(&[("feat: x", "README.md")]).is_empty());
        assert!(told(&[("feat: x", "b/README.md")]).is_empty());
    }

    /// The tags that come of a monorepo of the packages `a` and `b`; a commit is a message and a path, or a tag on its own.
    fn moves(more: &str, commits: &[(&str, &str)]) -> Vec<String> {
        of_monorepo(more, commits).releases.iter().map(|release| release.tag.clone()).collect()
    }

    fn of_monorepo(more: &str, steps: &[(&str, &str)]) -> Plan {
        let config = format!(
            "{more}\n[monorepo.packages.a]\npath = 'a'\n[monorepo.packages.b]\npath = 'b'\npublic_api = false\n"
        );
        let mut history = History { complete: true, ..History::default() };
        for (number, (message, path)) in steps.iter().enumerate() {
            if path.is_empty() {
                let sha = history.commits.last().map_or_else(String::new, |commit| commit.sha.clone());
                history.tags.push(Tag { name: (*message).to_owned(), sha });
                continue;
            }
            history.commits.push(Commit {
                sha: format!("{number:040}"),
                message: (*message).to_owned(),
                date: format!("2026-05-{:02}T12:00:00Z", number + 1),
                files: Some(vec![(*path).to_owned()]),
                ..Commit::default()
            });
        }
        testing::planned(
            |facts| Cocogitto.plan(facts),
            &Files::of([(CONFIG, config.as_str())]),
            &history,
            "2026-06-01",
            None,
        )
    }

    #[test]
    fn the_common_version_follows_public_packages_and_what_lies_outside_them() {
        let start = [("feat: x", "a/x"), ("feat: y", "b/x"), ("1.0.0", ""), ("a-1.0.0", ""), ("b-1.0.0", "")];
        let told = |more: &str, steps: &[(&str, &str)]| moves(more, &[&start, steps].concat());
        assert_eq!(told("", &[("feat: z", "b/y"), ("fix: z", "c")]), ["1.0.1", "b-1.1.0"]);
        // It fails where only a package that is not public moves and nothing conventional lies outside.
        assert!(told("", &[("feat: z", "b/y")]).is_empty());
        assert!(told("", &[("feat: z", "b/y"), ("no type", "c")]).is_empty());
        // The common tag stands already: only the package's is written.
        assert_eq!(told("", &[("feat: z", "b/y"), ("docs: z", "c")]), ["b-1.1.0"]);
        assert_eq!(told("generate_mono_repository_global_tag = false", &[("feat: z", "b/y")]), ["b-1.1.0"]);
    }

    #[test]
    fn a_first_common_version_may_be_nought() {
        let steps = [("feat: y", "b/x"), ("b-1.0.0", ""), ("feat: z", "b/y"), ("docs: z", "c")];
        assert_eq!(moves("", &steps), ["0.0.0", "b-1.1.0"]);
    }

    #[test]
    fn a_pre_release_is_never_above_the_version_to_come() {
        let steps = [("feat: x", "a/x"), ("a-1.0.0", ""), ("fix: x", "a/y"), ("a-1.1.0-rc.1", ""), ("docs: x", "a/z")];
        assert_eq!(moves("generate_mono_repository_global_tag = false", &steps), ["a-1.1.0"]);
        check("", "0.1.0-alpha.1", &["docs: x"], &["0.1.0"]);
    }

    #[test]
    fn keys_are_read_in_lower_case() {
        let config = "Tag_Prefix = 'v'\n[Commit_Types]\nPERF = { Bump_Patch = true }\n";
        check(config, "v1.2.3", &["perf: x"], &["v1.2.4"]);
    }

    #[test]
    fn without_all_of_the_remote_nothing_is_released() {
        check("changelog = { owner = 'acme' }", "1.2.3", &["feat: x"], &[]);
        check("changelog = { template = 'remote' }", "1.2.3", &["feat: x"], &[]);
        check("changelog = { owner = 'acme' }\ndisable_changelog = true", "1.2.3", &["feat: x"], &["1.3.0"]);
    }

    #[test]
    fn an_entry_has_a_section_for_each_tag_within() {
        let steps = [
            ("fix: w", "x"),
            ("1.0.0", ""),
            ("feat: x", "a/x"),
            ("1.1.0-rc.1", ""),
            ("fix: y", "c"),
            ("1.1.0-rc.2", ""),
            ("docs: z", "c"),
        ];
        let config = "generate_mono_repository_package_tags = false\nchangelog = { template = 'full_hash' }";
        let plan = of_monorepo(config, &steps);
        let expected = "### Package updates\n- a bumped to a-0.1.0\n### Global changes\n#### Documentation\n\
            - 0000000000000000000000000000000000000006 - z - \n\n\n- - -\n\n\
            ### Package updates\n- a bumped to a-0.1.0\n### Global changes\n#### Bug Fixes\n\
            - 0000000000000000000000000000000000000004 - y - \n\n\n- - -\n";
        assert_eq!(plan.releases[0].tag, "1.1.0");
        assert_eq!(plan.releases[0].entry.as_ref().unwrap().markdown, expected);
    }

    #[test]
    fn a_section_is_dated_by_its_newest_commit_and_an_empty_one_by_the_epoch() {
        let remote = "changelog = { template = 'remote', package_template = 'remote', remote = 'r', owner = 'o', repository = 'n' }";
        let steps = [("fix: x", "a/x"), ("1.0.0", ""), ("feat: y", "a/x")];
        let plan = of_monorepo(remote, &steps);
        let entry = |at: usize| {
            plan.releases[at].entry.as_ref().unwrap().markdown.lines().take(3).collect::<Vec<_>>().join("\n")
        };
        let root = "0".repeat(40);
        let moved = format!("- [a](a) bumped to [a-0.1.0](https://r/o/n/compare/{root}..a-0.1.0)");
        assert_eq!(
            entry(0),
            format!("## [1.1.0](https://r/o/n/compare/1.0.0..1.1.0) - 1970-01-01\n### Package updates\n{moved}")
        );
        let heading = format!("## [a-0.1.0](https://r/o/n/compare/{root}..a-0.1.0) - 2026-05-03");
        assert_eq!(entry(1).lines().next(), Some(heading.as_str()));
    }

    #[cfg(feature = "templates")]
    #[test]
    fn a_template_of_the_repository_is_filled_for_each_section() {
        let template = "{{ version.tag }} {{ from.tag | default(value='-') }} {{ from.id }} {{ date }} {{ previous.version.tag | default(value='-') }}";
        let files = Files::of([(CONFIG, "changelog = { template = 't.tera' }"), ("t.tera", template)]);
        let sha = |number: usize| format!("{number:07}");
        let commit = |number: usize| Commit {
            sha: sha(number),
            message: "feat: x".to_owned(),
            date: format!("2026-05-0{number}T23:00:00-02:00"),
            ..Commit::default()
        };
        let tag = |name: &str, number: usize| Tag { name: name.to_owned(), sha: sha(number) };
        let history = History {
            commits: (1..=4).map(commit).collect(),
            tags: vec![tag("1.0.0", 1), tag("1.1.0-rc.1", 2)],
            since: None,
            complete: true,
        };
        let plan = testing::planned(|facts| Cocogitto.plan(facts), &files, &history, "2026-06-01", None);
        let entry = plan.releases[0].entry.as_ref().unwrap_or_else(|| panic!("{:?}", plan.notes));
        let expected = "1.1.0 1.1.0-rc.1 0000002 2026-05-05T01:00:00 1.1.0-rc.1\n- - -\n\n\
            1.1.0-rc.1 1.1.0-rc.1 0000002 2026-05-03T01:00:00 -\n- - -\n";
        assert_eq!(entry.markdown, expected);
    }

    #[test]
    fn history_begins_at_the_oldest_of_the_packages_tags() {
        let tags = |told: &[(&str, &str)]| -> Vec<Tag> {
            told.iter().map(|(name, sha)| Tag { name: (*name).to_owned(), sha: (*sha).to_owned() }).collect()
        };
        let last = |more: &str, told: &[(&str, &str)]| {
            let config = format!("{more}\n[monorepo.packages.a]\npath = 'a'\n[monorepo.packages.b]\npath = 'b'\n");
            let tags = tags(told);
            Cocogitto
                .last_release(&Files::of([(CONFIG, config.as_str())]), "main", &tags, None)
                .map(|tag| tag.name.clone())
        };
        let common = [("1.0.0", "x"), ("a-1.0.0", "x"), ("1.1.0", "y"), ("b-1.0.0", "y"), ("1.2.0", "z")];
        assert_eq!(last("", &common).as_deref(), Some("a-1.0.0"));
        assert_eq!(last("generate_mono_repository_package_tags = false", &common).as_deref(), Some("1.2.0"));
        let alone = "generate_mono_repository_global_tag = false";
        assert_eq!(last(alone, &[("a-1.0.0", "x"), ("b-1.0.0", "x"), ("b-1.1.0", "y")]).as_deref(), Some("a-1.0.0"));
        assert_eq!(last(alone, &[("a-1.0.0", "x"), ("b-1.1.0", "y")]), None);
        assert_eq!(last(alone, &[("a-1.0.0", "x")]), None);
        // A package that never moved begins with the common release.
        assert_eq!(last("", &[("1.0.0", "x"), ("a-1.0.0", "x")]).as_deref(), Some("1.0.0"));
        // Before the first common release everything counts.
        assert_eq!(last("", &[("a-1.0.0", "x"), ("b-1.0.0", "y"), ("1.0.0-rc.1", "y")]), None);
    }

    #[test]
    fn what_older_commits_may_move_is_said() {
        let config = "[monorepo.packages.a]\npath = 'a'\n[monorepo.packages.b]\npath = 'b'\n";
        let history = History {
            commits: vec![Commit {
                message: "fix: x".to_owned(),
                files: Some(vec!["a/x".to_owned()]),
                ..Commit::default()
            }],
            tags: ["1.0.0", "a-1.0.0"].map(|name| Tag { name: name.to_owned(), sha: "x".to_owned() }).to_vec(),
            since: Some("1.0.0".to_owned()),
            complete: true,
        };
        let files = Files::of([(CONFIG, config)]);
        let plan = testing::planned(|facts| Cocogitto.plan(facts), &files, &history, "2026-06-01", None);
        assert!(plan.notes.contains(&Text::new("tool_cocogitto_unseen", ["b"])), "{:?}", plan.notes);
        assert_eq!(plan.releases.len(), 2);
    }

    #[test]
    fn the_first_versions_knew_no_exception_below_one() {
        let next = |date: &str| {
            let commits = vec![Commit { message: "feat!: a".into(), ..Commit::default() }];
            let history = History { commits, complete: true, ..History::default() };
            let plan = |facts: &Facts<'_>| Cocogitto.plan(facts);
            let plan = testing::planned(plan, &Files::of([(CONFIG, "")]), &history, date, Some("0.34.0"));
            plan.releases[0].next.to_string()
        };
        assert_eq!(next("2020-10-11"), "1.0.0");
        assert_eq!(next("2020-10-26"), "0.35.0");
    }

    #[test]
    fn entries_by_the_default_template() {
        let plan = planned("", &["1.2.3"], &[("feat(b): x", ""), ("fix!: y", ""), ("feat(a): z", ""), ("feat: w", "")]);
        let badge = "<span style=\"background-color: #d73a49; color: white; padding: 2px 6px; border-radius: 3px; font-weight: bold; font-size: 0.85em;\">BREAKING</span>";
        let expected = format!(
            "## 2.0.0 - 2026-06-01\n#### Features\n- (**a**) z - (0123456) - Ann\n- (**b**) x - (0123456) - Ann\n\
             - w - (0123456) - Ann\n#### Bug Fixes\n- {badge}y - (0123456) - Ann\n\n- - -\n"
        );
        assert_eq!(plan.releases[0].entry.as_ref().unwrap().markdown, expected);
    }
}
