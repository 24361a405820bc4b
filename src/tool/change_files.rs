//! changesets and beachball: files that every pull request brings along decide, not its title.
//!
//! changesets 2 (`packages/parse`, `packages/assemble-release-plan`): front matter with a bump for each package; groups
//! that move together, packages that follow what they depend on, and pre-releases. beachball 2 (`src/bump`): JSON with
//! `packageName` and `type`, and packages that follow.

use super::conventional_changelog::run::Package;
use super::glob::Glob;
use super::{Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::files::{Files, yaml};
use crate::history::Tag;
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

/// Where changesets keeps its settings and the state of a run of pre-releases.
const CONFIG: &str = ".changeset/config.json";
const PRE: &str = ".changeset/pre.json";

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
        files.text(CONFIG)?;
        Some(Recognition { path: CONFIG.to_owned(), evidence: String::new() })
    }
    fn last_release<'a>(&self, _: &Files, _branch: &str, _: &'a [Tag], _over: Option<&str>) -> Option<&'a Tag> {
        None
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let folder = ".changeset/";
        let mut plan = begun(facts, folder);
        let config = match facts.files.value(CONFIG) {
            Ok(config) => config.unwrap_or_default(),
            Err(error) => return failed(plan, Text::new("tool_config_malformed", [&error.path, &error.reason])),
        };
        let pre = facts.files.value(PRE).ok().flatten().filter(|pre| pre.get("mode") == Some(&Value::from("pre")));
        let mut asked = Asked::default();
        let mut fresh = Vec::new();
        for (path, text) in texts(facts.files, folder) {
            let name = path.strip_prefix(folder).unwrap_or_default();
            let Some(id) = name.strip_suffix(".md").filter(|id| !id.starts_with('.') && *id != "README") else {
                continue;
            };
            let Some(bumps) = changeset(text) else {
                return failed(plan, Text::new("tool_change_file_wrong", [path]));
            };
            let used = pre.as_ref().and_then(|pre| pre.get("changesets")?.as_array());
            let is_fresh = !used.is_some_and(|used| used.contains(&Value::from(id)));
            for (package, bump) in bumps {
                if is_fresh {
                    fresh.push(package.clone());
                }
                asked.add(&package, bump);
            }
        }
        let packages = Workspace::read(facts.files);
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
            plan.releases.push(release(package, *bump, next, tag, &asked, folder));
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
        &["beachball.config.js", "change/*.json", "package.json", "packages/*/package.json"]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = "beachball.config.js";
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
        let folder = "change/";
        let mut plan = begun(facts, folder);
        let mut asked = Asked::default();
        // A package that depends on one that moves is a patch, or what the change file says of such.
        let mut followers: BTreeMap<String, Bump> = BTreeMap::new();
        for (path, text) in texts(facts.files, folder).filter(|(path, _)| tool_file(path)) {
            let Ok(value) = serde_json::from_str::<Value>(text) else {
                return failed(plan, Text::new("tool_change_file_wrong", [path]));
            };
            // Grouped change files hold a list.
            let changes = value.get("changes").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![value]);
            for change in &changes {
                let text = |key: &str| change.get(key).and_then(Value::as_str);
                let (Some(name), Some(bump)) = (text("packageName"), text("type").and_then(named)) else {
                    return failed(plan, Text::new("tool_change_file_wrong", [path]));
                };
                let follows = text("dependentChangeType").and_then(named).unwrap_or(Bump::Patch);
                let follows = if bump == Bump::None { Bump::None } else { follows };
                let known = followers.entry(name.to_owned()).or_default();
                *known = follows.max(*known);
                asked.add(name, bump);
            }
        }
        let packages = Workspace::read(facts.files);
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
            plan.releases.push(release(package, *bump, next, tag, &asked, folder));
        }
        ended(plan, folder)
    }
}

/// beachball reads JSON alone.
fn tool_file(path: &str) -> bool {
    path.strip_suffix(".json").is_some()
}

/// The bump of that name; `None` where it is no bump's.
fn named(name: &str) -> Option<Bump> {
    [Bump::None, Bump::Patch, Bump::Minor, Bump::Major].into_iter().find(|bump| bump.name() == name)
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
    bumps.iter().map(|(name, bump)| Some((name.clone(), named(bump.as_str()?)?))).collect()
}

/// What change files ask for, and what follows from it.
#[derive(Default)]
struct Asked {
    bumps: Vec<(String, Bump)>,
    /// The packages that files name themselves.
    direct: Vec<String>,
    /// The version a package is counted from where that is not its own: the highest of its group.
    bases: BTreeMap<String, Version>,
}

impl Asked {
    fn add(&mut self, name: &str, bump: Bump) {
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

/// A plan that says what decides. The files that the pull request itself brings are not on the branch yet.
fn begun(facts: &Facts<'_>, folder: &str) -> Plan {
    let mut plan = Plan { notes: vec![Text::new("tool_change_files_decide", [folder])], ..Plan::default() };
    let own = facts.history.commits.last().and_then(|commit| commit.files.as_ref());
    if own.is_some_and(|files| files.iter().any(|file| file.starts_with(folder))) {
        plan.notes.push(Text::new("tool_change_files_own", [folder]));
    }
    plan
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

fn release(package: &Package, bump: Bump, next: Version, tag: String, asked: &Asked, folder: &str) -> Release {
    let rule = if asked.direct.contains(&package.name) {
        Text::new("tool_change_files_ask", [folder])
    } else {
        Text::new("tool_change_files_follow", [])
    };
    Release {
        component: if package.path == "." { String::new() } else { package.name.clone() },
        path: package.path.clone(),
        previous: package.version.clone(),
        bump,
        next,
        tag,
        reasons: vec![Reason { commit: None, bump, rule }],
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
        plan.nothing.map_or_else(|| tags.join(" "), |nothing| nothing.id)
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
