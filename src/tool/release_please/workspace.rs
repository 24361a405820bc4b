//! Packages that are released because those they depend on are: release-please 17.11.2 `src/plugins/workspace.ts`,
//! `node-workspace.ts`, `cargo-workspace.ts`, with the dependencies' new ranges of `src/updaters/node/package-json.ts`
//! and `src/updaters/rust/cargo-toml.ts`.

use super::config::{self, Ecosystem, Package, Workspace};
use super::version::Version;
use crate::bump::Bump;
use crate::files::Files;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What a plugin makes of the packages that are to be released.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The packages it looks at and that move, by their place in the configuration.
    pub moved: Vec<Moved>,
    /// Packages of its kind that are no members of its workspace: the tool loses their releases.
    pub lost: Vec<usize>,
    /// Manifests that were not read: what depends on them is not known.
    pub unread: Vec<String>,
}

/// One package that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its place in the configuration.
    pub package: usize,
    /// The version to come; `None` where its own commits have decided on one.
    pub version: Option<Version>,
    /// What the entry says of its dependencies; empty for nothing.
    pub notes: String,
    /// The names of those of its dependencies that move.
    pub because: Vec<String>,
}

/// Why the tool stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Packages depend on each other in a circle; one of them.
    Cycle(String),
    /// A manifest cannot be read; its path and why.
    Malformed(String, String),
    /// A manifest holds no version that counts; its path.
    NoVersion(String),
    /// None of what is to be released is in the workspace.
    NoMember,
    /// A dependency for single platforms that has a path and no version; its manifest's path and its name.
    NoRange(String, String),
}

/// A package of the workspace.
struct Member {
    name: String,
    path: String,
    /// Its place in the configuration; `None` where it is not listed there.
    package: Option<usize>,
    version: String,
    manifest: Value,
}

/// The packages that move once those with a version in `decided` do.
pub fn run(
    workspace: Workspace,
    files: &Files,
    packages: &[&Package],
    decided: &[Option<Version>],
) -> Result<Outcome, Stop> {
    if workspace.of == Ecosystem::Maven {
        return super::maven::run(workspace, files, packages, decided);
    }
    let mut outcome = Outcome::default();
    let takes = |at: usize| packages.get(at).is_some_and(|package| workspace.of.takes(&package.kind));
    let decides = |at: usize| decided.get(at).and_then(Option::as_ref);
    if !(0..packages.len()).any(|at| takes(at) && decides(at).is_some()) {
        return Ok(outcome);
    }
    let members = match workspace.of {
        Ecosystem::Node => node_members(files, packages, &mut outcome.unread)?,
        _ => cargo_members(files, packages, &mut outcome.unread)?,
    };
    if workspace.of == Ecosystem::Cargo && outcome.unread.is_empty() {
        let member = |at: usize| members.iter().any(|member| member.package == Some(at));
        outcome.lost = (0..packages.len()).filter(|at| takes(*at) && decides(*at).is_some() && !member(*at)).collect();
    }
    let candidate = |member: &Member| member.package.and_then(decides);
    let reached = reached(
        &members,
        |member| &member.name,
        |member| dependencies(workspace, &member.manifest),
        |member| workspace.all || candidate(member).is_some(),
    )?;
    let mut versions: BTreeMap<&str, Version> = BTreeMap::new();
    for member in reached.iter().filter_map(|at| members.get(*at)) {
        let version = match candidate(member) {
            Some(version) => version.clone(),
            None => forced(workspace, packages, member)?,
        };
        versions.insert(&member.name, version);
    }
    if reached.is_empty() && outcome.unread.is_empty() {
        return Err(Stop::NoMember);
    }
    for member in reached.iter().filter_map(|at| members.get(*at)) {
        // `cargo-toml.ts` looks for a version to replace there, and there only, without asking whether there is one.
        let targets = member.manifest.get("target").filter(|_| workspace.of == Ecosystem::Cargo);
        for scope in targets.and_then(Value::as_object).into_iter().flat_map(Map::values) {
            let all = CARGO_KINDS.iter().filter_map(|kind| scope.get(kind)?.as_object()).flatten();
            let bare = |(name, dependency): &(&String, &Value)| {
                versions.contains_key(name.as_str())
                    && dependency.get("path").is_some()
                    && dependency.get("version").is_none()
            };
            if let Some((name, _)) = all.into_iter().find(bare) {
                return Err(Stop::NoRange(member.path.clone(), name.clone()));
            }
        }
    }
    for member in reached.iter().filter_map(|at| members.get(*at)) {
        let Some(package) = member.package else { continue };
        let (notes, because) = match workspace.of {
            Ecosystem::Node => node_notes(&member.manifest, &versions),
            _ => cargo_notes(&member.manifest, &versions),
        };
        let own = candidate(member).is_some();
        let version = if own { None } else { versions.get(member.name.as_str()).cloned() };
        outcome.moved.push(Moved { package, version, notes, because });
    }
    Ok(outcome)
}

/// The version of a package none of whose commits asks for one: `bumpVersion`.
fn forced(workspace: Workspace, packages: &[&Package], member: &Member) -> Result<Version, Stop> {
    let stop = || Stop::NoVersion(member.path.clone());
    let from = Version::find(&member.version).ok_or_else(stop)?;
    let package = member.package.and_then(|at| packages.get(at)).filter(|_| workspace.of == Ecosystem::Node);
    match package {
        Some(package) => package.counting.next(&from, &[]).ok().flatten().ok_or_else(stop),
        None => from.moved(Bump::Patch).ok_or_else(stop),
    }
}

/// The places of those members that start and of all that depend on them, over any number of others. Of two with one
/// name the last counts.
pub(super) fn reached<Member>(
    members: &[Member],
    name: impl Fn(&Member) -> &str,
    dependencies: impl Fn(&Member) -> Vec<&str>,
    starts: impl Fn(&Member) -> bool,
) -> Result<BTreeSet<usize>, Stop> {
    let by_name: BTreeMap<&str, usize> = members.iter().enumerate().map(|(at, member)| (name(member), at)).collect();
    let counts = || members.iter().enumerate().filter(|(at, member)| by_name.get(name(member)) == Some(at));
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (at, member) in counts() {
        for dependency in dependencies(member) {
            if let Some(on) = by_name.get(dependency).and_then(|on| dependents.get_mut(*on)) {
                on.push(at);
            }
        }
    }
    let starting = by_name.values().copied().filter(|at| members.get(*at).is_some_and(&starts));
    reach(&dependents, starting)
        .map_err(|at| Stop::Cycle(members.get(at).map(|member| name(member).to_owned()).unwrap_or_default()))
}

/// What can be reached from the starts, in order of its place; a place on a circle where there is one.
fn reach(next: &[Vec<usize>], starts: impl Iterator<Item = usize>) -> Result<BTreeSet<usize>, usize> {
    let mut done = BTreeSet::new();
    let mut open = BTreeSet::new();
    for start in starts {
        // Each place on the way with how many of its own it has gone to.
        let mut way = vec![(start, 0)];
        while let Some((at, gone)) = way.last_mut() {
            if *gone == 0 {
                if done.contains(at) {
                    way.pop();
                    continue;
                }
                if !open.insert(*at) {
                    return Err(*at);
                }
            }
            if let Some(to) = next.get(*at).and_then(|next| next.get(*gone)) {
                *gone += 1;
                // A place on the way must not be entered again.
                if open.contains(to) {
                    return Err(*to);
                }
                way.push((*to, 0));
            } else {
                open.remove(at);
                done.insert(*at);
                way.pop();
            }
        }
    }
    Ok(done)
}

fn manifest(files: &Files, path: &str, unread: &mut Vec<String>) -> Result<Option<Value>, Stop> {
    match files.value(path) {
        Ok(Some(value)) => Ok(Some(value)),
        Ok(None) => {
            unread.push(path.to_owned());
            Ok(None)
        }
        Err(error) => Err(Stop::Malformed(error.path, error.reason)),
    }
}

fn node_members(files: &Files, packages: &[&Package], unread: &mut Vec<String>) -> Result<Vec<Member>, Stop> {
    let mut members = Vec::new();
    for (at, package) in packages.iter().enumerate().filter(|(_, package)| package.kind == "node") {
        let path = config::inside(&package.path, "package.json");
        let Some(manifest) = manifest(files, &path, unread)? else { continue };
        let text = |key: &str| manifest.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        members.push(Member { name: text("name"), version: text("version"), path, package: Some(at), manifest });
    }
    Ok(members)
}

fn cargo_members(files: &Files, packages: &[&Package], unread: &mut Vec<String>) -> Result<Vec<Member>, Stop> {
    let Some(root) = manifest(files, "Cargo.toml", unread)? else { return Ok(Vec::new()) };
    if root.get("workspace").and_then(|workspace| workspace.get("members")).is_none() {
        return Ok(Vec::new());
    }
    let mut folders = config::members(files, files.paths());
    folders.push(".".to_owned());
    let listed = |package: &Package| folders.contains(&package.path);
    let missing = packages.iter().filter(|package| package.kind == "rust" && !listed(package));
    let missing: Vec<String> = missing.map(|package| config::inside(&package.path, "Cargo.toml")).collect();
    unread.extend(missing.into_iter().filter(|path| files.text(path).is_none()));
    let mut members = Vec::new();
    for folder in folders {
        let path = config::inside(&folder, "Cargo.toml");
        let Some(manifest) = manifest(files, &path, unread)? else { continue };
        let Some(name) = manifest.get("package").and_then(|package| package.get("name")?.as_str()).map(str::to_owned)
        else {
            continue;
        };
        // The tool takes no version that is inherited from the workspace.
        let version = manifest.get("package").and_then(|package| package.get("version")?.as_str()).map(str::to_owned);
        let version = version.ok_or_else(|| Stop::NoVersion(path.clone()))?;
        let package = packages.iter().position(|package| package.path == folder && package.kind == "rust");
        members.push(Member { name, path, package, version, manifest });
    }
    Ok(members)
}

const NODE_KINDS: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
const CARGO_KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// The names of what a package depends on.
fn dependencies(workspace: Workspace, manifest: &Value) -> Vec<&str> {
    // Each once: the tool's own list is of an object's keys.
    let mut names: Vec<&str> = Vec::new();
    match workspace.of {
        Ecosystem::Node => {
            for kind in NODE_KINDS.into_iter().filter(|kind| workspace.peers || *kind != "peerDependencies") {
                names.extend(keys(manifest, kind));
            }
        }
        _ => {
            for scope in scopes(manifest) {
                for kind in CARGO_KINDS {
                    names.extend(keys(scope, kind));
                }
            }
        }
    }
    let mut known = BTreeSet::new();
    names.retain(|name| known.insert(*name));
    names
}

fn keys<'a>(scope: &'a Value, kind: &str) -> impl Iterator<Item = &'a str> {
    scope.get(kind).and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str)
}

/// A crate's own dependencies, and those for single platforms.
fn scopes(manifest: &Value) -> impl Iterator<Item = &Value> {
    let targets = manifest.get("target").and_then(Value::as_object);
    std::iter::once(manifest).chain(targets.into_iter().flat_map(Map::values))
}

/// `getChangelogDepsNotes` of `node-workspace.ts`, and the names in it.
fn node_notes(manifest: &Value, versions: &BTreeMap<&str, Version>) -> (String, Vec<String>) {
    let mut lines = Lines::default();
    for kind in NODE_KINDS {
        let listed = manifest.get(kind).and_then(Value::as_object);
        for (name, range) in listed.into_iter().flatten() {
            let (Some(version), Some(range)) = (versions.get(name.as_str()), range.as_str()) else { continue };
            // The first sign that fits, and not the longest: `<` comes behind `<=`.
            let sign = ["^", "~", ">=", "<=", ">", "<"].into_iter().find(|sign| range.starts_with(sign));
            let new = format!("{}{version}", sign.unwrap_or_default());
            if range.starts_with("workspace:") {
                lines.add(kind, name, &format!("{name} bumped to {new}"));
            } else if new != range {
                lines.add(kind, name, &format!("{name} bumped from {range} to {new}"));
            }
        }
    }
    lines.text()
}

/// `getChangelogDepsNotes` of `cargo-workspace.ts`: of what `cargo-toml.ts` writes anew, which is what has both a path
/// and a version.
fn cargo_notes(manifest: &Value, versions: &BTreeMap<&str, Version>) -> (String, Vec<String>) {
    let mut lines = Lines::default();
    for scope in scopes(manifest) {
        for kind in CARGO_KINDS {
            let listed = scope.get(kind).and_then(Value::as_object);
            for (name, dependency) in listed.into_iter().flatten() {
                let (Some(version), Some(_)) = (versions.get(name.as_str()), dependency.get("path")) else { continue };
                let Some(old) = dependency.get("version").and_then(Value::as_str) else { continue };
                let new = version.to_string();
                if new != old {
                    lines.add(kind, name, &format!("{name} bumped from {old} to {new}"));
                }
            }
        }
    }
    lines.text()
}

/// The lines of the dependencies, by kind in the order of their first.
#[derive(Default)]
struct Lines {
    kinds: Vec<(&'static str, Vec<String>)>,
    names: Vec<String>,
}

impl Lines {
    fn add(&mut self, kind: &'static str, name: &str, line: &str) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, lines)) if lines.iter().any(|known| known == line) => {}
            Some((_, lines)) => lines.push(line.to_owned()),
            None => self.kinds.push((kind, vec![line.to_owned()])),
        }
    }

    fn text(self) -> (String, Vec<String>) {
        if self.kinds.is_empty() {
            return (String::new(), self.names);
        }
        let mut text = "* The following workspace dependencies were updated".to_owned();
        for (kind, lines) in &self.kinds {
            let _ = write!(text, "\n  * {kind}");
            for line in lines {
                let _ = write!(text, "\n    * {line}");
            }
        }
        (text, self.names)
    }
}

/// `appendDependenciesSectionToChangelog`. Where a section of that name is there already and something follows it, the
/// tool puts the whole entry into itself instead of the notes; that is what comes.
#[must_use]
pub fn append(entry: &str, notes: &str) -> String {
    if notes.is_empty() {
        return entry.to_owned();
    }
    if entry.is_empty() {
        return format!("### Dependencies\n\n{notes}");
    }
    let (mut section, mut spacer, mut injected) = (false, false, false);
    let mut lines: Vec<&str> = Vec::new();
    for line in entry.split('\n') {
        if section {
            let trimmed = line.trim();
            if spacer && !injected && !trimmed.starts_with('*') {
                lines.push(entry);
                injected = true;
            }
            spacer |= trimmed.is_empty();
        }
        section |= line.contains("### Dependencies");
        lines.push(line);
    }
    if injected {
        return lines.join("\n");
    }
    if section { format!("{entry}\n{notes}") } else { format!("{entry}\n\n\n### Dependencies\n\n{notes}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(path: &str, kind: &str) -> Package {
        Package { path: path.to_owned(), kind: kind.to_owned(), ..Package::default() }
    }

    /// Packages a, b, c of a kind, of which the first is to be 2.0.0; the moved ones as `place version notes`.
    fn moved(of: Ecosystem, files: &[(&str, &str)], all: bool) -> Result<Vec<String>, Stop> {
        let kind = if of == Ecosystem::Node { "node" } else { "rust" };
        let packages = [package("a", kind), package("b", kind), package("c", kind)];
        let packages: Vec<&Package> = packages.iter().collect();
        let decided = [Version::find("2.0.0"), None, None];
        let outcome = run(
            Workspace { of, all, peers: false, merges: true, all_artifacts: true, linked_before: 0 },
            &Files::of(files.iter().copied()),
            &packages,
            &decided,
        )?;
        assert_eq!(outcome.unread, Vec::<String>::new());
        let line = |moved: &Moved| {
            let version = moved.version.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {version} {}", moved.package, moved.notes.replace('\n', "|"))
        };
        Ok(outcome.moved.iter().map(line).collect())
    }

    const A: (&str, &str) = ("a/package.json", r#"{"name": "@x/a", "version": "1.0.0"}"#);
    const C: (&str, &str) = ("c/package.json", r#"{"name": "c", "version": "0.3.0", "devDependencies": {"b": "*"}}"#);

    #[test]
    fn node_packages_move_with_what_they_depend_on() {
        let b = r#"{"name": "b", "version": "1.0.9", "dependencies": {"y": "1", "@x/a": "^1.0.0"}}"#;
        let files = [A, ("b/package.json", b), C];
        let told = "* The following workspace dependencies were updated|  * ";
        assert_eq!(
            moved(Ecosystem::Node, &files, false).unwrap(),
            [
                "0  ".to_owned(),
                format!("1 1.0.10 {told}dependencies|    * @x/a bumped from ^1.0.0 to ^2.0.0"),
                format!("2 0.3.1 {told}devDependencies|    * b bumped from * to 1.0.10"),
            ]
        );
        let peer = r#"{"name": "b", "version": "1.0.9", "peerDependencies": {"@x/a": "workspace:^"}}"#;
        let files = [A, ("b/package.json", peer), C];
        assert_eq!(moved(Ecosystem::Node, &files, false).unwrap(), ["0  "]);
        assert_eq!(
            moved(Ecosystem::Node, &files, true).unwrap()[1],
            format!("1 1.0.10 {told}peerDependencies|    * @x/a bumped to 2.0.0")
        );
    }

    #[test]
    fn a_circle_stops_the_tool() {
        let b = r#"{"name": "b", "version": "1.0.0", "dependencies": {"@x/a": "1", "c": "1"}}"#;
        let files = [A, ("b/package.json", b), C];
        assert!(matches!(moved(Ecosystem::Node, &files, false), Err(Stop::Cycle(_))));
    }

    #[test]
    fn crates_move_with_what_they_depend_on() {
        let root = "[workspace]\nmembers = [\"?\"]\n";
        let a = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n";
        let b = "[package]\nname = \"b\"\nversion = \"0.1.0\"\n[target.'cfg(unix)'.dependencies]\na = { path = \"../a\", version = \"^1\" }\n";
        let c = "[package]\nname = \"c\"\nversion = \"0.2.0\"\n[dependencies]\nb = { path = \"../b\" }\n";
        let files = [("Cargo.toml", root), ("a/Cargo.toml", a), ("b/Cargo.toml", b), ("c/Cargo.toml", c)];
        let told = "* The following workspace dependencies were updated|  * ";
        assert_eq!(
            moved(Ecosystem::Cargo, &files, false).unwrap(),
            [
                "0  ".to_owned(),
                format!("1 0.1.1 {told}dependencies|    * a bumped from ^1 to 2.0.0"),
                "2 0.2.1 ".to_owned(),
            ]
        );
        let inherited = "[package]\nname = \"b\"\nversion.workspace = true\n";
        let files = [("Cargo.toml", root), ("a/Cargo.toml", a), ("b/Cargo.toml", inherited), ("c/Cargo.toml", c)];
        assert_eq!(moved(Ecosystem::Cargo, &files, false), Err(Stop::NoVersion("b/Cargo.toml".to_owned())));
    }

    #[test]
    fn what_the_cargo_plugin_ends_with_an_error_at() {
        let root = "[workspace]\nmembers = [\"?\"]\n";
        let a = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n";
        let b = "[package]\nname = \"b\"\nversion = \"0.1.0\"\n[target.'cfg(unix)'.dependencies]\na = { path = \"../a\" }\n";
        let files = [("Cargo.toml", root), ("a/Cargo.toml", a), ("b/Cargo.toml", b), ("c/Cargo.toml", "")];
        let no_range = Stop::NoRange("b/Cargo.toml".to_owned(), "a".to_owned());
        assert_eq!(moved(Ecosystem::Cargo, &files, false), Err(no_range));
        let no_workspace = [("Cargo.toml", a)];
        assert_eq!(moved(Ecosystem::Cargo, &no_workspace, false), Err(Stop::NoMember));
    }

    #[test]
    fn dependencies_are_appended() {
        assert_eq!(append("## 1", "* x"), "## 1\n\n\n### Dependencies\n\n* x");
        assert_eq!(append("## 1\n\n### Dependencies\n\n* y", "* x"), "## 1\n\n### Dependencies\n\n* y\n* x");
        let inside = append("## 1\n\n### Dependencies\n\n* y\n\n### Z", "* x");
        assert!(inside.contains("* y\n## 1\n"), "{inside}");
    }
}
