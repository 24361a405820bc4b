//! release-plz 0.4.3 with `release_plz_core` 0.43.0, read and asked (some 200 made-up workspaces): `release-plz update`
//! (`src/config.rs`, `src/command/update/updater.rs`, `src/next_ver.rs`, `src/changelog.rs`). It compares packages with
//! the registry; here the last tag stands for what was published.

use super::cliff::{self, Config, Parser, Prepared, Processor, Regex, Skipped, prepare_saying, processors};
#[cfg(feature = "templates")]
use super::cliff::{Seen, Shown, context};
use super::glob::Glob;
use super::next_version::{Subject, Updater, increment, rule};
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool, day, workflow};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::{File, Files};
use crate::history::{Commit, Tag};
use crate::pull_request::Repository;
use crate::text::Text;
use crate::version::TagPattern;
use semver::{Op, Version, VersionReq};
#[cfg(feature = "templates")]
use serde_json::json;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

/// release-plz.
#[derive(Clone, Copy, Debug)]
pub struct ReleasePlz;

const CONFIGS: [&str; 2] = ["release-plz.toml", ".release-plz.toml"];

impl Tool for ReleasePlz {
    fn id(&self) -> &'static str {
        "release-plz"
    }

    fn name(&self) -> &'static str {
        "release-plz"
    }

    fn files(&self) -> &'static [&'static str] {
        &[
            "release-plz.toml",
            ".release-plz.toml",
            "Cargo.toml",
            "*/Cargo.toml",
            "*/*/Cargo.toml",
            ".github/workflows/*.yml",
            ".github/workflows/*.yaml",
        ]
    }

    /// The members' manifests, and the file that its changelog is written by.
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        let config = Settings::of(files, &mut Vec::new()).ok().and_then(|settings| settings.changelog_config());
        let manifests = tree
            .iter()
            .filter(|path| ["*/Cargo.toml", "*/*/Cargo.toml"].iter().any(|pattern| super::matches(pattern, path)));
        config.into_iter().filter(|path| tree.contains(path)).chain(manifests.cloned()).collect()
    }

    /// A workspace says itself where its members lie.
    fn package_globs(&self, files: &Files) -> Vec<String> {
        let members = super::release_please::config::member_globs(files);
        members.iter().map(|member| format!("{member}/Cargo.toml")).collect()
    }

    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = CONFIGS.iter().find(|path| matches!(files.get(path), Some(File::Present(_))));
        if let Some(path) = path {
            return Some(Recognition { path: (*path).to_owned(), evidence: String::new() });
        }
        workflow::uses(files, "release-plz/action").or_else(|| workflow::uses(files, "MarcoIeni/release-plz-action"))
    }

    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::of(files, &mut Vec::new()).ok()?;
        let packages = settings.packages(files, over, &mut Vec::new());
        let mut latest = packages.iter().map(|package| package.latest(tags).map(|(tag, _)| tag));
        let first = latest.next()??;
        // History must reach back to the oldest tag of all packages, which only the commits could tell.
        let together = |tag: Option<&Tag>| tag.is_some_and(|tag| !tag.sha.is_empty() && tag.sha == first.sha);
        latest.all(together).then_some(first)
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }

    fn fills_templates(&self, files: &Files) -> bool {
        Settings::of(files, &mut Vec::new()).is_ok_and(|settings| settings.changelog.contains_key("body"))
    }
}

/// `next_version` as release-plz sets it where its configuration says nothing.
#[must_use]
pub fn default_updater() -> Updater {
    Updater::default()
}

/// `release-plz.toml`.
struct Settings {
    workspace: Map<String, Value>,
    packages: Vec<Map<String, Value>>,
    changelog: Map<String, Value>,
    /// Whether the changelog is written as a file of git-cliff's says.
    cliff: bool,
}

/// A package of the workspace.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "these are release-plz's own switches")]
struct Package {
    name: String,
    path: String,
    /// The version of its manifest, where that is known.
    version: Option<Version>,
    /// Whether it takes the workspace's version.
    inherits: bool,
    /// Whether it may take the version of a dependency from the workspace's manifest; unknown means yes.
    shares_dependencies: bool,
    /// The packages of the workspace it is built on.
    dependencies: Vec<Dependency>,
    /// Whether tags alone tell what was released.
    git_only: bool,
    /// The folders of other packages below its own, whoever releases them.
    nested: Vec<String>,
    /// What its manifest takes into the package, and what it leaves out (`include`, `exclude`).
    packs: Vec<Listing>,
    leaves_out: Vec<Listing>,
    /// What is packed whatever those say (`readme`, `license-file`).
    always: Vec<String>,
    tag: TagPattern,
    release: bool,
    changelog: bool,
    updater: Updater,
    include: Vec<String>,
    group: Option<String>,
    semver_check: bool,
}

/// A package of the workspace that another one is built on.
#[derive(Clone, Debug)]
struct Dependency {
    name: String,
    /// Its folder.
    path: String,
    /// The version that is asked for; `None` where none is.
    requirement: Option<String>,
    /// Whether tests alone are built on it.
    development: bool,
}

impl Dependency {
    /// Whether a new version of it is a reason to release what is built on it (`should_update_dependency`): the version
    /// that is asked for has to be written anew.
    fn moves(&self, next: &Version, git_only: bool) -> bool {
        match &self.requirement {
            None => git_only && !self.development,
            Some(requirement) => is_rewritten(requirement, next),
        }
    }
}

/// Whether a requirement reads differently for a version (`upgrade_requirement` of `cargo_utils` 0.4.0): each part that
/// it names takes the version's. Comparisons are not rewritten.
fn is_rewritten(requirement: &str, next: &Version) -> bool {
    let Ok(mut parsed) = VersionReq::parse(requirement) else { return false };
    if parsed.comparators.is_empty() {
        return false;
    }
    for part in &mut parsed.comparators {
        if !matches!(part.op, Op::Wildcard | Op::Exact | Op::Tilde | Op::Caret) {
            return false;
        }
        part.major = next.major;
        part.minor = part.minor.map(|_| next.minor);
        part.patch = part.patch.map(|_| next.patch);
        if part.op != Op::Wildcard {
            part.pre = next.pre.clone();
        }
    }
    let text = parsed.to_string();
    let text = if requirement.starts_with('^') { text.as_str() } else { text.strip_prefix('^').unwrap_or(&text) };
    text != requirement
}

/// A path in a manifest as one from the repository's root.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// What a manifest is built on by path, in all its tables; what it takes from the workspace's manifest is looked up there.
fn dependencies(manifest: &Value, folder: &str, root: Option<&Value>) -> Vec<Dependency> {
    const TABLES: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];
    let targets = manifest.get("target").and_then(Value::as_object).into_iter().flatten().map(|(_, target)| target);
    let mut found = Vec::new();
    for (place, table) in std::iter::once(manifest).chain(targets).flat_map(|place| TABLES.map(|table| (place, table)))
    {
        for (key, value) in place.get(table).and_then(Value::as_object).into_iter().flatten() {
            let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
            let shared = || root?.pointer("/workspace/dependencies")?.get(key);
            let (value, folder) = if inherits { (shared().unwrap_or(value), ".") } else { (value, folder) };
            let Some(path) = value.get("path").and_then(Value::as_str) else { continue };
            found.push(Dependency {
                name: value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned(),
                path: joined(folder, path),
                requirement: value.get("version").map(|version| version.as_str().unwrap_or("*").to_owned()),
                development: table == "dev-dependencies",
            });
        }
    }
    found
}

/// The folders of the workspace's members among those of the manifests that are known: what the root names, and what lies
/// beside it and is built on by path. Without a workspace there is the root's package only, and without a root all count.
fn members(files: &Files, manifests: &[(&str, Value)]) -> HashSet<String> {
    let folder = |path: &str| path.strip_suffix("/Cargo.toml").unwrap_or(".").to_owned();
    let all = || manifests.iter().map(|(path, _)| folder(path));
    let Some((_, root)) = manifests.iter().find(|(path, _)| *path == "Cargo.toml") else { return all().collect() };
    if root.get("workspace").is_none() {
        return HashSet::from([".".to_owned()]);
    }
    let excluded: Vec<String> =
        strings(root.pointer("/workspace/exclude")).iter().map(|path| joined(".", path)).collect();
    let left_out = |folder: &str| {
        excluded
            .iter()
            .any(|out| folder.strip_prefix(out.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    let globs: Vec<Glob> =
        super::release_please::config::member_globs(files).iter().map(|pattern| Glob::new(pattern)).collect();
    let named = |folder: &String| folder == "." || globs.iter().any(|glob| glob.matches(folder)) && !left_out(folder);
    let mut found: HashSet<String> = all().filter(named).collect();
    let mut open: Vec<String> = found.iter().cloned().collect();
    while let Some(member) = open.pop() {
        let Some((_, manifest)) = manifests.iter().find(|(path, _)| folder(path) == member) else { continue };
        for dependency in dependencies(manifest, &member, Some(root)) {
            let known = all().any(|folder| folder == dependency.path) && !left_out(&dependency.path);
            if known && found.insert(dependency.path.clone()) {
                open.push(dependency.path);
            }
        }
    }
    found
}

impl Settings {
    /// # Errors
    /// Where the file is no TOML.
    fn of(files: &Files, notes: &mut Vec<Text>) -> Result<Self, Text> {
        let mut value = None;
        for path in CONFIGS {
            value =
                files.value(path).map_err(|error| Text::new("tool_config_malformed", [&error.path, &error.reason]))?;
            if value.is_some() {
                break;
            }
        }
        let value = value.unwrap_or_default();
        let table = |key: &str| value.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
        let packages = value.get("package").and_then(Value::as_array).into_iter().flatten();
        let mut settings = Self {
            workspace: table("workspace"),
            packages: packages.filter_map(Value::as_object).cloned().collect(),
            changelog: table("changelog"),
            cliff: false,
        };
        if let Some(path) = settings.changelog_config() {
            let value =
                files.value(&path).map_err(|error| Text::new("tool_config_malformed", [&error.path, &error.reason]))?;
            settings.cliff = value.is_some();
            match value {
                None => notes.push(Text::new("tool_plz_changelog_config", [&path])),
                // What the file leaves out is taken from the configuration that git-cliff carries within it.
                Some(value) => {
                    let body = (String::from("body"), Value::from(super::git_cliff::BODY));
                    let tables = ["git", "changelog"].map(|key| value.get(key).and_then(Value::as_object).cloned());
                    settings.changelog = std::iter::once(body).chain(tables.into_iter().flatten().flatten()).collect();
                }
            }
        }
        Ok(settings)
    }

    /// The file of git-cliff's that the changelog is written by.
    fn changelog_config(&self) -> Option<String> {
        let path = self.workspace.get("changelog_config").and_then(Value::as_str)?;
        Some(path.trim_start_matches("./").to_owned())
    }

    /// How commits are read where the configuration says nothing (`apply_defaults_to_git_config`).
    fn defaults(&self, repository: &str) -> Config {
        let own = defaults(repository);
        if !self.cliff {
            return own;
        }
        let none = self.changelog.get("commit_parsers").and_then(Value::as_array).is_some_and(Vec::is_empty);
        let cliff = super::git_cliff::defaults();
        Config { preprocessors: own.preprocessors, parsers: if none { own.parsers } else { cliff.parsers }, ..cliff }
    }

    /// A package's own option, else the workspace's.
    fn option(&self, package: &str, key: &str) -> Option<&Value> {
        let own = self.packages.iter().find(|table| table.get("name").and_then(Value::as_str) == Some(package));
        own.and_then(|table| table.get(key)).or_else(|| self.workspace.get(key))
    }

    /// What stands in a package's own table only.
    fn own(&self, package: &str, key: &str) -> Option<&Value> {
        self.packages.iter().find(|table| table.get("name").and_then(Value::as_str) == Some(package))?.get(key)
    }

    fn package(&self, name: &str, path: &str, several: bool, over: Option<&str>, notes: &mut Vec<Text>) -> Package {
        let is = |key: &str, default: bool| self.option(name, key).and_then(Value::as_bool).unwrap_or(default);
        let text = |key: &str| self.option(name, key).and_then(Value::as_str);
        let template =
            text("git_tag_name").unwrap_or(if several { "{{ package }}-v{{ version }}" } else { "v{{ version }}" });
        let over = over.and_then(|over| TagPattern::parse(over, "{version}"));
        let tag = over.or_else(|| tag_pattern(template, name)).unwrap_or_else(|| {
            notes.push(Text::new("tool_plz_tag_name", [template]));
            TagPattern::new("v", "")
        });
        let mut regex = |key: &str| text(key).and_then(|pattern| cliff::regex(pattern, notes));
        Package {
            name: name.to_owned(),
            path: path.to_owned(),
            version: None,
            inherits: false,
            shares_dependencies: true,
            dependencies: Vec::new(),
            git_only: is("git_only", false),
            nested: Vec::new(),
            packs: Vec::new(),
            leaves_out: Vec::new(),
            always: Vec::new(),
            tag,
            release: is("release", true),
            changelog: is("changelog_update", true),
            updater: Updater {
                features_always_minor: is("features_always_increment_minor", false),
                major: regex("custom_major_increment_regex"),
                minor: regex("custom_minor_increment_regex"),
                ..default_updater()
            },
            include: strings(self.own(name, "changelog_include")),
            group: self.own(name, "version_group").and_then(Value::as_str).map(str::to_owned),
            semver_check: is("semver_check", true),
        }
    }

    /// The packages whose manifests are known.
    fn packages(&self, files: &Files, over: Option<&str>, notes: &mut Vec<Text>) -> Vec<Package> {
        let manifests: Vec<(&str, Value)> = files
            .paths()
            .filter(|path| {
                path.strip_suffix("Cargo.toml").is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
            })
            .filter_map(|path| Some((path, files.value(path).ok()??)))
            .collect();
        let root = manifests.iter().find(|(path, _)| *path == "Cargo.toml").map(|(_, value)| value);
        let shared = root.and_then(|root| root.pointer("/workspace/package/version")).and_then(Value::as_str);
        let members = members(files, &manifests);
        let named: Vec<(&str, &str, &Value)> = manifests
            .iter()
            .filter_map(|(path, value)| {
                let folder = path.strip_suffix("/Cargo.toml").unwrap_or(".");
                let name = value.pointer("/package/name")?.as_str()?;
                members.contains(folder).then_some((name, folder, value))
            })
            .collect();
        // Packages that are never published take no part, but the tags of the others are named as if they did.
        let published = |value: &Value| match value.pointer("/package/publish") {
            Some(Value::Bool(publish)) => *publish,
            Some(Value::Array(registries)) => !registries.is_empty(),
            _ => true,
        };
        let released = |name: &str| self.option(name, "release").and_then(Value::as_bool) != Some(false);
        let several = named.iter().filter(|(name, _, _)| released(name)).count() > 1;
        if several && over.is_some() {
            notes.push(Text::new("tool_plz_pattern_unused", []));
        }
        let mut packages = Vec::new();
        for (name, folder, value) in &named {
            if !published(value) && self.option(name, "git_only").and_then(Value::as_bool) != Some(true) {
                continue;
            }
            let own = value.pointer("/package/version");
            let inherits = own.is_some_and(|version| version.get("workspace").is_some());
            let version = if inherits { shared } else { own.and_then(Value::as_str) };
            let mut package = self.package(name, folder, several, over.filter(|_| !several), notes);
            package.version = version.and_then(|version| Version::parse(version).ok());
            package.inherits = inherits;
            package.shares_dependencies = ["/dependencies", "/build-dependencies"].iter().any(|table| {
                let mut table = value.pointer(table).and_then(Value::as_object).into_iter().flatten();
                table.any(|(key, value)| {
                    // Those of the workspace's own packages are not compared (`are_toml_dependencies_updated`).
                    let shared = root.and_then(|root| root.pointer("/workspace/dependencies")?.get(key));
                    value.get("workspace").is_some() && shared.is_none_or(|shared| shared.get("path").is_none())
                })
            });
            package.dependencies = dependencies(value, folder, root);
            package.packs = Listing::all(value.pointer("/package/include"));
            let always = ["readme", "license-file"].iter().filter_map(|key| value.get("package")?.get(key)?.as_str());
            package.always = always.map(str::to_owned).collect();
            package.leaves_out = Listing::all(value.pointer("/package/exclude"));
            let others = manifests.iter().filter_map(|(path, _)| path.strip_suffix("/Cargo.toml"));
            package.nested = others.filter(|other| below(other, folder).is_some()).map(str::to_owned).collect();
            packages.push(package);
        }
        in_order(packages)
    }
}

/// Packages behind all that they are built on (`release_order`), tests left aside.
fn in_order(packages: Vec<Package>) -> Vec<Package> {
    fn put(at: usize, packages: &[Package], seen: &mut HashSet<usize>, order: &mut Vec<usize>) {
        if !seen.insert(at) {
            return;
        }
        for dependency in packages.get(at).iter().flat_map(|package| &package.dependencies) {
            let place = packages.iter().position(|package| package.name == dependency.name);
            if let Some(place) = place.filter(|_| !dependency.development) {
                put(place, packages, seen, order);
            }
        }
        order.push(at);
    }
    let (mut seen, mut order) = (HashSet::new(), Vec::new());
    for at in 0..packages.len() {
        put(at, &packages, &mut seen, &mut order);
    }
    let mut packages: Vec<Option<Package>> = packages.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| packages.get_mut(at)?.take()).collect()
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A tag template with nothing but the package's name and the version in it.
fn tag_pattern(template: &str, package: &str) -> Option<TagPattern> {
    let mut spelled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (place, after) = after.split_once("}}")?;
        spelled += before;
        match place.trim_matches(['-', ' ']) {
            "package" => spelled += package,
            "version" => spelled += "\u{0}",
            _ => return None,
        }
        rest = after;
    }
    spelled += rest;
    if spelled.contains("{%") { None } else { TagPattern::parse(&spelled, "\u{0}") }
}

impl Package {
    fn latest<'a>(&self, tags: &'a [Tag]) -> Option<(&'a Tag, Version)> {
        let versions = tags.iter().filter_map(|tag| Some((tag, self.tag.version(&tag.name)?)));
        // Where tags alone tell, those of pre-releases do not (`get_release_regex`).
        let counts = |version: &Version| !self.git_only || version.pre.is_empty() && version.build.is_empty();
        versions.filter(|(_, version)| counts(version)).max_by(|(_, a), (_, b)| a.cmp(b))
    }

    /// Whether a path is the package's: below its folder and not below another package's within it.
    fn holds(&self, path: &str, all: &[Package]) -> bool {
        let nested = |other: &Package| below(&other.path, &self.path).is_some() && below(path, &other.path).is_some();
        below(path, &self.path).is_some() && !all.iter().any(nested)
    }

    /// Whether Cargo packs a file of the package's folder.
    fn packs(&self, path: &str) -> bool {
        let Some(within) = below(path, &self.path) else { return false };
        if self.nested.iter().any(|other| below(path, other).is_some()) {
            return false;
        }
        ["Cargo.toml", "README.md", "README.txt", "README"].contains(&within)
            || self.always.iter().any(|path| path == within)
            || if self.packs.is_empty() { !listed(&self.leaves_out, within) } else { listed(&self.packs, within) }
    }
}

/// The path from a folder on; `None` for one that lies elsewhere.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder == "." { (path != ".").then_some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

/// A pattern as those of `.gitignore`.
#[derive(Clone, Debug)]
struct Listing {
    glob: Glob,
    /// Whether it names folders only.
    folder: bool,
    /// Whether it takes back what others name.
    negates: bool,
}

impl Listing {
    fn all(patterns: Option<&Value>) -> Vec<Self> {
        strings(patterns).iter().map(|pattern| Self::new(pattern)).collect()
    }

    fn new(pattern: &str) -> Self {
        let (pattern, negates) = pattern.strip_prefix('!').map_or((pattern, false), |pattern| (pattern, true));
        let folder = pattern.ends_with('/');
        let pattern = pattern.trim_end_matches('/');
        let glob = match pattern.strip_prefix('/') {
            Some(anchored) => Glob::new(anchored),
            None if pattern.contains('/') => Glob::new(pattern),
            None => Glob::new(&format!("**/{pattern}")),
        };
        Self { glob, folder, negates }
    }
}

/// Whether patterns name a path or a folder that it lies in; the last one that does decides.
fn listed(patterns: &[Listing], path: &str) -> bool {
    let folders = || path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    let names = |listing: &Listing| {
        !listing.folder && listing.glob.matches(path) || folders().any(|folder| listing.glob.matches(folder))
    };
    patterns.iter().rev().find(|listing| names(listing)).is_some_and(|listing| !listing.negates)
}

/// The package asked about, and those whose commits it includes, where no manifest is known: a folder that bears a
/// package's name is taken for it.
fn guessed(facts: &Facts<'_>, settings: &Settings, notes: &mut Vec<Text>) -> Vec<Package> {
    let Some(last) = facts.last else { return Vec::new() };
    let name = if last.component.is_empty() { facts.repository.name.as_str() } else { last.component.as_str() };
    let several = !last.tag.starts_with('v') || settings.packages.len() > 1;
    let package = settings.package(name, &last.path, several, facts.tag_pattern, notes);
    let mut packages = Vec::new();
    for included in &package.include {
        let other = included.replace('-', "_");
        let folder = |path: &String| {
            let (before, _) = path.split_once("/src/").or_else(|| path.rsplit_once("/Cargo.toml"))?;
            before.rsplit('/').next().is_some_and(|last| last.replace('-', "_") == other).then(|| before.to_owned())
        };
        let paths = facts.history.commits.iter().filter_map(|commit| commit.files.as_ref()).flatten();
        if let Some(folder) = paths.into_iter().find_map(folder) {
            packages.push(settings.package(included, &folder, several, None, &mut Vec::new()));
        }
    }
    packages.insert(0, package);
    packages
}

/// What a package's commits come to.
struct Diff<'a> {
    package: &'a Package,
    previous: Option<Version>,
    previous_tag: String,
    /// The newest first.
    commits: Vec<(usize, &'a Commit)>,
    included: Vec<(usize, &'a Commit)>,
    bump: Bump,
    next: Version,
    reasons: Vec<Reason>,
    /// What stands for its commits where it moves without any: `updated the following local packages: …`.
    filler: Option<String>,
}

fn plan(facts: &Facts<'_>) -> Plan {
    let mut notes = Vec::new();
    let settings = match Settings::of(facts.files, &mut notes) {
        Ok(settings) => settings,
        Err(nothing) => return Plan { nothing: Some(nothing), ..Plan::default() },
    };
    let mut packages = settings.packages(facts.files, facts.tag_pattern, &mut notes);
    let asked = facts.last.map(|last| last.component.clone()).filter(|component| !component.is_empty());
    if packages.is_empty() {
        packages = guessed(facts, &settings, &mut notes);
    }
    if packages.is_empty() {
        let nothing = Some(Text::new("tool_plz_no_packages", []));
        return Plan { notes, nothing, ..Plan::default() };
    }
    let history = facts.history;
    if packages.len() > 1 && history.commits.iter().any(|commit| commit.files.is_none()) {
        notes.push(Text::new("tool_paths_unknown", []));
    }
    let release_commits = settings.workspace.get("release_commits").and_then(Value::as_str);
    let release_commits = release_commits.and_then(|pattern| cliff::regex(pattern, &mut notes));
    let subjects: Vec<Subject<'_>> =
        history.commits.iter().map(|commit| Subject::of(commit.message.trim_end())).collect();
    let mut diffs: Vec<Diff<'_>> = packages
        .iter()
        .filter(|package| package.release && asked.as_ref().is_none_or(|asked| *asked == package.name))
        .filter_map(|package| diff(facts, &subjects, package, &packages))
        .collect();
    let shared = shared_versions(&diffs, facts);
    // Packages without a commit that asks for a release move only where they are built on one that moves.
    let mut held: HashSet<&str> = HashSet::new();
    if let Some(regex) = &release_commits {
        let matches = |diff: &Diff<'_>| {
            diff.commits.iter().chain(&diff.included).any(|(_, commit)| regex.is_match(&commit.message))
        };
        let groups: Vec<String> =
            diffs.iter().filter(|diff| matches(diff)).filter_map(|diff| diff.package.group.clone()).collect();
        for diff in &mut diffs {
            if !matches(diff) && !diff.package.group.as_ref().is_some_and(|group| groups.contains(group)) {
                diff.bump = Bump::None;
                diff.next = diff.previous.clone().unwrap_or(Version::new(0, 0, 0));
                diff.reasons.clear();
                held.insert(&diff.package.name);
            }
        }
    }
    together(&mut diffs, &shared, &held);
    dependents(&mut diffs, &packages, &shared, &held);
    let mut moving: Vec<Diff<'_>> = diffs.into_iter().filter(|diff| !diff.reasons.is_empty()).collect();
    moving.retain(|diff| diff.previous.as_ref() != Some(&diff.next));
    if moving.iter().any(|diff| diff.filler.as_ref().is_some_and(|filler| filler.ends_with(" dependencies"))) {
        notes.push(Text::new("tool_plz_dependencies_unknown", []));
    }
    if moving.iter().any(|diff| diff.package.semver_check) {
        // cargo-semver-checks compares the code itself and may find a breaking change that no commit names.
        notes.push(Text::new("tool_plz_semver_check", []));
    }
    let told = |diff: &Diff<'_>| release(facts, &settings, &subjects, diff, &mut notes);
    let releases: Vec<Release> = moving.iter().map(told).collect();
    let nothing = releases.is_empty().then(|| Text::new("tool_plz_nothing", []));
    let readings = readings(facts, &subjects, &packages);
    Plan { releases, notes, nothing, readings }
}

/// The commits of a package since its last tag, and how far they move it; `None` where it was never released and nothing
/// says from which version it starts.
fn diff<'a>(facts: &Facts<'a>, subjects: &[Subject<'_>], package: &'a Package, all: &[Package]) -> Option<Diff<'a>> {
    let history = facts.history;
    let released = |package: &Package| match (facts.last, package.latest(&history.tags)) {
        (Some(last), _) => (last.version.clone(), last.tag.clone(), 0),
        (None, Some((tag, version))) => {
            (Some(version), tag.name.clone(), history.commits.len() - history.after(tag).len())
        }
        // A tag of the manifest's version bounds the commits, whether it counts as a release or not.
        (None, None) => {
            let bound = package.version.as_ref().map(|version| package.tag.tag(version)).unwrap_or_default();
            let tag = history.tags.iter().find(|tag| tag.name == bound);
            (None, bound, tag.map_or(0, |tag| history.commits.len() - history.after(tag).len()))
        }
    };
    let (previous, previous_tag, start) = released(package);
    let of = |package: &Package| -> Vec<(usize, &'a Commit)> {
        let touches = |commit: &Commit| match &commit.files {
            // A merge commit without changes of its own shows none.
            Some(files) => files.iter().any(|path| package.holds(path, all)),
            None => true,
        };
        let (previous, _, start) = released(package);
        let commits = history.commits.iter().enumerate().skip(start);
        // Git lists no merge where it looks for the commits of a path.
        let commits = commits.filter(|(_, commit)| commit.parents < 2 && touches(commit) && !is_release(commit));
        // What Cargo does not pack is no reason for a release, but is told behind one that is. Members have no lock file of
        // their own, and without one Cargo's list of files is not asked.
        let mut differs = previous.is_none();
        let mut counts = |commit: &Commit| {
            let packs = commit.files.as_ref().is_none_or(|files| files.iter().any(|path| package.packs(path)));
            differs |= packs;
            packs || differs && package.path != "."
        };
        let mut commits: Vec<(usize, &Commit)> = commits.filter(|(_, commit)| counts(commit)).collect();
        commits.reverse();
        commits
    };
    let commits = of(package);
    let mut included: Vec<(usize, &Commit)> = Vec::new();
    let mut known: HashSet<usize> = commits.iter().map(|(at, _)| *at).collect();
    for other in all.iter().filter(|other| previous.is_some() && other.release && package.include.contains(&other.name))
    {
        included.extend(of(other).into_iter().filter(|(at, _)| known.insert(*at)));
    }
    // A package that was never published goes out with the version of its manifest.
    let Some(from) = previous.clone() else {
        let next = package.version.clone()?;
        let rule = Text::new("tool_first_release", []);
        let reasons = vec![Reason { commit: None, bump: Bump::Patch, rule }];
        return Some(Diff {
            package,
            previous,
            previous_tag,
            commits,
            included,
            bump: Bump::Patch,
            next,
            reasons,
            filler: None,
        });
    };
    let mut reasons: Vec<Reason> = Vec::new();
    for (at, _) in &commits {
        let Some(subject) = subjects.get(*at).copied() else { continue };
        let bump = package.updater.bump(&from, subject);
        reasons.push(Reason { commit: Some(*at), bump, rule: rule(&from, subject, bump) });
    }
    for (at, _) in &included {
        reasons.push(Reason { commit: Some(*at), bump: Bump::Patch, rule: Text::new("tool_plz_included", []) });
    }
    // Without commits of its own a package still moves where its dependencies did. Whether the workspace's manifest
    // changed one of this package's is not known from paths alone; a note says so.
    let changed = |file: &str| {
        let commits = history.commits.iter().enumerate().skip(start);
        let mut own = commits.filter(|(_, commit)| !is_release(commit));
        own.find(|(_, commit)| commit.files.as_ref().is_some_and(|files| files.iter().any(|path| path == file)))
    };
    let mut filler = None;
    if commits.is_empty() && package.shares_dependencies {
        // Up to 0.3.115 the lock file counted for libraries too.
        let lock = || changed("Cargo.lock").filter(|_| facts.date < "2025-02-02");
        let found = changed("Cargo.toml")
            .map(|found| (found, "Cargo.toml"))
            .or_else(|| lock().map(|found| (found, "Cargo.lock")));
        if let Some(((at, _), file)) = found {
            filler = Some(format!("chore: update {file} dependencies"));
            reasons.push(Reason {
                commit: Some(at),
                bump: Bump::Patch,
                rule: Text::new("tool_plz_manifest_dependencies", [file]),
            });
        }
    }
    Reason::weightiest_first(&mut reasons);
    let bump = reasons.first().map(|reason| reason.bump).unwrap_or_default();
    let mut next = increment(&from, bump)?;
    // A version raised by hand in the manifest is released as it stands.
    if facts.last.is_none()
        && let Some(manifest) = package.version.as_ref().filter(|version| **version > from)
        && !reasons.is_empty()
    {
        next = manifest.clone();
        reasons.insert(0, Reason { commit: None, bump, rule: Text::new("tool_plz_manifest", [&manifest.to_string()]) });
    }
    Some(Diff { package, previous, previous_tag, commits, included, bump, next, reasons, filler })
}

/// Whether a commit is release-plz's own: it changes nothing but manifests and changelogs and says so.
fn is_release(commit: &Commit) -> bool {
    let written = |path: &String| matches!(path.rsplit('/').next(), Some("Cargo.toml" | "Cargo.lock" | "CHANGELOG.md"));
    if !commit.files.as_ref().is_some_and(|files| files.iter().all(written)) {
        return false;
    }
    let Ok(read) = crate::reading::spec::read(commit.message.trim_end()) else { return false };
    read.is("chore")
        && (read.description == "release"
            || read.description.starts_with("release v")
            || read.description.starts_with("release ("))
}

/// The group of packages that have one version: the workspace's before one of their own.
fn group(package: &Package) -> Option<String> {
    match &package.group {
        _ if package.inherits => Some("workspace".to_owned()),
        Some(group) => Some(format!("group {group}")),
        None => None,
    }
}

/// The highest next version in each group (`get_version_groups`, `new_workspace_version`), of packages that do not move
/// as well.
fn shared_versions(diffs: &[Diff<'_>], facts: &Facts<'_>) -> BTreeMap<String, Version> {
    let mut highest: BTreeMap<String, Version> = BTreeMap::new();
    // A replay asks about one package, whose fellows are not known.
    for diff in diffs.iter().filter(|_| facts.last.is_none()) {
        let own = diff.package.group.as_ref().map(|group| format!("group {group}"));
        for group in group(diff.package).into_iter().chain(own) {
            let version = highest.entry(group).or_insert_with(|| diff.next.clone());
            *version = version.clone().max(diff.next.clone());
        }
    }
    highest
}

/// Moves packages to the version of their group.
fn together(diffs: &mut [Diff<'_>], shared: &BTreeMap<String, Version>, held: &HashSet<&str>) {
    for diff in diffs.iter_mut().filter(|diff| !held.contains(diff.package.name.as_str())) {
        let version = group(diff.package).and_then(|group| shared.get(&group));
        if let Some(version) = version.filter(|version| **version != diff.next) {
            raise(diff, version);
            diff.reasons.insert(0, Reason { commit: None, bump: diff.bump, rule: Text::new("tool_plz_group", []) });
        }
    }
}

fn raise(diff: &mut Diff<'_>, version: &Version) {
    let from = diff.previous.clone().unwrap_or(Version::new(0, 0, 0));
    diff.bump = crate::version::bump_between(&from, version);
    diff.next = version.clone();
}

/// Packages built on one that moves, where that asks for a version to be written anew, move by a patch, again and again
/// until no more do (`dependent_packages_update`). A package that takes the workspace's version takes all others along
/// that do.
fn dependents(diffs: &mut [Diff<'_>], all: &[Package], shared: &BTreeMap<String, Version>, held: &HashSet<&str>) {
    let moves = |diff: &Diff<'_>| !diff.reasons.is_empty() && diff.previous.as_ref() != Some(&diff.next);
    let mut moving: Vec<usize> = diffs.iter().enumerate().filter(|(_, diff)| moves(diff)).map(|(at, _)| at).collect();
    loop {
        let inheriting = moving.iter().filter_map(|at| diffs.get(*at)).filter(|diff| diff.package.inherits);
        let workspace = inheriting.map(|diff| diff.next.clone()).max();
        let workspace = workspace
            .map(|version| shared.get("workspace").cloned().map_or(version.clone(), |shared| shared.max(version)));
        for at in &moving {
            if let (Some(diff), Some(version)) = (diffs.get_mut(*at), &workspace)
                && diff.package.inherits
                && diff.next != *version
            {
                raise(diff, version);
            }
        }
        // What moves, and members that take a version without being released.
        let mut changed: Vec<(usize, String, Version)> = moving
            .iter()
            .filter_map(|at| Some((*at, diffs.get(*at)?)))
            .map(|(at, diff)| (at, diff.package.name.clone(), diff.next.clone()))
            .collect();
        if let Some(version) = &workspace {
            for (at, diff) in diffs.iter().enumerate() {
                if diff.package.inherits && !moving.contains(&at) && diff.previous.as_ref() != Some(version) {
                    changed.push((at, diff.package.name.clone(), version.clone()));
                }
            }
        }
        let silent = all.iter().filter(|package| package.inherits && !package.release);
        changed.extend(
            silent
                .zip(workspace.iter().cycle())
                .filter(|(package, version)| package.version.as_ref() != Some(*version))
                .map(|(package, version)| (usize::MAX, package.name.clone(), version.clone())),
        );
        let mut more = false;
        for (at, diff) in diffs.iter_mut().enumerate() {
            if moving.contains(&at) {
                continue;
            }
            let inherited = workspace.as_ref().filter(|_| diff.package.inherits);
            let asks = |name: &str, next: &Version| {
                diff.package
                    .dependencies
                    .iter()
                    .any(|known| known.name == name && known.moves(next, diff.package.git_only))
            };
            let moved: Vec<String> =
                changed.iter().filter(|(_, name, next)| asks(name, next)).map(|(_, name, _)| name.clone()).collect();
            let Some(from) = diff.previous.clone() else { continue };
            let (next, rule, filler) = if !moved.is_empty() {
                let Some(next) = increment(&from, Bump::Patch) else { continue };
                let next = inherited.cloned().map_or(next.clone(), |inherited| inherited.max(next));
                let names = moved.join(", ");
                let filler = format!("chore: updated the following local packages: {names}");
                (next, Text::new("tool_plz_dependencies", [&names]), filler)
            } else if let Some(version) =
                inherited.filter(|version| **version != from && !held.contains(diff.package.name.as_str()))
            {
                (version.clone(), Text::new("tool_plz_group", []), "chore: updated workspace version".to_owned())
            } else {
                continue;
            };
            raise(diff, &next);
            diff.filler = Some(filler);
            // Commits that ask for no release are not told.
            (diff.commits, diff.included) = (Vec::new(), Vec::new());
            diff.reasons = vec![Reason { commit: None, bump: diff.bump, rule }];
            match changed.iter_mut().find(|(place, _, _)| *place == at) {
                Some((_, _, version)) => *version = next,
                None => changed.push((at, diff.package.name.clone(), next)),
            }
            moving.push(at);
            more = true;
        }
        if !more {
            return;
        }
    }
}

fn readings(facts: &Facts<'_>, subjects: &[Subject<'_>], packages: &[Package]) -> Vec<CommitReading> {
    let Some(package) = packages.first() else { return Vec::new() };
    let known = facts.last.and_then(|last| last.version.clone());
    let from = known.or_else(|| package.latest(&facts.history.tags).map(|(_, version)| version));
    let from = from.unwrap_or(Version::new(0, 1, 0));
    let read = |(at, subject): (usize, &Subject<'_>)| {
        let bump = package.updater.bump(&from, *subject);
        CommitReading { commit: at, bump, rule: Some(rule(&from, *subject, bump)) }
    };
    subjects.iter().enumerate().map(read).collect()
}

fn release(
    facts: &Facts<'_>,
    settings: &Settings,
    subjects: &[Subject<'_>],
    diff: &Diff<'_>,
    notes: &mut Vec<Text>,
) -> Release {
    let tag = diff.package.tag.tag(&diff.next);
    let mut entry = None;
    if diff.package.changelog {
        entry = match settings.changelog.get("body").and_then(Value::as_str) {
            Some(body) => filled(facts, settings, subjects, diff, &tag, body, notes),
            None => Some(Entry { markdown: written(facts, settings, subjects, diff, &tag, notes) }),
        };
    }
    entry = entry.filter(|entry: &Entry| !entry.markdown.is_empty());
    Release {
        component: if diff.package.path == "." && facts.last.is_none_or(|last| last.component.is_empty()) {
            String::new()
        } else {
            diff.package.name.clone()
        },
        path: diff.package.path.clone(),
        previous: diff.previous.clone(),
        bump: diff.bump,
        next: diff.next.clone(),
        tag,
        reasons: diff.reasons.clone(),
        entry,
    }
}

/// The commit parsers of Keep a Changelog, the preprocessor that links pull requests, and the switches of
/// `default_git_config`.
fn defaults(repository: &str) -> Config {
    const GROUPS: [(&str, &str); 7] = [
        ("^feat", "added"),
        ("^changed", "changed"),
        ("^deprecated", "deprecated"),
        ("^removed", "removed"),
        ("^fix", "fixed"),
        ("^security", "security"),
        (".*", "other"),
    ];
    let requests = if repository.contains("gitlab") { "-/merge_requests" } else { "pull" };
    let reference = Regex::new(r"\(#([0-9]+)\)");
    Config {
        filter_unconventional: false,
        newest_first: true,
        preprocessors: reference
            .map(|pattern| Processor::new(pattern, format!("([#${{1}}]({repository}/{requests}/${{1}}))")))
            .into_iter()
            .collect(),
        parsers: GROUPS
            .iter()
            .filter_map(|(pattern, group)| Some(Parser::grouping(Regex::new(pattern)?, group)))
            .collect(),
        ..super::git_cliff::defaults()
    }
}

/// An empty list leaves the default in place (`apply_defaults_to_git_config`).
fn without_empty(map: &Map<String, Value>) -> Map<String, Value> {
    let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    map.iter().filter(|(_, value)| !empty(value)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn repository_url(settings: &Settings, repository: &Repository) -> String {
    let own = settings.workspace.get("repo_url").and_then(Value::as_str);
    own.map_or_else(|| repository.url(), |url| url.trim_end_matches('/').trim_end_matches(".git").to_owned())
}

/// A commit of an entry: its place, and its message's first line where no more of it counts.
type Told<'a> = (usize, Cow<'a, Commit>, Option<&'a str>);

/// The commits of an entry in its order, with the configuration that they are read by.
fn shown<'a>(
    facts: &Facts<'_>,
    settings: &Settings,
    subjects: &[Subject<'_>],
    diff: &Diff<'a>,
    notes: &mut Vec<Text>,
) -> (Config, Vec<Told<'a>>) {
    let url = repository_url(settings, facts.repository);
    let table = without_empty(&settings.changelog);
    let mut own = settings.defaults(&url);
    // From 0.3.112 to 0.3.124 pull requests were linked in messages that are not conventional only; nothing in a
    // repository tells the version that CI installs.
    let unlinked = ("2024-12-19".."2025-03-03").contains(&facts.date);
    let linker = if unlinked { std::mem::take(&mut own.preprocessors) } else { Vec::new() };
    let mut config = Config::of(&table, own, notes);
    // Commits are processed twice, the first time without release-plz's own settings (`ChangelogBuilder::build`).
    if table.contains_key("commit_preprocessors") {
        config.preprocessors = [config.preprocessors.clone(), config.preprocessors].concat();
    }
    let commits = diff.commits.iter().chain(&diff.included);
    let line = |at: usize, commit: &'a Commit| {
        // Of a message that is not conventional only the first line counts.
        let counts = subjects.get(at).is_some_and(|subject| subject.conventional);
        (!counts).then(|| commit.message.lines().next().unwrap_or_default())
    };
    let mut shown: Vec<Told<'_>> =
        commits.map(|(at, commit)| (*at, Cow::Borrowed(*commit), line(*at, commit))).collect();
    if let Some(message) = &diff.filler {
        shown.insert(0, (usize::MAX, Cow::Owned(Commit { message: message.clone(), ..Commit::default() }), None));
    }
    for (_, commit, line) in shown.iter_mut().filter(|_| !linker.is_empty()) {
        let message = line.unwrap_or(&commit.message);
        if crate::reading::spec::read(message).is_err() {
            let message = message.to_owned();
            let linked = linker.iter().fold(message, |message, linker| linker.apply(&message).into_owned());
            commit.to_mut().message = linked;
            *line = None;
        }
    }
    if !config.newest_first {
        shown.reverse();
    }
    (config, shown)
}

/// The commits as the entry shows them; `None` where the configuration makes too much of one, which a note says.
fn prepared<'a>(config: &'a Config, shown: &'a [Told<'_>], notes: &mut Vec<Text>) -> Option<Vec<Prepared<'a>>> {
    let saying = |(at, commit, line): &'a Told<'_>| (*at, commit.as_ref(), line.unwrap_or(&commit.message));
    let (prepared, skipped) = prepare_saying(config, shown.iter().map(saying));
    if skipped.iter().any(|(_, why)| *why == Skipped::TooLong) {
        notes.push(Text::new("tool_cliff_too_long", []));
        return None;
    }
    Some(prepared)
}

/// Where the entry's version links to.
fn release_link(url: &str, previous: &str, tag: &str) -> String {
    if previous.is_empty() || previous == tag {
        format!("{url}/releases/tag/{tag}")
    } else {
        format!("{url}/compare/{previous}...{tag}")
    }
}

/// The entry by the repository's own template (`src/changelog.rs`, `src/changelog_filler.rs`).
#[cfg(feature = "templates")]
fn filled(
    facts: &Facts<'_>,
    settings: &Settings,
    subjects: &[Subject<'_>],
    diff: &Diff<'_>,
    tag: &str,
    body: &str,
    notes: &mut Vec<Text>,
) -> Option<Entry> {
    use super::template::Template;
    let (config, shown) = shown(facts, settings, subjects, diff, notes);
    let prepared = prepared(&config, &shown, notes)?;
    let (day, next) = (day::of_last_push(facts), diff.next.to_string());
    let previous = diff.previous.as_ref().map(Version::to_string).unwrap_or_default();
    let asks = |name: &str| body.contains(name);
    let told = Shown {
        tag: &next,
        previous: (&previous, ""),
        date: &day,
        bump: None,
        commits: &prepared,
        range: None,
        // Whether the template asks the forge is told by its text.
        remote: (asks("remote.username") || asks("remote.pr_number")).then_some("github"),
    };
    if told.commits.is_empty() {
        return None;
    }
    let mut context = context(told, Seen::ALL);
    context.insert("repository".to_owned(), Value::Null);
    if let Some(previous) = context.get_mut("previous").and_then(Value::as_object_mut) {
        for (key, value) in [("commits", json!([])), ("timestamp", json!(0)), ("commit_id", Value::Null)] {
            previous.insert(key.to_owned(), value);
        }
    }
    // The manifest's own version has none before it.
    if diff.previous.is_none() || diff.package.version.as_ref() == Some(&diff.next) {
        context.insert("previous".to_owned(), Value::Null);
    }
    let url = repository_url(settings, facts.repository);
    let (owner, repo) = (&facts.repository.owner, &facts.repository.name);
    let mut remote = json!({"owner": owner, "repo": repo, "link": url});
    if let Some(remote) = remote.as_object_mut().filter(|_| asks("remote.username") && asks("contributors")) {
        remote.insert("contributors".to_owned(), cliff::unknown("remote.contributors"));
    }
    context.insert("commit_parsers_groups".to_owned(), json!(config.groups()));
    context.insert("package".to_owned(), json!(diff.package.name));
    context.insert("release_link".to_owned(), json!(release_link(&url, &diff.previous_tag, tag)));
    context.insert("remote".to_owned(), remote);
    let table = without_empty(&settings.changelog);
    let trim = table.get("trim").and_then(Value::as_bool).unwrap_or(true);
    let text = Template::parse(body, trim, &day).and_then(|template| template.render(Value::Object(context)));
    let postprocessors = processors(&table, "postprocessors", notes).unwrap_or_default();
    cliff::entry(text, &postprocessors, notes)
}

#[cfg(not(feature = "templates"))]
fn filled(
    _facts: &Facts<'_>,
    _settings: &Settings,
    _subjects: &[Subject<'_>],
    _diff: &Diff<'_>,
    _tag: &str,
    _body: &str,
    notes: &mut Vec<Text>,
) -> Option<Entry> {
    // The third module takes over (`Tool::fills_templates`).
    notes.push(Text::new("tool_cliff_template", []));
    None
}

/// The entry by the default template.
fn written(
    facts: &Facts<'_>,
    settings: &Settings,
    subjects: &[Subject<'_>],
    diff: &Diff<'_>,
    tag: &str,
    notes: &mut Vec<Text>,
) -> String {
    let (config, shown) = shown(facts, settings, subjects, diff, notes);
    let Some(prepared) = prepared(&config, &shown, notes) else { return String::new() };
    let (url, table) = (repository_url(settings, facts.repository), without_empty(&settings.changelog));
    let mut groups: BTreeMap<&str, Vec<&Prepared<'_>>> = BTreeMap::new();
    for commit in &prepared {
        if let Some(group) = commit.section() {
            groups.entry(group).or_default().push(commit);
        }
    }
    // git-cliff writes no release without commits.
    if prepared.is_empty() {
        return String::new();
    }
    let link = release_link(&url, &diff.previous_tag, tag);
    let mut out = format!("## [{}]({link}) - {}\n", diff.next, day::of_last_push(facts));
    for (group, commits) in groups {
        let mut letters = group.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
        out.extend(["\n### ", &first, letters.as_str(), "\n\n"]);
        for commit in commits {
            line(commit, &mut out);
        }
    }
    let postprocessors = processors(&table, "postprocessors", notes).unwrap_or_default();
    let Some(processed) = cliff::processed(&postprocessors, Cow::Owned(out)) else {
        notes.push(Text::new("tool_cliff_too_long", []));
        return String::new();
    };
    processed.into_owned()
}

fn line(commit: &Prepared<'_>, out: &mut String) {
    let breaking = if commit.breaking() { "[**breaking**] " } else { "" };
    let Some(scope) = commit.shown_scope() else {
        out.extend(["- ", breaking, commit.description(), "\n"]);
        return;
    };
    out.extend(["- *(", scope, ")* ", breaking, commit.description()]);
    if !commit.links.is_empty() {
        out.push_str(" (");
        out.extend(commit.links.iter().flat_map(|(text, href)| ["[", text, "](", href, ") "]));
        out.push(')');
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::tool::testing;

    const ROOT: &str = "[workspace]\nmembers = ['a', 'b']\n";

    /// `component tag` of each release of a workspace with the packages `a` and `b`, where `b` is built on `a`.
    #[test]
    fn a_tag_pattern_of_the_users_own_is_for_one_package() {
        let settings = Settings::of(&Files::of([("release-plz.toml", "")]), &mut Vec::new()).unwrap();
        let check = |files: &[(&str, &str)], expected: &[&str]| {
            let mut notes = Vec::new();
            settings.packages(&Files::of(files.iter().copied()), Some("x{version}"), &mut notes);
            assert_eq!(notes.iter().map(|note| &*note.id).collect::<Vec<_>>(), expected);
        };
        check(&[("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n")], &[]);
        let workspace = "[workspace]\nmembers = [\"a\", \"b\"]\n";
        let [a, b] = ["a", "b"].map(|name| format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n"));
        check(&[("Cargo.toml", workspace), ("a/Cargo.toml", &a), ("b/Cargo.toml", &b)], &["tool_plz_pattern_unused"]);
    }

    #[track_caller]
    fn check(config: &str, commits: &[(&str, &str)], expected: &[&str]) {
        let files = Files::of([
            ("release-plz.toml", config),
            ("Cargo.toml", ROOT),
            ("a/Cargo.toml", "[package]\nname = 'a'\nversion = '0.2.3'\n"),
            (
                "b/Cargo.toml",
                "[package]\nname = 'b'\nversion = '1.2.3'\n[dependencies]\na = { path = '../a', version = '0.2.3' }\n",
            ),
        ]);
        let commit = |(message, path): &(&str, &str)| Commit {
            message: (*message).to_owned(),
            files: Some(vec![(*path).to_owned()]),
            ..Commit::default()
        };
        let tag = |name: &str| Tag { name: name.to_owned(), sha: String::new() };
        let history = History {
            commits: commits.iter().map(commit).collect(),
            tags: vec![tag("a-v0.2.3"), tag("b-v1.2.3")],
            ..History::default()
        };
        let plan = testing::planned(plan, &files, &history, "2026-06-01", None);
        let told: Vec<String> = plan.releases.iter().map(|release| release.tag.clone()).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn packages_move_by_their_paths_and_their_dependencies() {
        check("", &[("feat: x", "b/src/lib.rs")], &["b-v1.3.0"]);
        check("", &[("feat: x", "a/src/lib.rs")], &["a-v0.2.4", "b-v1.2.4"]);
        check("", &[("feat!: x", "a/src/lib.rs")], &["a-v0.3.0", "b-v1.2.4"]);
        check("", &[("docs: x", "README.md")], &[]);
    }

    #[test]
    fn options_change_what_moves() {
        check("[workspace]\nrelease_commits = '^feat'", &[("fix: x", "b/x.rs")], &[]);
        check(
            "[workspace]\nfeatures_always_increment_minor = true",
            &[("feat: x", "a/x.rs")],
            &["a-v0.3.0", "b-v1.2.4"],
        );
        let named = "[[package]]\nname = 'a'\ngit_tag_name = '{{ package }}-v{{ version }}'\n";
        check(&format!("{named}[[package]]\nname = 'b'\nrelease = false"), &[("feat: x", "b/x.rs")], &[]);
        check("[[package]]\nname = 'b'\ngit_tag_name = 'b/{{ version }}'", &[("no type", "b/x.rs")], &["b/1.2.3"]);
    }

    /// The tags of the releases of a workspace: manifests by their folders, tags, and a message on one path.
    #[track_caller]
    fn of_workspace(config: &str, manifests: &[(&str, &str)], tags: &[&str], path: &str, expected: &[&str]) -> Plan {
        let paths: Vec<(String, &str)> = manifests
            .iter()
            .map(|(folder, text)| (format!("{folder}/Cargo.toml").trim_start_matches('/').to_owned(), *text))
            .collect();
        let mut files = Files::of(paths.iter().map(|(path, text)| (path.as_str(), *text)));
        files.insert("release-plz.toml", File::Present(config.to_owned()));
        let commit = Commit { message: "fix: x".to_owned(), files: Some(vec![path.to_owned()]), ..Commit::default() };
        let history = History {
            commits: vec![commit],
            tags: tags.iter().map(|name| Tag { name: (*name).to_owned(), sha: String::new() }).collect(),
            ..History::default()
        };
        let plan = testing::planned(plan, &files, &history, "2026-06-01", None);
        let told: Vec<String> = plan.releases.iter().map(|release| release.tag.clone()).collect();
        assert_eq!(told, expected, "{:?}", plan.nothing);
        plan
    }

    const A: (&str, &str) = ("a", "[package]\nname = 'a'\nversion = '0.2.3'\n");
    const BOTH: [&str; 2] = ["a-v0.2.3", "b-v1.2.3"];

    #[test]
    fn what_a_package_is_built_on_moves_it_where_the_asked_for_version_is_written_anew() {
        let root = (
            "",
            "[workspace]\nmembers = ['*']\n[workspace.dependencies]\na = { path = 'a', version = '=0.2.3' }\nc = { path = 'a', package = 'a', version = '0' }\n",
        );
        let told = |dependency: &str, config: &str, expected: &[&str]| {
            let manifest = format!("[package]\nname = 'b'\nversion = '1.2.3'\n{dependency}");
            of_workspace(config, &[root, A, ("b", &manifest)], &BOTH, "a/x.rs", expected);
        };
        let with_b = ["a-v0.2.4", "b-v1.2.4"];
        told("[dependencies]\na = { path = '../a', version = '0.2.3' }", "", &with_b);
        told("[dependencies]\na = { path = '../a', version = '=0.2.1' }", "", &with_b);
        told("[dev-dependencies]\na = { path = '../a', version = '0.2.3' }", "", &with_b);
        told("[target.x.build-dependencies]\nz = { path = '../a/.', package = 'a', version = '^0.2.3' }", "", &with_b);
        told("[dependencies]\na.workspace = true", "", &with_b);
        told("[dependencies]\nc.workspace = true", "", &["a-v0.2.4"]);
        told("[dependencies]\na = { path = '../a', version = '0.2' }", "", &["a-v0.2.4"]);
        told("[dependencies]\na = { path = '../a', version = '>=0.2.3' }", "", &["a-v0.2.4"]);
        told("[dependencies]\na = '0.2.3'", "", &["a-v0.2.4"]);
        told("[dependencies]\na = { path = '../a' }", "", &["a-v0.2.4"]);
        told("[dependencies]\na = { path = '../a' }", "[workspace]\ngit_only = true", &with_b);
        told("[dev-dependencies]\na = { path = '../a' }", "[workspace]\ngit_only = true", &["a-v0.2.4"]);
    }

    #[test]
    fn what_moves_is_told_in_the_order_of_releases() {
        let root = ("", "[workspace]\nmembers = ['*']\n");
        let on = |name: &str, version: &str, others: &[(&str, &str)]| {
            let line =
                |(other, version): &(&str, &str)| format!("{other} = {{ path = '../{other}', version = '{version}' }}");
            let others: Vec<String> = others.iter().map(line).collect();
            format!("[package]\nname = '{name}'\nversion = '{version}'\n[dependencies]\n{}\n", others.join("\n"))
        };
        let (a, b) = (on("a", "1.0.0", &[("b", "1.0.0"), ("c", "1.0.0")]), on("b", "1.0.0", &[("c", "1.0.0")]));
        let manifests = [root, ("a", a.as_str()), ("b", b.as_str()), ("c", "[package]\nname = 'c'\nversion = '1.0.0'")];
        let tags = ["a-v1.0.0", "b-v1.0.0", "c-v1.0.0"];
        let plan = of_workspace("", &manifests, &tags, "c/x.rs", &["c-v1.0.1", "b-v1.0.1", "a-v1.0.1"]);
        let entry = plan.releases[2].entry.as_ref().unwrap().markdown.clone();
        assert!(entry.ends_with("\n- updated the following local packages: c, b\n"), "{entry}");
    }

    /// The lines of a package's entry (without the heading's day) that come of a manifest, tags, and messages on paths.
    #[track_caller]
    fn entry(config: &str, manifest: &str, tags: &[&str], commits: &[(&str, &str)], expected: &[&str]) {
        let files = Files::of([
            ("release-plz.toml", config),
            ("Cargo.toml", "[workspace]\nmembers = ['a']"),
            ("a/Cargo.toml", manifest),
        ]);
        let commit = |(at, (message, path)): (usize, &(&str, &str))| Commit {
            message: (*message).to_owned(),
            sha: format!("{:040}", at + 1),
            parents: 1 + u32::from(message.starts_with("Merge")),
            files: Some(vec![(*path).to_owned()]),
            ..Commit::default()
        };
        let tag = |name: &&str| Tag { name: (*name).to_owned(), sha: format!("{:040}", 1) };
        let history = History {
            commits: commits.iter().enumerate().map(commit).collect(),
            tags: tags.iter().map(tag).collect(),
            ..History::default()
        };
        let plan = testing::planned(plan, &files, &history, "2026-06-01", None);
        let told = plan.releases.first().and_then(|release| release.entry.clone()).map(|entry| entry.markdown);
        let told = told.unwrap_or_default();
        let lines: Vec<&str> =
            told.lines().filter(|line| line.starts_with(['-', '#']) && !line.starts_with("###")).collect();
        assert_eq!(lines, expected, "{:?}", plan.nothing);
    }

    #[test]
    fn what_is_not_packed_is_told_behind_what_is() {
        let manifest = |more: &str| format!("[package]\nname = 'a'\nversion = '0.2.3'\n{more}");
        let heading = "## [0.2.4](https://github.com/acme/widgets/compare/v0.2.3...v0.2.4) - 2026-06-01";
        let start = ("chore: start", "a/x");
        let (docs, source) = (("fix: docs", "a/docs/x.md"), ("fix: source", "a/src/x.rs"));
        let left_out = manifest("exclude = ['/docs/']");
        entry("", &left_out, &["v0.2.3"], &[start, docs], &[]);
        entry("", &left_out, &["v0.2.3"], &[start, docs, source], &[heading, "- source"]);
        entry("", &left_out, &["v0.2.3"], &[start, source, docs], &[heading, "- docs", "- source"]);
        let packed = manifest("include = ['src/**']\nreadme = 'ABOUT.md'");
        entry("", &packed, &["v0.2.3"], &[start, docs], &[]);
        entry("", &packed, &["v0.2.3"], &[start, ("fix: x", "a/ABOUT.md")], &[heading, "- x"]);
        entry(
            "",
            &manifest(""),
            &["v0.2.3"],
            &[start, source, ("Merge branch 'x'", "a/src/x.rs")],
            &[heading, "- source"],
        );
    }

    #[test]
    fn tags_of_pre_releases_tell_nothing_where_tags_alone_do() {
        let manifest = "[package]\nname = 'a'\nversion = '1.0.0-rc.1'";
        let commits = [("feat: start", "a/x"), ("feat: x", "a/x")];
        let told = |config: &str, heading: &str| {
            entry(config, manifest, &["v1.0.0-rc.1"], &commits, &[heading, "- x"]);
        };
        told("", "## [1.0.0-rc.2](https://github.com/acme/widgets/compare/v1.0.0-rc.1...v1.0.0-rc.2) - 2026-06-01");
        let first = "## [1.0.0-rc.1](https://github.com/acme/widgets/releases/tag/v1.0.0-rc.1) - 2026-06-01";
        told("[workspace]\ngit_only = true", first);
    }

    #[test]
    fn preprocessors_are_applied_twice() {
        let manifest = "[package]\nname = 'a'\nversion = '0.2.3'";
        let config = "[changelog]\ncommit_preprocessors = [{ pattern = 'o', replace = 'oo' }]";
        let heading = "## [0.2.4](https://github.com/acme/widgets/compare/v0.2.3...v0.2.4) - 2026-06-01";
        let commits = [("chore: start", "a/x"), ("fix: o", "a/x")];
        entry(config, manifest, &["v0.2.3"], &commits, &[heading, "- oooo"]);
    }

    #[cfg(feature = "templates")]
    #[test]
    fn the_changelog_may_be_written_as_git_cliff_is_told() {
        let alone = "[package]\nname = 'a'\nversion = '0.2.3'";
        let told = |cliff: &str| {
            let files = Files::of([
                ("release-plz.toml", "[workspace]\nchangelog_config = './ci/cliff.toml'"),
                ("ci/cliff.toml", cliff),
                ("Cargo.toml", alone),
            ]);
            let commit = |text: &str| Commit {
                message: text.to_owned(),
                files: Some(vec!["x".to_owned()]),
                ..Commit::default()
            };
            let history = History {
                commits: ["feat: one (#3)", "no type", "fix: two"].map(commit).to_vec(),
                tags: vec![Tag { name: "v0.2.3".to_owned(), sha: String::new() }],
                ..History::default()
            };
            let plan = testing::planned(plan, &files, &history, "2026-06-01", None);
            plan.releases[0].entry.as_ref().unwrap().markdown.clone()
        };
        let body = "[changelog]\nbody = \"{% for commit in commits %}{{ commit.group | striptags | trim }}: {{ commit.message }}\\n{% endfor %}\"\n";
        let pull = "([#3](https://github.com/acme/widgets/pull/3))";
        assert_eq!(told(body), format!("🚀 Features: one {pull}\n🐛 Bug Fixes: two\n"));
        let own = "[git]\nsort_commits = 'newest'\ncommit_parsers = []";
        assert_eq!(told(&format!("{body}{own}")), format!("fixed: two\nadded: one {pull}\n"));
        assert!(told("").contains("### 🚀 Features"), "{}", told(""));
    }

    #[test]
    fn members_are_what_the_workspace_names_and_what_they_are_built_on() {
        let b = ("b", "[package]\nname = 'b'\nversion = '1.2.3'");
        let fuzz = ("fuzz", "[package]\nname = 'fuzz'\nversion = '0.0.0'");
        let alone = ("", "[package]\nname = 'a'\nversion = '0.2.3'");
        of_workspace("", &[alone, b, fuzz], &["v0.2.3"], "src/x.rs", &["v0.2.4"]);
        let built = ("", "[workspace]\n[package]\nname = 'a'\nversion = '0.2.3'\n[dependencies]\nb.path = 'b'");
        of_workspace("", &[built, b, fuzz], &BOTH, "b/x.rs", &["b-v1.2.4"]);
        let out = ("", "[workspace]\nmembers = ['*']\nexclude = ['fuzz']");
        of_workspace("", &[out, A, fuzz], &["v0.2.3"], "a/x.rs", &["v0.2.4"]);
        // Whoever is not published has no part, but is a reason to name packages in tags.
        for publish in ["false", "[]"] {
            let private = format!("[package]\nname = 'b'\nversion = '1.2.3'\npublish = {publish}");
            let manifests = [("", "[workspace]\nmembers = ['*']"), A, ("b", private.as_str())];
            of_workspace("", &manifests, &BOTH, "b/x.rs", &[]);
            of_workspace("", &manifests, &BOTH, "a/x.rs", &["a-v0.2.4"]);
            let config = "[[package]]\nname = 'b'\nrelease = false";
            of_workspace(config, &manifests, &["v0.2.3"], "a/x.rs", &["v0.2.4"]);
        }
    }

    #[test]
    fn packages_of_a_group_have_one_version() {
        let root = ("", "[workspace]\nmembers = ['*']\n[workspace.package]\nversion = '0.2.3'\n");
        let own = "[package]\nname = 'b'\nversion = '1.2.3'\n";
        let groups = "[[package]]\nname = 'a'\nversion_group = 'g'\n[[package]]\nname = 'b'\nversion_group = 'g'\n";
        // The highest counts, whether it moves or not.
        of_workspace(groups, &[root, A, ("b", own)], &BOTH, "a/x.rs", &["a-v1.2.3"]);
        of_workspace(groups, &[root, A, ("b", own)], &BOTH, "b/x.rs", &["a-v1.2.4", "b-v1.2.4"]);
        let inherits = |name: &str| format!("[package]\nname = '{name}'\nversion.workspace = true\n");
        let (a, b) = (inherits("a"), inherits("b"));
        let manifests = [root, ("a", a.as_str()), ("b", b.as_str())];
        let tags = ["a-v0.2.3", "b-v0.2.3"];
        of_workspace("", &manifests, &tags, "a/x.rs", &["a-v0.2.4", "b-v0.2.4"]);
        // What is built on a member that takes the version moves, whether that one is released or not.
        let c = "[package]\nname = 'c'\nversion = '1.0.0'\n[dependencies]\na = { path = '../a', version = '0.2.3' }\n";
        let three = [root, ("a", a.as_str()), ("b", b.as_str()), ("c", c)];
        let silent = "[[package]]\nname = 'a'\nrelease = false";
        of_workspace(silent, &three, &["b-v0.2.3", "c-v1.0.0"], "b/x.rs", &["b-v0.2.4", "c-v1.0.1"]);
        let told = "[[package]]\nname = 'b'\nchangelog_include = ['a']\n[[package]]\nname = 'a'\nrelease = false";
        of_workspace(told, &three, &["b-v0.2.3", "c-v1.0.0"], "a/x.rs", &[]);
        // A filter holds those back that have no such commit.
        of_workspace("[workspace]\nrelease_commits = '^fix'", &manifests, &tags, "a/x.rs", &["a-v0.2.4"]);
        of_workspace("[workspace]\nrelease_commits = '^feat'", &manifests, &tags, "a/x.rs", &[]);
    }

    #[cfg(feature = "templates")]
    #[test]
    fn an_entry_is_written_by_the_template_of_the_configuration() {
        let config = "[changelog]\nbody = '''\n## {{ package }} [{{ version }}]({{ release_link }}) {{ timestamp | date }}\n\
            after {{ previous.version }}\n{% for commit in commits %}- {{ commit.message }}\
            {% if commit.breaking %}!{% endif %} ({{ remote.owner }})\n{% endfor %}'''\n";
        let files =
            Files::of([("release-plz.toml", config), ("Cargo.toml", "[package]\nname = 'a'\nversion = '0.2.3'\n")]);
        let commit = |message: &str| Commit {
            message: message.to_owned(),
            files: Some(vec!["x.rs".to_owned()]),
            ..Commit::default()
        };
        let history = History {
            commits: vec![commit("fix: mend (#3)"), commit("feat!: x")],
            tags: vec![Tag { name: "v0.2.3".to_owned(), sha: String::new() }],
            ..History::default()
        };
        let plan = testing::planned(plan, &files, &history, "2026-06-01", None);
        let entry = plan.releases.first().and_then(|release| release.entry.clone()).map(|entry| entry.markdown);
        let expected = "## a [0.3.0](https://github.com/acme/widgets/compare/v0.2.3...v0.3.0) 2026-06-01\nafter 0.2.3\n\
            - x! (acme)\n- mend ([#3](https://github.com/acme/widgets/pull/3)) (acme)\n";
        assert_eq!(entry.as_deref(), Some(expected), "{:?}", plan.notes);
        assert!(ReleasePlz.fills_templates(&files));
    }

    #[test]
    fn a_tag_template_is_read_as_far_as_it_is_names() {
        assert_eq!(tag_pattern("{{ package }}-v{{version}}", "a"), Some(TagPattern::new("a-v", "")));
        assert_eq!(tag_pattern("{{ version | upper }}", "a"), None);
    }
}
