//! semantic-release-monorepo: one release each package of a workspace, where the package's configuration extends it or the
//! command does (`-e`).
//!
//! The rules are those of semantic-release-monorepo 8.0.2 (`src/index.js`, `src/only-package-commits.js`) and
//! semantic-release-plugin-decorators 4.0.0 (`src/wrapStep.js`). It is run in each package's folder. The tag is
//! `${name}-v${version}` unless the configuration has a format of its own; the steps that analyse commits and write notes
//! are handed the commits that changed something in the package's folder (`git diff-tree` names no file of a merge); and
//! the notes are headed by `${name}-v${version}` whatever the format is.

use super::config::{self, list};
use super::{latest, planned};
use crate::files::{File, Files};
use crate::history::{Commit, History, Tag};
use crate::text::Text;
use crate::tool::change_files::{membership, workspace_files};
use crate::tool::conventional_changelog::run::{asked, touches};
use crate::tool::{CommitReading, Facts, Plan};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const NAME: &str = "semantic-release-monorepo";

/// The day of semantic-release 22.0.9: since then cosmiconfig 9 looks in the package's folder alone, and no longer in
/// those above it.
const NO_SEARCH: &str = "2023-12-05";

/// Whether something that was read names it at all.
fn is_named(files: &Files) -> bool {
    files.paths().filter_map(|path| files.text(path)).any(|text| text.contains(NAME))
}

/// Whether a command of these files extends it: the options of the command win over those of the configuration.
fn is_called<'a>(files: &Files, mut paths: impl Iterator<Item = &'a str>) -> bool {
    let extends = |before: &str| {
        let before = before.trim_end_matches([' ', '=', '"', '\'', '\\']);
        ["-e", "--extends"].iter().any(|flag| before.strip_suffix(flag).is_some_and(|rest| rest.ends_with(' ')))
    };
    let calls = |line: &str| {
        let mut places = line.match_indices(NAME).filter_map(|(at, _)| line.get(..at));
        !line.trim_start().starts_with('#') && places.any(extends)
    };
    paths.any(|path| files.text(path).is_some_and(|text| text.lines().any(calls)))
}

/// Whether a command of the repository's own extends it, for all packages.
fn is_called_for_all(files: &Files) -> bool {
    let everywhere = |path: &&str| *path == "package.json" || path.starts_with(".github/workflows/");
    is_called(files, files.paths().filter(everywhere))
}

/// Whether a configuration extends it, and the format of tags that it then has: its own, else that of the last which it
/// extends and which has one. `None` where that is this one.
fn extends(options: &Map<String, Value>) -> (bool, Option<String>) {
    let names = options.get("extends").map(list).unwrap_or_default();
    let format = |found: Option<&Value>| found.and_then(Value::as_str).map(str::to_owned);
    let own = format(options.get("tagFormat"));
    let last = names.iter().rev().filter_map(Value::as_str).take_while(|name| *name != NAME);
    let other = || last.filter_map(super::shareable::shareable).find_map(|base| format(base.get("tagFormat")));
    (names.iter().any(|name| name.as_str() == Some(NAME)), own.or_else(other))
}

/// A package and what semantic-release finds in its folder.
struct Package {
    name: String,
    path: String,
    /// Its configuration and manifest, as those of a repository of its own.
    files: Files,
    /// The tag, with `{version}` in it; `None` where the configuration has a format of its own.
    pattern: Option<String>,
}

/// What semantic-release finds when it is run in the folder: the folder's own configuration, or the root's; and whether
/// the folder has one.
fn within(files: &Files, folder: &str) -> (Files, bool) {
    let object = |path: &str| match files.value(path) {
        Ok(Some(Value::Object(object))) => object,
        _ => Map::new(),
    };
    let (root, mut package) = (object("package.json"), object(&format!("{folder}/package.json")));
    let beside = |place: &str| files.get(&format!("{folder}/{place}")).cloned();
    let own = package.get("release").is_some_and(Value::is_object)
        || config::places().any(|place| beside(place).is_some_and(|file| file != File::Absent));
    let mut out = Files::default();
    for place in config::places() {
        let found = if own { beside(place) } else { files.get(place).cloned() };
        out.insert(place, found.unwrap_or(File::Absent));
    }
    if let Some(release) = root.get("release").filter(|_| !own) {
        package.insert("release".to_owned(), release.clone());
    }
    // The tools of a workspace are asked for in the root's manifest.
    for kind in ["devDependencies", "dependencies"] {
        let Some(tools) = root.get(kind).and_then(Value::as_object) else { continue };
        let own = package.entry(kind).or_insert_with(|| Value::Object(Map::new()));
        if let Some(own) = own.as_object_mut() {
            for (name, range) in tools {
                own.entry(name).or_insert_with(|| range.clone());
            }
        }
    }
    out.insert("package.json", File::Present(Value::Object(package).to_string()));
    for path in files.paths().filter(|path| path.starts_with(".github/workflows/")) {
        if let Some(file) = files.get(path) {
            out.insert(path, file.clone());
        }
    }
    if let Some(file) = files.get(&format!("{folder}/CHANGELOG.md")) {
        out.insert("CHANGELOG.md", file.clone());
    }
    (out, own)
}

/// The package in a folder, where semantic-release-monorepo releases it. `searches` tells whether semantic-release looks
/// for its configuration above the folder as well; `writes` whether there are tags that begin with a text.
fn package(
    files: &Files,
    path: &str,
    component: &str,
    searches: bool,
    writes: impl Fn(&str) -> bool,
) -> Option<Package> {
    let (within, own) = within(files, path);
    let manifest = within.value("package.json").ok().flatten().unwrap_or_default();
    let name = manifest.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or(component);
    let (extended, format) = extends(&config::load(&within).options);
    let manifest = format!("{path}/package.json");
    let called = is_called_for_all(files) || is_called(files, std::iter::once(manifest.as_str()));
    // Where it no longer looks above the folder, the tags tell whether the root's configuration was handed to it.
    let found = own || searches || writes(&format!("{name}-v"));
    if name.is_empty() || !(called || extended && found) {
        return None;
    }
    let pattern = format.is_none().then(|| format!("{name}-v{{version}}"));
    Some(Package { name: name.to_owned(), path: path.to_owned(), files: within, pattern })
}

/// The folder of a configuration that does not stand at the root, with a slash at its end.
fn configured(path: &str) -> Option<&str> {
    let folder = config::places().filter_map(|place| path.strip_suffix(place)).min_by_key(|folder| folder.len())?;
    (folder.ends_with('/') && !folder.contains("node_modules/")).then_some(folder)
}

/// The folders of the packages whose manifests are known: those of the workspace, and those that have a configuration.
fn folders(files: &Files) -> impl Iterator<Item = &str> {
    let member = membership(files);
    let own: BTreeSet<&str> = files.paths().filter_map(configured).collect();
    files
        .paths()
        .filter(move |path| {
            member(path) || path.strip_suffix("package.json").is_some_and(|folder| own.contains(folder))
        })
        .filter_map(|path| path.strip_suffix("/package.json"))
}

/// Whether it releases packages of the repository, as far as its files tell.
pub(super) fn is_used(files: &Files) -> bool {
    is_named(files)
        && (is_called_for_all(files)
            || extends(&config::load(files).options).0
            || folders(files).any(|path| package(files, path, "", false, |_| false).is_some()))
}

/// The files of the tree that tell which packages there are and how each is released.
pub(super) fn package_files(files: &Files, tree: &[String]) -> Vec<String> {
    if !is_named(files) {
        return Vec::new();
    }
    let mut wanted = workspace_files(files, tree);
    let members: BTreeSet<String> =
        wanted.iter().filter_map(|path| path.strip_suffix("package.json")).map(str::to_owned).collect();
    let paths: BTreeSet<&str> = tree.iter().map(String::as_str).collect();
    for path in tree {
        let Some(folder) = configured(path) else { continue };
        let manifest = format!("{folder}package.json");
        if members.contains(folder) || paths.contains(manifest.as_str()) {
            wanted.push(path.clone());
            if !members.contains(folder) && !wanted.contains(&manifest) {
                wanted.push(manifest);
            }
        }
    }
    wanted
}

/// Whether multi-semantic-release is called, which has rules of its own.
fn calls_multi(files: &Files) -> bool {
    const MULTI: &str = "multi-semantic-release";
    let calls = |line: &str| {
        let fetches = ["install", "i", "add", "uses:"];
        line.contains(MULTI)
            && !line.trim_start().starts_with('#')
            && !line.split_whitespace().any(|word| fetches.contains(&word))
    };
    let package = files.value("package.json").ok().flatten().unwrap_or_default();
    let mut scripts = package.get("scripts").and_then(Value::as_object).into_iter().flatten();
    let mut workflows = files.paths().filter(|path| path.starts_with(".github/workflows/"));
    scripts.any(|(_, script)| script.as_str().is_some_and(calls))
        || workflows.any(|path| files.text(path).is_some_and(|text| text.lines().any(calls)))
}

/// What is released of each package; `None` where the repository is not released by it.
pub(super) fn plan(facts: &Facts<'_>) -> Option<Plan> {
    if facts.last.is_none() && calls_multi(facts.files) {
        let nothing = Some(Text::new("tool_semantic_release_multi", []));
        return Some(Plan { nothing, ..Plan::default() });
    }
    // The root is no package for it: no file lies in a folder without a name.
    if facts.last.is_some_and(|last| last.path == ".") || !is_used(facts.files) {
        return None;
    }
    let searches = facts.date < NO_SEARCH || asked(facts.files, "semantic-release").is_some_and(|major| major < 22);
    let writes = |before: &str| {
        let of = |tag: &str| tag.starts_with(before);
        facts.history.tags.iter().any(|tag| of(&tag.name)) || facts.last.is_some_and(|last| of(&last.tag))
    };
    let packages: Vec<Package> = match facts.last {
        Some(last) => package(facts.files, &last.path, &last.component, searches, writes).into_iter().collect(),
        None => folders(facts.files).filter_map(|path| package(facts.files, path, "", searches, writes)).collect(),
    };
    let mut whole = Plan::default();
    let mut readings: BTreeMap<usize, CommitReading> = BTreeMap::new();
    for package in &packages {
        let plan = released(facts, package);
        for note in plan.notes {
            let own = note.id == "tool_semantic_release_extends" && note.args.iter().any(|name| name == NAME);
            if !own && !whole.notes.contains(&note) {
                whole.notes.push(note);
            }
        }
        for reading in plan.readings {
            let known = readings.entry(reading.commit).or_insert_with(|| reading.clone());
            if reading.bump > known.bump {
                *known = reading;
            }
        }
        whole.nothing = whole.nothing.or(plan.nothing);
        whole.releases.extend(plan.releases);
    }
    whole.readings = readings.into_values().collect();
    if packages.is_empty() {
        whole.nothing = Some(Text::new("tool_semantic_release_no_packages", []));
    } else if !whole.releases.is_empty() {
        whole.nothing = None;
    }
    Some(whole)
}

/// The plan of semantic-release in a package's folder, with the commits that it is handed there.
fn released(facts: &Facts<'_>, package: &Package) -> Plan {
    let history = facts.history;
    let pattern = package.pattern.as_deref();
    let tag: Option<&Tag> = match facts.last {
        Some(_) => None,
        None => latest(&package.files, facts.branch, &history.tags, pattern),
    };
    let commits = tag.map_or(history.commits.as_slice(), |tag| history.after(tag));
    let first = history.commits.len() - commits.len();
    let own = |commit: &Commit| commit.parents < 2 && touches(facts, commit, &package.path);
    let (places, commits): (Vec<usize>, Vec<Commit>) = commits
        .iter()
        .enumerate()
        .filter(|(_, commit)| own(commit))
        .map(|(at, commit)| (first + at, commit.clone()))
        .unzip();
    let since = tag.map_or_else(|| history.since.clone(), |tag| Some(tag.name.clone()));
    let history = History { commits, tags: history.tags.clone(), since, complete: history.complete };
    let facts = Facts { files: &package.files, history: &history, tag_pattern: pattern, ..*facts };
    let mut plan = planned(&facts, &package.name);
    // A step that the configuration sets itself is not wrapped, and sees the commits of all packages.
    let options = config::load(&package.files).options;
    for key in ["analyzeCommits", "generateNotes"].into_iter().filter(|key| options.contains_key(*key)) {
        plan.notes.push(Text::new("tool_semantic_release_option", [key]));
    }
    let place = |at: usize| places.get(at).copied();
    for reading in &mut plan.readings {
        reading.commit = place(reading.commit).unwrap_or(reading.commit);
    }
    for release in &mut plan.releases {
        release.component.clone_from(&package.name);
        release.path.clone_from(&package.path);
        for reason in &mut release.reasons {
            reason.commit = reason.commit.and_then(place);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::super::SemanticRelease;
    use super::*;
    use crate::tool::Tool;
    use crate::tool::testing::planned as planned_by;

    const ROOT: (&str, &str) = (
        "package.json",
        "{\"name\": \"w\", \"workspaces\": [\"packages/*\"], \"devDependencies\": {\"semantic-release\": \"^19\"}}",
    );
    const A: (&str, &str) = ("packages/a/package.json", "{\"name\": \"@acme/a\", \"private\": true}");
    const B: (&str, &str) = ("packages/b/package.json", "{\"name\": \"b\"}");
    const EXTENDS: (&str, &str) = (".releaserc", "extends: semantic-release-monorepo");

    fn plan_of(files: &[(&str, &str)], tags: &[&str], commits: &[(&str, &[&str])]) -> Plan {
        let commit = |(message, files): &(&str, &[&str])| Commit {
            message: (*message).to_owned(),
            files: Some(files.iter().map(|file| (*file).to_owned()).collect()),
            ..Commit::default()
        };
        let tag = |name: &&str| Tag { name: (*name).to_owned(), sha: String::new() };
        let history = History {
            commits: commits.iter().map(commit).collect(),
            tags: tags.iter().map(tag).collect(),
            since: None,
            complete: true,
        };
        let files = Files::of(files.iter().copied());
        planned_by(|facts| SemanticRelease.plan(facts), &files, &history, "2026-06-01", None)
    }

    const TAGS: &[&str] = &["v9.0.0", "@acme/a-v1.2.3", "b-v2.0.0", "b-v1.9.0"];
    const COMMITS: &[(&str, &[&str])] = &[
        ("feat: a", &["packages/a/x.js"]),
        ("fix: b", &["packages/b/x.js", "README.md"]),
        ("feat!: c\n\nBREAKING CHANGE: d", &["packages/ab/x.js"]),
    ];

    /// The tags to come, or why there is none.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) -> Plan {
        let plan = plan_of(files, TAGS, COMMITS);
        let nothing = plan.nothing.as_ref().map(|text| &*text.id);
        let tags: Vec<&str> = plan.releases.iter().map(|release| release.tag.as_str()).chain(nothing).collect();
        assert_eq!(tags, expected, "{plan:?}");
        plan
    }

    #[test]
    fn each_package_is_released_by_its_own_commits() {
        let plan = check(&[ROOT, EXTENDS, A, B], &["@acme/a-v1.3.0", "b-v2.0.1"]);
        assert_eq!(plan.notes, []);
        let of: Vec<(&str, &str, Option<usize>)> = plan
            .releases
            .iter()
            .map(|release| (release.component.as_str(), release.path.as_str(), release.reasons[0].commit))
            .collect();
        assert_eq!(of, [("@acme/a", "packages/a", Some(0)), ("b", "packages/b", Some(1))]);
        let entry = plan.releases[1].entry.as_ref().unwrap().markdown.as_str();
        let heading = "# [b-v2.0.1](https://github.com/acme/widgets/compare/b-v2.0.0...b-v2.0.1) (2026-06-01)\n";
        assert!(entry.starts_with(heading) && !entry.contains("**c"), "{entry}");
    }

    #[test]
    fn whoever_extends_it_is_released_by_it() {
        let own = |text: &'static str| ("packages/b/.releaserc.json", text);
        let newer = ("package.json", "{\"workspaces\": [\"packages/*\"]}");
        check(&[newer, own("{\"extends\": \"semantic-release-monorepo\"}"), A, B], &["b-v2.0.1"]);
        check(&[ROOT, EXTENDS, own("{\"preset\": \"angular\"}"), A, B], &["@acme/a-v1.3.0"]);
        check(&[ROOT, (".releaserc", "extends: [x, semantic-release-monorepo]"), B], &["b-v2.0.1"]);
        let code = "module.exports = {extends: ['semantic-release-monorepo']}";
        check(&[ROOT, ("release.config.js", code), B], &["b-v2.0.1"]);
        let called = "{\"name\": \"b\", \"scripts\": {\"release\": \"semantic-release -e semantic-release-monorepo\"}}";
        check(&[newer, (".releaserc", "preset: angular"), A, ("packages/b/package.json", called)], &["b-v2.0.1"]);
        let workflow = "    - run: npx lerna exec -- npx semantic-release --extends=semantic-release-monorepo\n";
        check(&[newer, (".github/workflows/a.yml", workflow), B], &["b-v2.0.1"]);
    }

    #[test]
    fn the_configuration_s_own_format_wins_and_the_notes_keep_the_name() {
        let config = "extends: semantic-release-monorepo\ntagFormat: b-v${version}";
        let plan = check(&[ROOT, (".releaserc", config), B], &["b-v2.0.1"]);
        assert!(plan.releases[0].entry.as_ref().unwrap().markdown.starts_with("# [b-v2.0.1]("));
        let other = "extends: [semantic-release-monorepo, semantic-release-preconfigured-conventional-commits]";
        check(&[ROOT, (".releaserc", other), B], &["9.0.1"]);
    }

    #[test]
    fn without_packages_nothing_is_made_up() {
        check(&[ROOT, EXTENDS], &["tool_semantic_release_no_packages"]);
        // Newer ones do not look above the package's folder, and no tag says that they did.
        let newer = ("package.json", "{\"devDependencies\": {\"semantic-release\": \"^24\"}}");
        check(
            &[newer, EXTENDS, ("packages/c/package.json", "{\"name\": \"c\"}")],
            &["tool_semantic_release_no_packages"],
        );
        check(&[newer, EXTENDS, B], &["b-v2.0.1"]);
        // Whoever only depends on it is released as ever.
        let depends = ("package.json", "{\"release\": {}, \"dependencies\": {\"semantic-release-monorepo\": \"8\"}}");
        check(&[depends, B], &["v10.0.0"]);
    }

    #[test]
    fn merges_and_other_folders_move_nothing() {
        let plan = plan_of(&[ROOT, EXTENDS, A], TAGS, &[("feat: a", &["packages/a-b/x.js"]), ("fix: b", &["x.js"])]);
        assert_eq!(plan.nothing, Some(Text::new("tool_semantic_release_nothing", [])));
    }

    #[test]
    fn the_packages_files_are_asked_for() {
        let tree =
            ["package.json", "packages/a/.releaserc", "packages/a/package.json", "x/package.json", "x/.releaserc"];
        let tree = tree.map(str::to_owned);
        let files = Files::of([ROOT, EXTENDS]);
        let expected = ["packages/a/package.json", "packages/a/.releaserc", "x/.releaserc", "x/package.json"];
        assert_eq!(SemanticRelease.package_files(&files, &tree), expected);
        assert_eq!(SemanticRelease.package_files(&Files::of([ROOT]), &tree), [""; 0]);
    }

    #[test]
    fn a_folder_outside_of_the_workspace_is_a_package_by_its_configuration() {
        let config = "{\"extends\": \"semantic-release-monorepo\", \"tagFormat\": \"b-v${version}\"}";
        let files = [("server/package.json", "{\"name\": \"server\"}"), ("server/.config/releaserc.json", config)];
        let plan = plan_of(&files, TAGS, &[("feat: a", &["x.js"]), ("fix: a", &["server/x.js"])]);
        assert_eq!(plan.releases[0].tag, "b-v2.0.1");
        assert!(plan.releases[0].entry.as_ref().unwrap().markdown.starts_with("# [server-v2.0.1]("));
    }

    #[test]
    fn multi_semantic_release_is_named() {
        let root = |script: &str| format!("{{\"release\": {{}}, \"scripts\": {{\"release\": \"{script}\"}}}}");
        check(
            &[("package.json", &root("multi-semantic-release --deps.bump=inherit")), B],
            &["tool_semantic_release_multi"],
        );
        check(&[("package.json", &root("npm install multi-semantic-release")), B], &["v10.0.0"]);
    }
}
