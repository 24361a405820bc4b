//! changesets and beachball: files that every pull request brings along decide, not its title.
//!
//! changesets 2 (`packages/parse`, `packages/assemble-release-plan`): front matter with a bump for each package; groups
//! that move together, packages that follow what they depend on, and pre-releases. beachball 2 (`src/bump`): JSON with
//! `packageName` and `type`, and packages that follow.

use super::conventional_changelog::run::Package;
use super::glob::Glob;
use super::{ChangeFiles, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::files::{Files, yaml};
use crate::history::Tag;
use crate::javascript::exported;
use crate::text::Text;
use crate::version::increment;
use semver::{Prerelease, Version, VersionReq};
use serde_json::Value;
use std::collections::BTreeMap;

/// changesets.
#[derive(Clone, Copy, Debug)]
pub struct Changesets;

/// beachball.
#[derive(Clone, Copy, Debug)]
pub struct Beachball;

/// How many packages are named that nobody knows.
const UNKNOWN: usize = 5;
/// Where beachball keeps its settings.
const BEACHBALL: &str = "beachball.config.js";
/// Where changesets keeps its settings and the state of a run of pre-releases.
const CONFIG: &str = ".changeset/config.json";
const PRE: &str = ".changeset/pre.json";
const CHANGESETS: &str = ".changeset/";

impl Tool for Changesets {
    fn id(&self) -> &'static str {
        "changesets"
    }
    fn name(&self) -> &'static str {
        "changesets"
    }
    fn files(&self) -> &'static [&'static str] {
        &[CONFIG, ".changeset/*.md", PRE, "package.json", "packages/*/package.json"]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        if files.text(CONFIG).is_some() {
            return Some(Recognition { path: CONFIG.to_owned(), evidence: String::new() });
        }
        // Not every list of files reaches into folders.
        let package = files.value("package.json").ok().flatten()?;
        let evidence = "@changesets/cli";
        KINDS.iter().find_map(|kind| package.get(*kind)?.get(evidence))?;
        Some(Recognition { path: "package.json".to_owned(), evidence: evidence.to_owned() })
    }
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        workspace_files(files, tree)
    }
    fn change_files(&self, files: &Files) -> Option<ChangeFiles> {
        let (is_one, read) = (|name: &str| changeset_id(name).is_some(), changeset);
        let packages = folders(&workspace_patterns(files));
        Some(ChangeFiles { folder: CHANGESETS.to_owned(), packages, alone: true, is_one, read })
    }
    fn last_release<'a>(&self, _: &Files, _branch: &str, _: &'a [Tag], _over: Option<&str>) -> Option<&'a Tag> {
        None
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let folder = CHANGESETS;
        let mut plan = begun(facts, folder, |name| changeset_id(name).is_some());
        let config = match facts.files.value(CONFIG) {
            Ok(config) => config.unwrap_or_default(),
            Err(error) => return failed(plan, Text::new("tool_config_malformed", [&error.path, &error.reason])),
        };
        let pre = facts.files.value(PRE).ok().flatten().filter(|pre| pre.get("mode") == Some(&Value::from("pre")));
        let mut asked = Asked::default();
        let mut fresh = Vec::new();
        for (path, text) in texts(facts.files, folder) {
            let name = path.strip_prefix(folder).unwrap_or_default();
            let Some(id) = changeset_id(name) else { continue };
            let Some(bumps) = changeset(text) else {
                return failed(plan, Text::new("tool_change_file_wrong", [path]));
            };
            let used = pre.as_ref().and_then(|pre| pre.get("changesets")?.as_array());
            let is_fresh = !used.is_some_and(|used| used.contains(&Value::from(id)));
            for (package, bump) in bumps {
                if is_fresh {
                    fresh.push(package.clone());
                }
                asked.add(path, &package, bump);
            }
        }
        let packages = Workspace::read(facts.files);
        name_unknown(&mut plan, &asked, &packages);
        let initial = pre.as_ref().and_then(|pre| pre.get("initialVersions"));
        let from = |package: &Package| {
            let before = initial.and_then(|versions| Version::parse(versions.get(&package.name)?.as_str()?).ok());
            before.or_else(|| package.version.clone()).unwrap_or(Version::new(0, 0, 0))
        };
        packages.settle(&config, &mut asked, &from);
        if pre.is_some() {
            // What an earlier pre-release took in moves nothing by itself.
            let moves = |name: &String| fresh.contains(name) || !asked.direct.contains(name);
            asked.bumps.retain(|(name, _)| moves(name));
        }
        let ignored = names(config.get("ignore"), &packages);
        for (name, bump) in &asked.bumps {
            let Some(package) = packages.of(name).filter(|_| *bump > Bump::None && !ignored.contains(name)) else {
                continue;
            };
            let base = asked.bases.get(name).cloned().unwrap_or_else(|| from(package));
            let next = increment(&base, *bump).and_then(|next| match &pre {
                None => Some(next),
                Some(pre) => {
                    let tag = pre.get("tag")?.as_str()?;
                    let number = package.version.as_ref().and_then(|version| number_of(version, tag));
                    let number = number.map_or(Some(0), |number| number.checked_add(1))?;
                    Some(Version { pre: Prerelease::new(&format!("{tag}.{number}")).ok()?, ..next })
                }
            });
            let Some(next) = next else { continue };
            let tag = if packages.one() { format!("v{next}") } else { format!("{name}@{next}") };
            plan.releases.push(release(package, *bump, next, tag, &asked));
        }
        ended(plan, folder)
    }
}

impl Tool for Beachball {
    fn id(&self) -> &'static str {
        "beachball"
    }
    fn name(&self) -> &'static str {
        "beachball"
    }
    fn files(&self) -> &'static [&'static str] {
        &[BEACHBALL, "change/*.json", "package.json", "packages/*/package.json"]
    }
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        let folder = beachball_folder(files);
        let change = |path: &&String| path.strip_prefix(&folder).is_some_and(beachball_file);
        tree.iter().filter(change).cloned().chain(workspace_files(files, tree)).collect()
    }
    fn change_files(&self, files: &Files) -> Option<ChangeFiles> {
        let read = |text: &str| {
            let changes = beachball_changes(text)?.into_iter();
            Some(changes.map(|change| (change.package, change.bump)).collect())
        };
        let packages = folders(&workspace_patterns(files));
        Some(ChangeFiles { folder: beachball_folder(files), packages, alone: true, is_one: beachball_file, read })
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = BEACHBALL;
        if files.text(path).is_some() {
            return Some(Recognition { path: path.to_owned(), evidence: String::new() });
        }
        let package = files.value("package.json").ok().flatten()?;
        package.get("beachball").filter(|own| own.is_object())?;
        Some(Recognition { path: "package.json".to_owned(), evidence: "beachball".to_owned() })
    }
    fn last_release<'a>(&self, _: &Files, _branch: &str, _: &'a [Tag], _over: Option<&str>) -> Option<&'a Tag> {
        None
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let folder = beachball_folder(facts.files);
        let folder = folder.as_str();
        let mut plan = begun(facts, folder, beachball_file);
        let mut asked = Asked::default();
        // A package that depends on one that moves is a patch, or what the change file says of such.
        let mut followers: BTreeMap<String, Bump> = BTreeMap::new();
        let is_one = |path: &str| path.strip_prefix(folder).is_some_and(beachball_file);
        for (path, text) in texts(facts.files, folder).filter(|(path, _)| is_one(path)) {
            let Some(changes) = beachball_changes(text) else {
                return failed(plan, Text::new("tool_change_file_wrong", [path]));
            };
            for change in changes {
                asked.add(path, &change.package, change.bump);
                let known = followers.entry(change.package).or_default();
                *known = change.follows.max(*known);
            }
        }
        let packages = Workspace::read(facts.files);
        name_unknown(&mut plan, &asked, &packages);
        let mut at = 0;
        while let Some((name, bump)) = asked.bumps.get(at).cloned() {
            at += 1;
            let follows = followers.get(&name).copied().unwrap_or(Bump::Patch);
            let dependents = packages.dependents(&name).filter(|_| bump > Bump::None && follows > Bump::None);
            for (dependent, _, _) in dependents {
                if asked.bump(&dependent.name) < follows {
                    asked.follow(&dependent.name, follows);
                }
            }
        }
        for (name, bump) in &asked.bumps {
            let Some(package) = packages.of(name).filter(|package| *bump > Bump::None && !package.private) else {
                continue;
            };
            let Some(next) = increment(package.version.as_ref().unwrap_or(&Version::new(0, 0, 0)), *bump) else {
                continue;
            };
            let tag = format!("{name}_v{next}");
            plan.releases.push(release(package, *bump, next, tag, &asked));
        }
        ended(plan, folder)
    }
}

/// Where pnpm keeps which folders are packages.
const PNPM: &str = "pnpm-workspace.yaml";
/// How many folders are looked into for packages.
const FOLDERS: usize = 4;

/// Which folders are packages, as npm, yarn and pnpm are told (`workspaces`; `packages` of pnpm's own file); `packages/*`
/// where nothing is said.
fn workspace_patterns(files: &Files) -> Vec<String> {
    let package = files.value("package.json").ok().flatten().unwrap_or_default();
    let named =
        package.get("workspaces").and_then(|value| value.as_array().or_else(|| value.get("packages")?.as_array()));
    let pnpm = files.value(PNPM).ok().flatten().unwrap_or_default();
    let named = pnpm.get("packages").and_then(Value::as_array).or(named).into_iter().flatten();
    let plain = |pattern: &str| pattern.trim_start_matches("./").trim_end_matches('/').to_owned();
    let patterns: Vec<String> = named.filter_map(Value::as_str).map(plain).collect();
    if patterns.is_empty() { vec!["packages/*".to_owned()] } else { patterns }
}

/// The first folders of patterns.
fn folders(patterns: &[String]) -> Vec<String> {
    let mut folders: Vec<String> = Vec::new();
    for first in patterns.iter().filter_map(|pattern| pattern.split('/').next()) {
        let named = !first.is_empty() && !first.contains(['*', '!', '{', '[', '?', '.']);
        if named && !folders.iter().any(|known| known == first) && folders.len() < FOLDERS {
            folders.push(first.to_owned());
        }
    }
    folders
}

/// Whether a manifest is that of one of the workspace's packages.
pub(super) fn membership(files: &Files) -> impl Fn(&str) -> bool + use<> {
    let (taken, left): (Vec<String>, Vec<String>) =
        workspace_patterns(files).into_iter().partition(|pattern| !pattern.starts_with('!'));
    let taken: Vec<Glob> = taken.iter().map(|pattern| Glob::new(pattern)).collect();
    let left: Vec<Glob> = left.iter().filter_map(|pattern| pattern.strip_prefix('!')).map(Glob::new).collect();
    move |path| {
        let folder = path.strip_suffix("/package.json").filter(|folder| !folder.contains("node_modules"));
        let of = |globs: &[Glob]| folder.is_some_and(|folder| globs.iter().any(|glob| glob.matches(folder)));
        of(&taken) && !of(&left)
    }
}

/// The files of the tree that tell which packages there are, and their manifests.
pub(super) fn workspace_files(files: &Files, tree: &[String]) -> Vec<String> {
    let member = membership(files);
    tree.iter().filter(|path| *path == PNPM || member(path)).cloned().collect()
}

/// The id of a changeset by its name in the folder; `None` for what is none (`packages/read`).
fn changeset_id(name: &str) -> Option<&str> {
    name.strip_suffix(".md").filter(|id| !id.starts_with('.') && *id != "README" && !id.contains('/'))
}

/// Whether a name in the folder is a change file's: beachball reads JSON alone.
fn beachball_file(name: &str) -> bool {
    name.strip_suffix(".json").is_some() && !name.contains('/')
}

/// Where beachball looks for change files (`changeDir`, `change` where it is not set).
fn beachball_folder(files: &Files) -> String {
    let own = files.text(BEACHBALL).and_then(exported);
    let package = || files.value("package.json").ok().flatten()?.get("beachball").cloned();
    let settings = own.or_else(package).unwrap_or_default();
    let named = settings.get("changeDir").and_then(Value::as_str).unwrap_or("change");
    format!("{}/", named.trim_start_matches("./").trim_end_matches('/'))
}

/// The changes of a beachball file: grouped ones hold a list. `None` where one is none.
fn beachball_changes(text: &str) -> Option<Vec<BeachballChange>> {
    let value = serde_json::from_str::<Value>(text).ok()?;
    let changes = value.get("changes").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![value]);
    let read = |change: &Value| {
        let text = |key: &str| change.get(key).and_then(Value::as_str);
        let (package, bump) = (text("packageName")?.to_owned(), text("type").and_then(Bump::named)?);
        let follows = text("dependentChangeType").and_then(Bump::named).unwrap_or(Bump::Patch);
        // A change that moves nothing moves no dependent.
        let follows = if bump == Bump::None { Bump::None } else { follows };
        Some(BeachballChange { package, bump, follows })
    };
    changes.iter().map(read).collect()
}

/// A change of a beachball file.
struct BeachballChange {
    package: String,
    bump: Bump,
    /// How far those move that depend on it.
    follows: Bump,
}

/// The front matter of a change file: packages and how far they move; `None` where it is none, which makes changesets
/// stop.
fn changeset(text: &str) -> Option<Vec<(String, Bump)>> {
    let text = text.replace("\r\n", "\n");
    let (_, rest) = text.split_once("---")?;
    // The end stands in a line of its own, with blanks before it.
    let mut at = 0;
    let end = loop {
        let line = at + rest.get(at..)?.find('\n')? + 1;
        let mark = rest.get(line..)?;
        if mark.trim_start().starts_with("---") {
            break line;
        }
        at = line;
    };
    let value = yaml(rest.get(..end)?).ok()?;
    let bumps = match &value {
        Value::Null => return Some(Vec::new()),
        value => value.as_object()?,
    };
    bumps.iter().map(|(name, bump)| Some((name.clone(), Bump::named(bump.as_str()?)?))).collect()
}

/// What change files ask for, and what follows from it.
#[derive(Default)]
struct Asked {
    bumps: Vec<(String, Bump)>,
    /// The packages that files name themselves.
    direct: Vec<String>,
    /// The files that name a package, and how far they want it to move.
    files: BTreeMap<String, Vec<(String, Bump)>>,
    /// The version a package is counted from where that is not its own: the highest of its group.
    bases: BTreeMap<String, Version>,
}

impl Asked {
    fn add(&mut self, path: &str, name: &str, bump: Bump) {
        self.files.entry(name.to_owned()).or_default().push((path.to_owned(), bump));
        if !self.direct.iter().any(|known| known == name) {
            self.direct.push(name.to_owned());
        }
        self.follow(name, bump);
    }

    fn follow(&mut self, name: &str, bump: Bump) {
        match self.bumps.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = bump.max(*known),
            None => self.bumps.push((name.to_owned(), bump)),
        }
    }

    fn bump(&self, name: &str) -> Bump {
        self.bumps.iter().find(|(known, _)| known == name).map_or(Bump::None, |(_, bump)| *bump)
    }
}

/// The packages of a repository and what each depends on.
struct Workspace {
    packages: Vec<Package>,
    /// By name: the kind of dependency, the name and the range.
    dependencies: BTreeMap<String, Vec<(&'static str, String, String)>>,
}

const KINDS: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

impl Workspace {
    fn read(files: &Files) -> Self {
        let mut packages = Package::all(files);
        packages.extend(Package::read(files, "."));
        let mut dependencies = BTreeMap::new();
        for package in &packages {
            let path =
                if package.path == "." { "package.json".to_owned() } else { format!("{}/package.json", package.path) };
            let value = files.value(&path).ok().flatten().unwrap_or_default();
            let of = |kind: &'static str| {
                let table = value.get(kind).and_then(Value::as_object).into_iter().flatten();
                table.map(move |(name, range)| (kind, name.clone(), range.as_str().unwrap_or_default().to_owned()))
            };
            dependencies.insert(package.name.clone(), KINDS.into_iter().flat_map(of).collect());
        }
        Self { packages, dependencies }
    }

    fn one(&self) -> bool {
        self.packages.len() < 2
    }

    fn of(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The packages that depend on one: the kind of dependency, and its range.
    fn dependents<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a Package, &'static str, &'a str)> {
        self.packages.iter().flat_map(move |package| {
            let own = self.dependencies.get(&package.name).into_iter().flatten();
            own.filter(move |(_, dependency, _)| dependency == name)
                .map(move |(kind, _, range)| (package, *kind, range.as_str()))
        })
    }

    /// `assembleReleasePlan`: dependents and groups, until nothing moves any more. Every round moves a package further, so
    /// that there are at most three for each.
    fn settle(&self, config: &Value, asked: &mut Asked, from: &dyn Fn(&Package) -> Version) {
        let groups = |key: &str| -> Vec<Vec<String>> {
            config
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(|group| names(Some(group), self))
                .collect()
        };
        let (fixed, linked) = (groups("fixed"), groups("linked"));
        let in_range = config
            .pointer("/___experimentalUnsafeOptions_WILL_CHANGE_IN_PATCH/onlyUpdatePeerDependentsWhenOutOfRange")
            == Some(&Value::Bool(true));
        loop {
            let before = asked.bumps.clone();
            let mut at = 0;
            while let Some((name, bump)) = asked.bumps.get(at).cloned() {
                at += 1;
                let Some(package) = self.of(&name).filter(|_| bump > Bump::None) else { continue };
                let old = from(package);
                let Some(new) = increment(&old, bump) else { continue };
                for (dependent, kind, range) in self.dependents(&name) {
                    let left = leaves(range, &old, &new);
                    if kind == "peerDependencies" && bump > Bump::Patch && (left || !in_range) {
                        asked.follow(&dependent.name, Bump::Major);
                    } else if left && kind != "devDependencies" && asked.bump(&dependent.name) == Bump::None {
                        asked.follow(&dependent.name, Bump::Patch);
                    }
                }
            }
            for (group, all) in fixed.iter().map(|group| (group, true)).chain(linked.iter().map(|group| (group, false)))
            {
                let Some(highest) = group.iter().map(|name| asked.bump(name)).max().filter(|bump| *bump > Bump::None)
                else {
                    continue;
                };
                let base = group.iter().filter_map(|name| self.of(name)).map(from).max();
                for name in group {
                    if !all && asked.bump(name) == Bump::None {
                        continue;
                    }
                    asked.follow(name, highest);
                    if let Some(base) = &base {
                        asked.bases.insert(name.clone(), base.clone());
                    }
                }
            }
            if asked.bumps == before {
                break;
            }
        }
    }
}

/// The names that a list of names and patterns stands for.
fn names(list: Option<&Value>, workspace: &Workspace) -> Vec<String> {
    let patterns = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let globs: Vec<Glob> = patterns.map(Glob::new).collect();
    let own = workspace.packages.iter().map(|package| &package.name);
    own.filter(|name| globs.iter().any(|glob| glob.matches(name))).cloned().collect()
}

/// Whether a version lies outside the range in which another package wants it. `workspace:*` is the exact old version.
fn leaves(range: &str, old: &Version, new: &Version) -> bool {
    let range = match range.strip_prefix("workspace:") {
        Some("*") => format!("={old}"),
        Some(mark @ ("^" | "~")) => format!("{mark}{old}"),
        Some(range) => range.to_owned(),
        None => range.to_owned(),
    };
    // A bare version is an exact one for npm. Ranges of other forms are taken to hold.
    let exact = range.starts_with(|c: char| c.is_ascii_digit()) && Version::parse(&range).is_ok();
    let range = if exact { format!("={range}") } else { range };
    VersionReq::parse(&range).is_ok_and(|range| !range.matches(new))
}

/// The number of a pre-release of that tag.
fn number_of(version: &Version, tag: &str) -> Option<u64> {
    version.pre.strip_prefix(tag)?.strip_prefix('.')?.parse().ok()
}

/// The files of a folder on the branch and their texts.
fn texts<'a>(files: &'a Files, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    files.paths().filter(move |path| path.starts_with(folder)).filter_map(|path| Some((path, files.text(path)?)))
}

/// A plan that says what decides. The files that the pull request itself brings are laid over the branch's where they
/// could be read.
fn begun(facts: &Facts<'_>, folder: &str, is_one: fn(&str) -> bool) -> Plan {
    let mut plan = Plan { notes: vec![Text::new("tool_change_files_decide", [folder])], ..Plan::default() };
    let own = facts.history.commits.last().and_then(|commit| commit.files.as_ref());
    let unread = |path: &String| path.strip_prefix(folder).is_some_and(is_one) && facts.files.get(path).is_none();
    if own.is_some_and(|files| files.iter().any(unread)) {
        plan.notes.push(Text::new("tool_change_files_own", [folder]));
    }
    plan
}

/// Names the packages that change files name and whose versions nobody knows here.
fn name_unknown(plan: &mut Plan, asked: &Asked, packages: &Workspace) {
    let unknown = |name: &&String| packages.of(name).is_none() && asked.bump(name) > Bump::None;
    for name in asked.direct.iter().filter(unknown).take(UNKNOWN) {
        plan.notes.push(Text::new("tool_change_files_package", [name]));
    }
}

fn failed(plan: Plan, nothing: Text) -> Plan {
    Plan { nothing: Some(nothing), releases: Vec::new(), ..plan }
}

fn ended(mut plan: Plan, folder: &str) -> Plan {
    if plan.releases.is_empty() {
        plan.nothing = Some(Text::new("tool_change_files_none", [folder]));
    }
    plan
}

fn release(package: &Package, bump: Bump, next: Version, tag: String, asked: &Asked) -> Release {
    let of = |(path, bump): &(String, Bump)| Reason {
        commit: None,
        bump: *bump,
        rule: Text::new("tool_change_files_ask", [path]),
    };
    let mut reasons: Vec<Reason> = asked.files.get(&package.name).into_iter().flatten().map(of).collect();
    Reason::weightiest_first(&mut reasons);
    if reasons.first().is_none_or(|reason| reason.bump < bump) {
        let rule = Text::new("tool_change_files_follow", []);
        reasons.insert(0, Reason { commit: None, bump, rule });
    }
    Release {
        component: if package.path == "." { String::new() } else { package.name.clone() },
        path: package.path.clone(),
        previous: package.version.clone(),
        bump,
        next,
        tag,
        reasons,
        entry: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing;

    const A: (&str, &str) = ("packages/a/package.json", r#"{"name": "@acme/a", "version": "1.2.3"}"#);

    /// The tags and, where there is none, why.
    fn tags(tool: &dyn Tool, files: &[(&str, &str)]) -> String {
        let plan = testing::plan(tool, files, &[], &[]);
        let tags: Vec<&str> = plan.releases.iter().map(|release| release.tag.as_str()).collect();
        plan.nothing.map_or_else(|| tags.join(" "), |nothing| nothing.id.into_owned())
    }

    #[track_caller]
    fn check(config: &str, files: &[(&str, &str)], expected: &str) {
        let mut all = vec![(CONFIG, config), A];
        all.extend(files);
        assert_eq!(tags(&Changesets, &all), expected, "{config}");
    }

    const MINOR: (&str, &str) = (".changeset/x.md", "---\n\"@acme/a\": minor\n---\n\nText\n");

    #[test]
    fn the_files_on_the_branch_are_read() {
        check("{}", &[MINOR], "v1.3.0");
        check("{}", &[MINOR, (".changeset/y.md", "---\r\n'@acme/a': major\r\n---\r\n")], "v2.0.0");
        check("{}", &[(".changeset/README.md", "# no")], "tool_change_files_none");
        check("{}", &[(".changeset/x.md", "---\n---\n")], "tool_change_files_none");
        for wrong in ["", "text", "---\n'@acme/a': huge\n---\n", "---\n- a\n---", "---\n'@acme/a': minor"] {
            check("{}", &[(".changeset/x.md", wrong)], "tool_change_file_wrong");
        }
        check("{", &[MINOR], "tool_config_malformed");
    }

    #[test]
    fn packages_lie_where_the_workspace_says() {
        let tree: Vec<String> = [
            "package.json",
            "packages/a/package.json",
            "apps/web/package.json",
            "libs/x/y/package.json",
            "libs/x/node_modules/z/package.json",
            "tools/t/package.json",
        ]
        .map(str::to_owned)
        .to_vec();
        let check = |files: &[(&str, &str)], expected: &[&str], folders: &[&str]| {
            let files = Files::of(files.iter().copied());
            assert_eq!(Changesets.package_files(&files, &tree), expected);
            assert_eq!(Changesets.change_files(&files).unwrap().packages, folders);
        };
        check(&[("package.json", "{}")], &["packages/a/package.json"], &["packages"]);
        let yarn = r#"{"workspaces": {"packages": ["./apps/*/", "libs/**"]}}"#;
        check(&[("package.json", yarn)], &["apps/web/package.json", "libs/x/y/package.json"], &["apps", "libs"]);
        let pnpm = "packages:\n  - '**'\n  - '!tools/*'\n";
        let all = ["packages/a/package.json", "apps/web/package.json", "libs/x/y/package.json"];
        check(&[("package.json", "{}"), (PNPM, pnpm)], &all, &[]);
    }

    #[test]
    fn where_no_list_reaches_into_the_folder_the_dependency_tells() {
        let by = |package: &str| {
            let found = Changesets.recognise(&Files::of([("package.json", package)]));
            found.map(|recognition| recognition.evidence).unwrap_or_default()
        };
        assert_eq!(by(r#"{"devDependencies": {"@changesets/cli": "^2"}}"#), "@changesets/cli");
        assert_eq!(by(r#"{"devDependencies": {"@changesets/types": "^6"}, "keywords": ["@changesets/cli"]}"#), "");
    }

    #[test]
    fn dependents_follow_where_their_range_is_left() {
        let b = |range: &str, kind: &str| {
            format!(r#"{{"name": "b", "version": "1.0.0", "{kind}": {{"@acme/a": "{range}"}}}}"#)
        };
        for (range, kind, expected) in [
            ("^1.0.0", "dependencies", "@acme/a@1.3.0"),
            ("~1.2.0", "dependencies", "@acme/a@1.3.0 b@1.0.1"),
            ("1.2.3", "dependencies", "@acme/a@1.3.0 b@1.0.1"),
            ("workspace:*", "dependencies", "@acme/a@1.3.0 b@1.0.1"),
            ("workspace:^", "dependencies", "@acme/a@1.3.0"),
            ("workspace:*", "devDependencies", "@acme/a@1.3.0"),
            ("^1.0.0", "peerDependencies", "@acme/a@1.3.0 b@2.0.0"),
        ] {
            check("{}", &[MINOR, ("packages/b/package.json", &b(range, kind))], expected);
        }
    }

    #[test]
    fn groups_move_together() {
        let b = ("packages/b/package.json", r#"{"name": "b", "version": "2.0.0"}"#);
        check(r#"{"fixed": [["@acme/*", "b"]]}"#, &[MINOR, b], "@acme/a@2.1.0 b@2.1.0");
        check(r#"{"linked": [["@acme/a", "b"]]}"#, &[MINOR, b], "@acme/a@2.1.0");
        check(r#"{"ignore": ["@acme/a"]}"#, &[MINOR, b], "tool_change_files_none");
    }

    #[test]
    fn pre_releases_count_from_where_they_began() {
        let pre = |changesets: &str| {
            format!(
                r#"{{"mode": "pre", "tag": "beta", "initialVersions": {{"@acme/a": "1.2.3"}}, "changesets": [{changesets}]}}"#
            )
        };
        check("{}", &[MINOR, (PRE, &pre(""))], "v1.3.0-beta.0");
        check("{}", &[MINOR, (PRE, &pre("\"x\""))], "tool_change_files_none");
        let later = ("packages/a/package.json", r#"{"name": "@acme/a", "version": "1.3.0-beta.0"}"#);
        let patch = (".changeset/y.md", "---\n'@acme/a': patch\n---\n");
        check("{}", &[MINOR, patch, (PRE, &pre("\"x\"")), later], "v1.3.0-beta.1");
    }

    #[test]
    fn beachballs_dependents_follow_whatever_their_range() {
        let b =
            ("packages/b/package.json", r#"{"name": "b", "version": "1.0.0", "dependencies": {"@acme/a": "^1.0.0"}}"#);
        let c = ("packages/c/package.json", r#"{"name": "c", "version": "1.0.0", "dependencies": {"b": "*"}}"#);
        let change = |rest: &str| format!(r#"{{"packageName": "@acme/a"{rest}}}"#);
        let told = |change: &str| tags(&Beachball, &[A, b, c, ("change/x.json", change)]);
        assert_eq!(told(&change(r#", "type": "minor""#)), "@acme/a_v1.3.0 b_v1.0.1 c_v1.0.1");
        assert_eq!(told(&change(r#", "type": "minor", "dependentChangeType": "none""#)), "@acme/a_v1.3.0");
        assert_eq!(told(&change(r#", "type": "none""#)), "tool_change_files_none");
        assert_eq!(told(&change("")), "tool_change_file_wrong");
        assert_eq!(told("{"), "tool_change_file_wrong");
        assert_eq!(
            told(&format!(r#"{{"changes": [{}]}}"#, change(r#", "type": "patch""#))),
            "@acme/a_v1.2.4 b_v1.0.1 c_v1.0.1"
        );
    }
}
