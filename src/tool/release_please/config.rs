//! What release-please is configured to do: its manifest files, the action's inputs in a workflow, the options of a call
//! by the command line, or the app's file.
//!
//! Sources: release-please 17.11.2 `src/manifest.ts` (`extractReleaserConfig`, `mergeReleaserConfig`), `src/factory.ts`,
//! `src/strategies/*`; release-please-action 3 and 4 (`action.yml`); the app's `.github/release-please.yml`.

use super::command;
use super::notes::{Section, preset_sections, sections};
use super::version::{Counting, Strategy, Version};
use crate::bump::Bump;
use crate::files::{File, Files};
use crate::text::Text;
use crate::tool::glob::Glob;
use serde_json::{Map, Value};

/// The repository's own configuration.
pub const CONFIG: &str = "release-please-config.json";
/// The versions it keeps.
pub const MANIFEST: &str = ".release-please-manifest.json";
/// `DEFAULT_COMMIT_SEARCH_DEPTH` and `DEFAULT_COMMIT_BATCH_SIZE` of `src/manifest.ts`.
const DEPTH: usize = 500;
const BATCH: usize = 10;
/// The app's configuration.
pub const APP: &str = ".github/release-please.yml";

/// Everything configured.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Config {
    /// The packages, in the configuration's order; at least one.
    pub packages: Vec<Package>,
    /// Whether a manifest keeps the versions: tags are then only looked up, never searched.
    pub manifest: bool,
    /// Whether that manifest was read: a package that is not in it was never released.
    pub versions: bool,
    /// Whether anything configured it; else all is default.
    pub found: bool,
    /// Whether the file of Google's hosted app configured it.
    pub hosted: bool,
    /// `sentence-case`: the words that are left as they are; `None` without the plugin.
    pub sentence_case: Option<Vec<String>>,
    /// `linked-versions`.
    pub linked: Vec<Linked>,
    /// `node-workspace`, `cargo-workspace`, `maven-workspace`.
    pub workspaces: Vec<Workspace>,
    /// How many of the newest commits are read: `commit-search-depth`, in whole pages of `commit-batch-size`.
    pub depth: usize,
    /// `last-release-sha`: what is not newer than this commit is not read; empty for none.
    pub last_release_sha: String,
    /// `bootstrap-sha`: the same, as long as a package has no release; empty for none.
    pub bootstrap_sha: String,
    /// Why the tool stops before it reads a commit, or why it cannot be followed.
    pub stop: Option<Text>,
    /// What was not understood or cannot be followed.
    pub notes: Vec<Text>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            packages: Vec::new(),
            manifest: false,
            versions: false,
            found: false,
            hosted: false,
            sentence_case: None,
            linked: Vec::new(),
            workspaces: Vec::new(),
            depth: DEPTH,
            last_release_sha: String::new(),
            bootstrap_sha: String::new(),
            stop: None,
            notes: Vec::new(),
        }
    }
}

/// Components that always get one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// `groupName`.
    pub group: String,
    /// `components`.
    pub components: Vec<String>,
    /// `merge`: whether they become one pull request.
    pub merges: bool,
}

/// A plugin that releases packages because those they depend on are released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Whose packages.
    pub of: Ecosystem,
    /// `updateAllPackages`: all of them, whenever one is released.
    pub all: bool,
    /// `updatePeerDependencies`: those that depend on a released one as their peer, too.
    pub peers: bool,
    /// `merge`: whether it makes one pull request of what it releases.
    pub merges: bool,
    /// `considerAllArtifacts`: every `pom.xml` of the repository counts, whether or not its folder is a package.
    pub all_artifacts: bool,
    /// How many `linked-versions` stand before it.
    pub linked_before: usize,
}

/// Whose manifests a workspace plugin reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ecosystem {
    /// `package.json`.
    Node,
    /// `Cargo.toml`.
    Cargo,
    /// `pom.xml`.
    Maven,
}

impl Ecosystem {
    /// The plugin's name.
    #[must_use]
    pub fn plugin(self) -> &'static str {
        match self {
            Self::Node => "node-workspace",
            Self::Cargo => "cargo-workspace",
            Self::Maven => "maven-workspace",
        }
    }

    /// Whether the plugin looks at packages of that release type.
    #[must_use]
    pub fn takes(self, kind: &str) -> bool {
        match self {
            Self::Node => kind == "node",
            Self::Cargo => kind == "rust",
            // `JAVA_RELEASE_TYPES` of `maven-workspace.ts`.
            Self::Maven => matches!(kind, "java" | "java-bom" | "java-yoshi" | "java-yoshi-mono-repo" | "maven"),
        }
    }
}

/// One package.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of the tool's own")]
pub struct Package {
    /// Its folder; `.` for the whole repository.
    pub path: String,
    /// Whether its path is written with a slash at its end or beginning: the tool then finds none of its commits.
    pub unreachable: bool,
    /// `release-type`.
    pub kind: String,
    /// Why its version cannot be told: a type or a way of counting that is not known here.
    pub unknown: Option<Text>,
    /// The name in its tags; empty for none.
    pub component: String,
    /// Whether that name was taken from the folder because no file says it.
    pub guessed: bool,
    /// `component` or the package's name, whether or not it stands in tags.
    pub name: String,
    /// `component` as configured; empty for none.
    pub configured: String,
    /// How its versions are counted.
    pub counting: Counting,
    /// `release-as`; empty for none.
    pub release_as: String,
    /// The version a first release gets.
    pub initial: String,
    /// The entry's sections.
    pub sections: Vec<Section>,
    /// `changelog-host`.
    pub host: String,
    /// `changelog-type: github`: the forge writes the notes.
    pub github_notes: bool,
    /// `include-commit-authors`.
    pub authors: bool,
    /// `tag-separator`.
    pub separator: String,
    /// `include-v-in-tag`.
    pub v: bool,
    /// `tag-separator` and `include-v-in-tag` as configured, without what the type makes of them: where a tag is not
    /// found, its name is made up of these.
    pub written: (String, bool),
    /// `separate-pull-requests`: it is released by a pull request of its own.
    pub separate: bool,
    /// `skip-github-release`: its versions get no tag of their own.
    pub skips_release: bool,
    /// `exclude-paths`, without slashes at the ends.
    pub exclude: Vec<String>,
    /// Its version in the manifest.
    pub version: Option<String>,
    /// Whether Google's hosted app releases it.
    pub hosted: bool,
}

impl Package {
    /// The tag of a version (`src/util/tag-name.ts`).
    #[must_use]
    pub fn tag(&self, version: &str) -> String {
        let v = if self.v { "v" } else { "" };
        if self.component.is_empty() {
            return format!("{v}{version}");
        }
        format!("{}{}{v}{version}", self.component, self.separator)
    }
}

/// A tag taken apart: component, separator, whether a `v` stands before the version, and the version's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagParts<'a> {
    /// Empty for none.
    pub component: &'a str,
    /// Empty without a component.
    pub separator: &'a str,
    /// Whether a `v` stands before the version.
    pub v: bool,
    /// From the first number to the end.
    pub version: &'a str,
}

/// `TAG_PATTERN` of `src/util/tag-name.ts`: `^((?<component>.*)(?<separator>[^a-zA-Z0-9]))?(?<v>v)?(?<version>\d+\.\d+\.\d+.*)$`.
/// The component reaches as far as it can.
#[must_use]
pub fn tag_parts(tag: &str) -> Option<TagParts<'_>> {
    let three = |text: &str| {
        let mut rest = text;
        for place in 0..3 {
            let after = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
            if after.len() == rest.len() {
                return false;
            }
            rest = match (place, after.strip_prefix('.')) {
                (2, _) => after,
                (_, Some(after)) => after,
                (_, None) => return false,
            };
        }
        true
    };
    let versioned = |text: &'_ str| three(text.strip_prefix('v').unwrap_or(text));
    let signs = tag.char_indices().rev().filter(|(_, letter)| !letter.is_ascii_alphanumeric());
    let mut starts = signs.map(|(at, letter)| (at, at + letter.len_utf8()));
    let (component, separator, rest) = match starts.find(|(_, end)| tag.get(*end..).is_some_and(versioned)) {
        Some((at, end)) => (tag.get(..at)?, tag.get(at..end)?, tag.get(end..)?),
        None if versioned(tag) => ("", "", tag),
        None => return None,
    };
    let v = rest.starts_with('v');
    Some(TagParts { component, separator, v, version: rest.strip_prefix('v').unwrap_or(rest) })
}

/// How a workflow uses the action, or a script the command line.
#[derive(Clone, Debug, Default)]
struct Step {
    path: String,
    /// What in the file calls the tool.
    evidence: String,
    /// Whether it is the command line.
    is_call: bool,
    inputs: Map<String, Value>,
}

impl Step {
    /// An input; what is only known while the workflow runs counts as not given.
    fn input(&self, name: &str) -> Option<&str> {
        self.inputs.get(name).and_then(Value::as_str).filter(|text| !text.is_empty() && !text.contains("${{"))
    }

    /// Whether an input is only known while the workflow runs.
    fn is_unknown(&self, name: &str) -> bool {
        self.inputs.get(name).and_then(Value::as_str).is_some_and(|text| text.contains("${{"))
    }

    fn is_true(&self, name: &str) -> bool {
        truth(self.inputs.get(name)) == Some(true)
    }

    /// Whether the step reads the manifest: `command: manifest` of version 3, no `release-type` in version 4.
    fn reads_manifest(&self) -> bool {
        self.input("command").is_some_and(|command| command.starts_with("manifest"))
            || (self.input("release-type").is_none() && !self.is_unknown("release-type"))
    }
}

fn truth(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => None,
    }
}

/// The names the action has had.
const ACTIONS: &[&str] = &[
    "googleapis/release-please-action",
    "google-github-actions/release-please-action",
    "GoogleCloudPlatform/release-please-action",
    "bcoe/release-please-action",
];

/// The inputs that decide something since version 4 (`src/index.ts`); those of version 3 are not read any more.
const FOURTH: &[&str] = &[
    "release-type",
    "path",
    "target-branch",
    "config-file",
    "manifest-file",
    "include-component-in-tag",
    "changelog-host",
    "versioning-strategy",
    "release-as",
];

/// The major version that a workflow asks for: `v4`, `v4.1.3`; `None` for a commit or a branch.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The steps of the repository's workflows that run the action; where none does, what calls the command line there or in
/// the scripts of `package.json`, the calls that make the version first.
fn steps(files: &Files) -> Vec<Step> {
    let workflows = files.paths().filter(|path| {
        path.starts_with(".github/workflows/") && [".yml", ".yaml"].iter().any(|end| path.ends_with(end))
    });
    let mut steps = Vec::new();
    let mut calls: Vec<(usize, Step)> = Vec::new();
    let mut note_calls = |path: &str, evidence: Option<&str>, script: &str| {
        calls.extend(command::calls(script).into_iter().map(|call| {
            let evidence = evidence.map_or_else(|| call.name(), str::to_owned);
            (call.command, Step { path: path.to_owned(), evidence, is_call: true, inputs: call.inputs })
        }));
    };
    for path in workflows {
        // A workflow that does not mention the tool need not be parsed.
        if !files.text(path).is_some_and(|text| text.contains("release-please")) {
            continue;
        }
        let Ok(Some(workflow)) = files.value(path) else { continue };
        let jobs = workflow.get("jobs").and_then(Value::as_object).into_iter().flat_map(Map::values);
        for step in jobs.filter_map(|job| job.get("steps")?.as_array()).flatten() {
            let uses = step.get("uses").and_then(Value::as_str).unwrap_or_default();
            let (action, version) = uses.split_once('@').unwrap_or((uses, ""));
            if ACTIONS.contains(&action) {
                let mut inputs = step.get("with").and_then(Value::as_object).cloned().unwrap_or_default();
                if major(version).is_some_and(|major| major >= 4) {
                    inputs.retain(|name, _| FOURTH.contains(&name.as_str()));
                }
                let evidence = "release-please-action".to_owned();
                steps.push(Step { path: path.to_owned(), evidence, is_call: false, inputs });
            } else if let Some(script) = step.get("run").and_then(Value::as_str) {
                note_calls(path, None, script);
            }
        }
    }
    let package = "package.json";
    if steps.is_empty() && files.text(package).is_some_and(|text| text.contains("release-please")) {
        let value = files.value(package).ok().flatten().unwrap_or_default();
        for (name, script) in value.get("scripts").and_then(Value::as_object).into_iter().flatten() {
            note_calls(package, Some(&format!("scripts.{name}")), script.as_str().unwrap_or_default());
        }
    }
    if steps.is_empty() {
        calls.sort_by_key(|(command, _)| *command);
        steps.extend(calls.into_iter().map(|(_, step)| step));
    }
    steps
}

/// The file that says that release-please releases this repository, and what in it does.
#[must_use]
pub fn evidence(files: &Files) -> Option<(String, String)> {
    for path in [CONFIG, MANIFEST] {
        if files.text(path).is_some() {
            return Some((path.to_owned(), String::new()));
        }
    }
    if let Some(step) = steps(files).into_iter().next() {
        return Some((step.path, step.evidence));
    }
    for path in [APP, ".github/release-please.yaml"] {
        if files.text(path).is_some() {
            return Some((path.to_owned(), String::new()));
        }
    }
    files.paths().find(|path| is_config_name(path)).map(|path| (path.to_owned(), String::new()))
}

/// Names under which configurations are kept elsewhere than the default.
fn is_config_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').is_some_and(|(_, extension)| extension == "json")
        && (name.starts_with("release-please-config")
            || name.starts_with(".release-please-config")
            || name.starts_with(".release-please-manifest"))
}

/// Reads the configuration.
#[must_use]
pub fn read(files: &Files, branch: &str) -> Config {
    let steps = steps(files);
    let manifest_step = steps.iter().find(|step| step.reads_manifest());
    let simple_step = steps.iter().find(|step| !step.reads_manifest());
    let path_of =
        |input: &str, default: &str| manifest_step.and_then(|step| step.input(input)).unwrap_or(default).to_owned();
    let config_path = path_of("config-file", CONFIG);
    if manifest_step.is_some() || (simple_step.is_none() && files.get(&config_path).is_some()) {
        let manifest_path = path_of("manifest-file", MANIFEST);
        let only = manifest_step.and_then(|step| step.input("path"));
        return read_manifest(files, &config_path, &manifest_path, only, manifest_step);
    }
    if let Some(step) = simple_step {
        return read_step(files, step);
    }
    for path in [APP, ".github/release-please.yaml"] {
        if files.text(path).is_some() {
            return read_app(files, path, branch);
        }
    }
    let other = files.paths().find(|path| is_config_name(path) && !path.contains("manifest"));
    if let Some(config_path) = other {
        let manifest_path = files.paths().find(|path| path.contains(".release-please-manifest")).unwrap_or(MANIFEST);
        return read_manifest(files, config_path, manifest_path, None, None);
    }
    // Without a manifest the name stands in tags only where it is asked for.
    let own = Map::from_iter([("include-component-in-tag".to_owned(), Value::Bool(false))]);
    Config { packages: vec![package(files, ".", &own, &Map::new())], ..Config::default() }
}

fn read_manifest(
    files: &Files,
    config_path: &str,
    manifest_path: &str,
    only: Option<&str>,
    step: Option<&Step>,
) -> Config {
    let mut notes = Vec::new();
    let mut stop = None;
    let config = required(files, config_path, &mut notes, &mut stop);
    let versions = required(files, manifest_path, &mut notes, &mut stop);
    for (path, version) in &versions {
        if version.as_str().and_then(Version::find).is_none() {
            let text = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
            stop.get_or_insert_with(|| Text::new("tool_release_please_bad_version", [&text, path]));
        }
    }
    let mut packages = Vec::new();
    let listed = config.get("packages").and_then(Value::as_object);
    for (path, own) in listed.into_iter().flatten() {
        if only.is_some_and(|only| only != path) {
            continue;
        }
        let own = own.as_object().cloned().unwrap_or_default();
        let mut package = package(files, path, &own, &config);
        package.version = versions.get(path).and_then(Value::as_str).map(str::to_owned);
        if let Some(asked) = step.and_then(|step| step.input("release-as")) {
            asked.clone_into(&mut package.release_as);
        }
        packages.push(package);
    }
    let versions_read = files.text(manifest_path).is_some();
    let mut found = Config { manifest: true, versions: versions_read, found: true, ..Config::default() };
    if packages.is_empty() && stop.is_none() {
        if files.text(config_path).is_some() {
            stop = Some(Text::new("tool_release_please_no_packages", [config_path]));
        } else if versions.is_empty() {
            stop = Some(Text::new("tool_release_please_missing", [config_path]));
        }
    }
    if packages.is_empty() {
        // The configuration may not have been read; a manifest alone still tells the packages.
        for (path, version) in &versions {
            let mut package = package(files, path, &Map::new(), &config);
            package.version = version.as_str().map(str::to_owned);
            packages.push(package);
        }
    }
    if packages.is_empty() {
        packages.push(package(files, ".", &Map::new(), &config));
    }
    found.packages = packages;
    found.stop = stop;
    plugins(&config, &mut found, &mut notes);
    let number = |key: &str| config.get(key).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
    let batch = number("commit-batch-size").filter(|batch| *batch > 0).unwrap_or(BATCH);
    let depth = number("commit-search-depth").filter(|depth| *depth > 0).unwrap_or(DEPTH);
    found.depth = depth.checked_next_multiple_of(batch).unwrap_or(depth);
    let text = |key: &str| config.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    found.last_release_sha = text("last-release-sha");
    found.bootstrap_sha = text("bootstrap-sha");
    found.notes = notes;
    found
}

/// The words that `sentence-case` leaves as they are where nothing else is said.
#[must_use]
pub fn special_words() -> Vec<String> {
    vec!["gRPC".to_owned(), "npm".to_owned()]
}

fn plugins(config: &Map<String, Value>, found: &mut Config, notes: &mut Vec<Text>) {
    // The constructor of `Manifest`: where nothing is said, one package stands alone.
    let separate = truth(config.get("separate-pull-requests")).unwrap_or(found.packages.len() == 1);
    for plugin in config.get("plugins").and_then(Value::as_array).into_iter().flatten() {
        let kind = plugin.as_str().or_else(|| plugin.get("type")?.as_str()).unwrap_or_default();
        let strings = |key: &str| {
            plugin
                .get(key)
                .and_then(Value::as_array)
                .map(|values| values.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
        };
        match kind {
            "sentence-case" => {
                found.sentence_case = Some(strings("specialWords").unwrap_or_else(special_words));
            }
            "linked-versions" => {
                let name = plugin.get("groupName").and_then(Value::as_str).unwrap_or_default();
                let merges = plugin.get("merge").and_then(Value::as_bool) != Some(false);
                let components = strings("components").unwrap_or_default();
                found.linked.push(Linked { group: name.to_owned(), components, merges });
            }
            "node-workspace" | "cargo-workspace" | "maven-workspace" => {
                let yes = |key: &str| plugin.get(key).and_then(Value::as_bool) == Some(true);
                let of = match kind {
                    "node-workspace" => Ecosystem::Node,
                    "cargo-workspace" => Ecosystem::Cargo,
                    _ => Ecosystem::Maven,
                };
                let (all, peers) = (yes("updateAllPackages"), yes("updatePeerDependencies"));
                let all_artifacts = plugin.get("considerAllArtifacts").and_then(Value::as_bool) != Some(false);
                let linked_before = found.linked.len();
                let merges = plugin.get("merge").and_then(Value::as_bool).unwrap_or(!separate);
                found.workspaces.push(Workspace { of, all, peers, merges, all_artifacts, linked_before });
            }
            // It only orders release pull requests.
            "group-priority" => {}
            other => notes.push(Text::new("tool_release_please_plugin", [other])),
        }
    }
}

fn read_step(files: &Files, step: &Step) -> Config {
    let mut notes = Vec::new();
    let mut own = Map::new();
    for name in [
        "release-type",
        "package-name",
        "component",
        "bump-minor-pre-major",
        "bump-patch-for-minor-pre-major",
        "release-as",
        "prerelease",
        "prerelease-type",
        "initial-version",
        "changelog-host",
        "include-component-in-tag",
        "changelog-notes-type",
        "versioning-strategy",
        "monorepo-tags",
        "changelog-types",
        "include-v-in-tag",
    ] {
        let Some(value) = step.inputs.get(name).filter(|_| !step.is_unknown(name)) else { continue };
        let value = truth(Some(value)).map_or_else(|| value.clone(), Value::Bool);
        match name {
            "versioning-strategy" => own.insert("versioning".to_owned(), value),
            "changelog-notes-type" => own.insert("changelog-type".to_owned(), value),
            // The action has no such input.
            "include-v-in-tag" if !step.is_call => None,
            "monorepo-tags" => own.insert("include-component-in-tag".to_owned(), value),
            "changelog-types" => {
                let listed = value.as_str().and_then(|text| serde_json::from_str(text).ok());
                own.insert("changelog-sections".to_owned(), listed.unwrap_or(value))
            }
            _ => own.insert(name.to_owned(), value),
        };
    }
    // Without a manifest the name stands in tags only where it is asked for.
    own.entry("include-component-in-tag").or_insert(Value::Bool(step.is_true("monorepo-tags")));
    let path = step.input("path").unwrap_or(".").trim_matches('/').to_owned();
    let package = package(files, if path.is_empty() { "." } else { &path }, &own, &Map::new());
    // What is to be released and how must be known; what only names it may be missing.
    let unknown = |names: &[&str]| {
        let name = names.iter().find(|name| step.is_unknown(name))?;
        Some(Text::new("tool_release_please_expression", [name, &step.path]))
    };
    notes.extend(unknown(&["package-name", "component"]));
    let stop = unknown(&["path", "release-type"]);
    Config { packages: vec![package], found: true, notes, stop, ..Config::default() }
}

/// A package that the configuration does not list, with the settings that hold for all.
#[must_use]
pub fn unlisted(files: &Files, path: &str) -> Package {
    let common = files.value(CONFIG).ok().flatten();
    let common = common.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    package(files, path, &Map::new(), &common)
}

/// The app's keys are those of the configuration in camel case; a branch can have its own.
fn read_app(files: &Files, path: &str, branch: &str) -> Config {
    let mut notes = Vec::new();
    let config = object(files, path, &mut notes);
    let branches = config.get("branches").and_then(Value::as_array).into_iter().flatten();
    let named = |entry: &&Value| entry.get("branch").and_then(Value::as_str) == Some(branch);
    let config = branches
        .filter_map(Value::as_object)
        .find(|entry| named(&&Value::Object((*entry).clone())))
        .cloned()
        .unwrap_or(config);
    if truth(config.get("manifest")) == Some(true) {
        let file = |key: &str, default: &str| config.get(key).and_then(Value::as_str).unwrap_or(default).to_owned();
        return read_manifest(files, &file("manifestConfig", CONFIG), &file("manifestFile", MANIFEST), None, None);
    }
    let mut own = Map::new();
    for (key, value) in &config {
        let key = match key.as_str() {
            "monorepoTags" => "include-component-in-tag".to_owned(),
            "changelogTypes" => "changelog-sections".to_owned(),
            "versioningStrategy" => "versioning".to_owned(),
            other => kebab(other),
        };
        own.insert(key, value.clone());
    }
    own.entry("include-component-in-tag").or_insert(Value::Bool(false));
    let package = package(files, ".", &own, &Map::new());
    Config { packages: vec![package], found: true, hosted: true, notes, ..Config::default() }
}

fn kebab(camel: &str) -> String {
    let mut kebab = String::with_capacity(camel.len() + 4);
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

/// A file without which the tool stops, and so it does where the file is none of JSON. Where it was not read, a note
/// says so.
fn required(files: &Files, path: &str, notes: &mut Vec<Text>, stop: &mut Option<Text>) -> Map<String, Value> {
    let mut wrong = Vec::new();
    let object = object(files, path, &mut wrong);
    let unread = !matches!(files.get(path), Some(File::Present(_) | File::Absent));
    match wrong.pop() {
        Some(wrong) if unread => notes.push(wrong),
        Some(wrong) => *stop = stop.take().or(Some(wrong)),
        None => {}
    }
    object
}

fn object(files: &Files, path: &str, notes: &mut Vec<Text>) -> Map<String, Value> {
    match files.value(path) {
        Ok(Some(Value::Object(object))) => object,
        Ok(Some(Value::Null)) => Map::new(),
        Ok(Some(_)) => {
            notes.push(Text::new("tool_release_please_malformed", [path, "expected an object"]));
            Map::new()
        }
        Ok(None) => {
            notes.push(Text::new("tool_release_please_missing", [path]));
            Map::new()
        }
        Err(error) => {
            notes.push(Text::new("tool_release_please_malformed", [path, &error.reason]));
            Map::new()
        }
    }
}

/// A package's settings, its own before the configuration's.
fn package(files: &Files, path: &str, own: &Map<String, Value>, common: &Map<String, Value>) -> Package {
    let value = |key: &str| own.get(key).filter(|value| !value.is_null()).or_else(|| common.get(key));
    let text = |key: &str| value(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let flag = |key: &str, default: bool| truth(value(key)).unwrap_or(default);
    let kind = value("release-type").and_then(Value::as_str).unwrap_or("node").to_owned();
    let mut unknown = (!TYPES.contains(&kind.as_str())).then(|| Text::new("tool_release_please_unknown_type", [&kind]));
    let versioning = text("versioning");
    let strategy = match (kind.as_str(), versioning.as_str()) {
        ("java-backport", _) | (_, "always-bump-patch") => Strategy::Always(Bump::Patch),
        ("java-bom", _) => Strategy::DependencyManifest,
        ("java-lts", _) | (_, "service-pack") => Strategy::ServicePack,
        (_, "always-bump-minor") => Strategy::Always(Bump::Minor),
        (_, "always-bump-major") => Strategy::Always(Bump::Major),
        (_, "prerelease") => Strategy::Prerelease,
        (_, "" | "default") => Strategy::Default,
        (_, other) => {
            unknown.get_or_insert_with(|| Text::new("tool_release_please_unknown_versioning", [other]));
            Strategy::Default
        }
    };
    let counting = Counting {
        strategy,
        minor_pre_major: flag("bump-minor-pre-major", false),
        patch_pre_major: flag("bump-patch-for-minor-pre-major", false),
        prerelease: flag("prerelease", false),
        prerelease_type: text("prerelease-type"),
        snapshots: is_java(&kind),
    };
    let mut package =
        Package { path: normal_path(path), counting, release_as: text("release-as"), ..Package::default() };
    package.unreachable = package.path != path;
    package.unknown = unknown;
    package.sections = sections_of(&kind, value("changelog-sections"));
    package.initial = initial(&kind, &text("initial-version"));
    package.host = text("changelog-host");
    package.github_notes = text("changelog-type") == "github";
    package.authors = flag("include-commit-authors", false);
    let separator = text("tag-separator");
    package.separator = match kind.as_str() {
        "ruby" | "ruby-yoshi" | "ruby-librarian" => "/".to_owned(),
        _ if separator.is_empty() && value("tag-separator").is_none() => "-".to_owned(),
        _ => separator,
    };
    package.v = flag("include-v-in-tag", kind != "dotnet-yoshi");
    let written = if value("tag-separator").is_some() { text("tag-separator") } else { "-".to_owned() };
    package.written = (written, flag("include-v-in-tag", true));
    package.separate = flag("separate-pull-requests", false);
    package.skips_release = flag("skip-github-release", false);
    let excluded = value("exclude-paths").and_then(Value::as_array).into_iter().flatten();
    package.exclude = excluded.filter_map(Value::as_str).map(normal_path).collect();
    let component = text("component");
    package.configured.clone_from(&component);
    if component.is_empty() {
        let (name, guessed) = default_name(files, &package.path, &kind, &text("package-name"));
        package.name = name;
        package.guessed = guessed;
    } else {
        package.name = component;
    }
    if kind == "go-librarian" {
        package.name = without_major(&package.name);
    }
    if flag("include-component-in-tag", true) {
        package.component.clone_from(&package.name);
    } else {
        package.guessed = false;
    }
    package.kind = kind;
    package
}

/// All release types of `src/factory.ts`.
const TYPES: &[&str] = &[
    "bazel",
    "dart",
    "dotnet-yoshi",
    "elixir",
    "expo",
    "go",
    "go-librarian",
    "go-yoshi",
    "helm",
    "java",
    "java-backport",
    "java-bom",
    "java-lts",
    "java-yoshi",
    "java-yoshi-mono-repo",
    "krm-blueprint",
    "maven",
    "node",
    "node-librarian",
    "ocaml",
    "php",
    "php-librarian",
    "php-yoshi",
    "python",
    "python-librarian",
    "r",
    "ruby",
    "ruby-librarian",
    "ruby-yoshi",
    "rust",
    "salesforce",
    "sfdx",
    "simple",
    "terraform-module",
];

/// Whether the type goes by way of snapshots.
#[must_use]
pub fn is_java(kind: &str) -> bool {
    kind.starts_with("java") || kind == "maven"
}

/// `normalizePaths`: one slash less at either end.
fn normal_path(path: &str) -> String {
    let path = path.strip_suffix('/').unwrap_or(path);
    path.strip_prefix('/').unwrap_or(path).to_owned()
}

/// The version of a first release: some types have their own and do not look at `initial-version`.
fn initial(kind: &str, configured: &str) -> String {
    let own = match kind {
        "go-yoshi"
        | "java-yoshi"
        | "java-yoshi-mono-repo"
        | "java-backport"
        | "java-bom"
        | "java-lts"
        | "krm-blueprint"
        | "python"
        | "python-librarian"
        | "r"
        | "rust"
        | "terraform-module" => return "0.1.0".to_owned(),
        "go-librarian" => "0.1.0",
        _ => "1.0.0",
    };
    if configured.is_empty() { own.to_owned() } else { configured.to_owned() }
}

/// The sections of a type where none are configured.
#[must_use]
pub fn own_sections(kind: &str) -> Vec<Section> {
    sections_of(kind, None)
}

/// The sections: those configured, or the type's own, or the preset's.
fn sections_of(kind: &str, configured: Option<&Value>) -> Vec<Section> {
    let fixed = matches!(kind, "go-yoshi" | "php-yoshi" | "php-librarian" | "ruby-yoshi" | "ruby-librarian");
    if let Some(Value::Array(listed)) = configured.filter(|_| !fixed) {
        let text = |section: &Value, key: &str| section.get(key).and_then(Value::as_str).map(str::to_owned);
        let read = |section: &Value| Section {
            kind: text(section, "type").unwrap_or_default(),
            scope: text(section, "scope").filter(|scope| !scope.is_empty()),
            title: text(section, "section").unwrap_or_default(),
            hidden: truth(section.get("hidden")) == Some(true),
        };
        return listed.iter().map(read).collect();
    }
    let hidden = [
        ("style", "Styles", true),
        ("refactor", "Code Refactoring", true),
        ("test", "Tests", true),
        ("build", "Build System", true),
        ("ci", "Continuous Integration", true),
    ];
    let mut shown = match kind {
        "python" | "python-librarian" | "r" => WITH_DEPS.to_vec(),
        _ if is_java(kind) => WITH_DEPS.to_vec(),
        "go-yoshi" | "ruby-yoshi" | "ruby-librarian" => {
            WITH_DEPS.iter().filter(|(kind, ..)| *kind != "deps").copied().collect()
        }
        "php-yoshi" | "php-librarian" => vec![
            ("feat", "Features", false),
            ("fix", "Bug Fixes", false),
            ("perf", "Performance Improvements", false),
            ("revert", "Reverts", false),
            ("docs", "Documentation", false),
            ("misc", "Miscellaneous", false),
            ("chore", "Chores", true),
        ],
        "php" => vec![
            ("feat", "Features", false),
            ("fix", "Bug Fixes", false),
            ("perf", "Performance Improvements", false),
            ("revert", "Reverts", false),
            ("chore", "Miscellaneous Chores", false),
            ("docs", "Documentation", true),
        ],
        "dotnet-yoshi" => vec![
            ("feat", "New features", false),
            ("fix", "Bug fixes", false),
            ("perf", "Performance improvements", false),
            ("revert", "Reverts", false),
            ("chore", "Miscellaneous chores", true),
            ("docs", "Documentation improvements", false),
        ],
        _ => return preset_sections(),
    };
    shown.extend(hidden);
    sections(&shown)
}

const WITH_DEPS: &[(&str, &str, bool)] = &[
    ("feat", "Features", false),
    ("fix", "Bug Fixes", false),
    ("perf", "Performance Improvements", false),
    ("deps", "Dependencies", false),
    ("revert", "Reverts", false),
    ("docs", "Documentation", false),
    ("style", "Styles", true),
    ("chore", "Miscellaneous Chores", true),
];

/// The name a package has without `component`, and whether it had to be guessed from its folder.
fn default_name(files: &Files, path: &str, kind: &str, configured: &str) -> (String, bool) {
    let folder = path.rsplit('/').next().unwrap_or(path);
    let node = matches!(kind, "node" | "expo" | "node-librarian");
    if !configured.is_empty() {
        return (if node { without_scope(configured) } else { configured.to_owned() }, false);
    }
    if kind == "dotnet-yoshi" {
        return (folder.to_owned(), false);
    }
    let named = |name: &str, keys: &[&str]| {
        let value = files.value(&inside(path, name)).ok().flatten()?;
        let found = keys.iter().try_fold(&value, |value, key| value.get(key)).and_then(Value::as_str);
        Some(found.unwrap_or_default().to_owned())
    };
    let name = match kind {
        "node" | "expo" | "node-librarian" => named("package.json", &["name"]).map(|name| without_scope(&name)),
        "rust" => named("Cargo.toml", &["package", "name"]),
        "dart" => named("pubspec.yaml", &["name"]),
        "helm" => named("Chart.yaml", &["name"]),
        "sfdx" | "salesforce" => named("sfdx-project.json", &["name"]),
        _ => return (String::new(), false),
    };
    let guess = if path == "." { String::new() } else { folder.to_owned() };
    let guessed = name.is_none() && path != ".";
    (name.unwrap_or(guess), guessed)
}

/// A file of a package.
#[must_use]
pub fn inside(path: &str, file: &str) -> String {
    if path == "." { file.to_owned() } else { format!("{path}/{file}") }
}

/// The packages' own manifests, of those that are in the tree: their names stand in them, and what they depend on.
#[must_use]
pub fn manifests(files: &Files, tree: &[String]) -> Vec<String> {
    let (mut wanted, workspaces) = named(files);
    if workspaces.contains(&Ecosystem::Maven) {
        wanted.extend(super::maven::manifests(tree.iter().map(String::as_str)).map(str::to_owned));
    }
    if workspaces.contains(&Ecosystem::Cargo) {
        wanted.push("Cargo.toml".to_owned());
        let members = members(files, tree.iter().map(String::as_str));
        wanted.extend(members.iter().map(|member| inside(member, "Cargo.toml")));
    }
    let there: std::collections::BTreeSet<&str> = tree.iter().map(String::as_str).collect();
    let mut known = std::collections::BTreeSet::new();
    wanted.retain(|path| there.contains(path.as_str()) && known.insert(path.clone()));
    wanted
}

/// Where those may lie, whatever the tree: paths, and the globs of a Cargo workspace.
#[must_use]
pub fn places(files: &Files) -> Vec<String> {
    let (mut wanted, workspaces) = named(files);
    if workspaces.contains(&Ecosystem::Cargo) {
        wanted.extend(member_globs(files).iter().map(|member| inside(member, "Cargo.toml")));
    }
    wanted
}

/// The manifests that the configuration names, and whose workspaces' belong to them.
fn named(files: &Files) -> (Vec<String>, Vec<Ecosystem>) {
    let mut wanted = elsewhere(files);
    let config = read(files, "");
    let workspaces: Vec<Ecosystem> = config.workspaces.iter().map(|workspace| workspace.of).collect();
    let maven = workspaces.contains(&Ecosystem::Maven);
    let of_package = |package: &Package| {
        let file = match package.kind.as_str() {
            "node" | "expo" | "node-librarian" => "package.json",
            "rust" => "Cargo.toml",
            "dart" => "pubspec.yaml",
            "helm" => "Chart.yaml",
            "sfdx" | "salesforce" => "sfdx-project.json",
            kind if maven && Ecosystem::Maven.takes(kind) => "pom.xml",
            _ => return None,
        };
        Some(inside(&package.path, file))
    };
    wanted.extend(config.packages.iter().filter_map(of_package));
    (wanted, workspaces)
}

/// Where a workflow or the app's file says that the configuration stands.
fn elsewhere(files: &Files) -> Vec<String> {
    let steps = steps(files);
    let of_step = |step: &Step| ["config-file", "manifest-file"].map(|name| step.input(name).map(str::to_owned));
    let mut paths: Vec<String> = steps.iter().flat_map(of_step).flatten().collect();
    if let Ok(Some(app)) = files.value(APP) {
        let named = |key: &str| app.get(key).and_then(Value::as_str).map(str::to_owned);
        paths.extend(["manifestConfig", "manifestFile"].into_iter().filter_map(named));
    }
    paths
}

/// The members of the Cargo workspace (`workspace.members` of the root), their globs matched with the paths of
/// manifests; none where there is no workspace.
#[must_use]
pub fn members<'a>(files: &Files, paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let listed = member_globs(files);
    if listed.is_empty() {
        return Vec::new();
    }
    let folders: Vec<&str> = paths.filter_map(|path| path.strip_suffix("/Cargo.toml")).collect();
    let mut members = Vec::new();
    for pattern in listed {
        let glob = Glob::new(&pattern);
        let fitting = folders.iter().filter(|folder| **folder == pattern || glob.matches(folder));
        members.extend(fitting.map(|folder| (*folder).to_owned()));
    }
    members
}

/// What `workspace.members` of the root's Cargo.toml says: folders and globs.
#[must_use]
pub fn member_globs(files: &Files) -> Vec<String> {
    let root = files.value("Cargo.toml").ok().flatten();
    let listed = root.as_ref().and_then(|root| root.get("workspace")?.get("members")?.as_array());
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    listed.map(|pattern| pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/').to_owned()).collect()
}

/// `@acme/widgets` → `widgets` (`src/strategies/node.ts`).
fn without_scope(name: &str) -> String {
    let scoped = name.strip_prefix('@').and_then(|rest| rest.split_once('/'));
    let word = |scope: &str| {
        !scope.is_empty() && scope.bytes().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-'))
    };
    match scoped.filter(|(scope, _)| word(scope)) {
        Some((_, name)) => name.split('/').next().unwrap_or(name).to_owned(),
        None => name.to_owned(),
    }
}

/// `storage/v2` → `storage` (`src/strategies/go-librarian.ts`).
fn without_major(component: &str) -> String {
    let major = component.rsplit_once("/v").filter(|(_, number)| {
        number.starts_with(|digit: char| ('2'..='9').contains(&digit))
            && number.bytes().all(|digit| digit.is_ascii_digit())
    });
    major.map_or(component, |(name, _)| name).to_owned()
}
