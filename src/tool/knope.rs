//! knope 0.23.2 with knope-versioning 0.8.1, knope-config 0.4.4 and changesets 0.4.0, read and asked (some 500 made-up
//! repositories): the `PrepareRelease` step (`src/changes`, `src/semver`, `src/release_notes`, `src/versioned_file` of
//! knope-versioning; `src/step/releases`, `src/config` of knope).

use super::glob::Glob;
use super::{ChangeFiles, CommitReading, Facts, Plan, Reason, Recognition, Release, Tool, day, workflow};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::{File, Files};
use crate::history::{Commit, History, Tag};
use crate::reading::spec;
use crate::text::Text;
use crate::version::TagPattern;
use semver::{Prerelease, Version};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// knope.
#[derive(Clone, Copy, Debug)]
pub struct Knope;

const CONFIG: &str = "knope.toml";
const CHANGE_FILES: &str = ".changeset/";

impl Tool for Knope {
    fn id(&self) -> &'static str {
        "knope"
    }

    fn name(&self) -> &'static str {
        "Knope"
    }

    fn files(&self) -> &'static [&'static str] {
        &[
            CONFIG,
            ".changeset/*.md",
            ".github/workflows/*.yml",
            ".github/workflows/*.yaml",
            "Cargo.toml",
            "package.json",
            "pyproject.toml",
        ]
    }

    /// Its packages' files tell versions that no tag tells yet.
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        let settings = Settings::of(files, None).unwrap_or_default();
        let mut wanted: Vec<String> =
            settings.packages.into_iter().flat_map(|package| package.files).map(|file| file.path).collect();
        if !Settings::names_packages(files) {
            let patterns = members(files).into_iter().chain(workspaces(files));
            let globs: Vec<Glob> = patterns.map(|pattern| Glob::new(&pattern)).collect();
            wanted.extend(tree.iter().filter(|path| globs.iter().any(|glob| glob.matches(path))).cloned());
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|path| tree.contains(path) && !self.files().contains(&path.as_str()));
        wanted
    }

    fn package_globs(&self, files: &Files) -> Vec<String> {
        let settings = Settings::of(files, None).unwrap_or_default();
        let own = settings.packages.into_iter().flat_map(|package| package.files).map(|file| file.path);
        let found = members(files).into_iter().chain(workspaces(files));
        let found = found.filter(|_| !Settings::names_packages(files));
        own.chain(found).filter(|path| path.contains('/')).collect()
    }

    fn recognise(&self, files: &Files) -> Option<Recognition> {
        if matches!(files.get(CONFIG), Some(File::Present(_))) {
            return Some(Recognition { path: CONFIG.to_owned(), evidence: String::new() });
        }
        workflow::uses(files, "knope-dev/action")
    }

    fn change_files(&self, files: &Files) -> Option<ChangeFiles> {
        let alone = Settings::of(files, None).is_ok_and(|settings| settings.ignore_commits);
        let read = |text: &str| {
            let changes = change_file(text)?.into_iter();
            Some(changes.map(|(package, change)| (package, change.kind.bump())).collect())
        };
        Some(ChangeFiles { folder: CHANGE_FILES.to_owned(), packages: Vec::new(), alone, is_one, read })
    }

    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::of(files, over).unwrap_or_default();
        let latest = settings.packages.iter().map(|package| package.latest(tags).map(|(tag, _)| tag));
        // A package that was never released has all commits there are.
        let latest: Vec<&Tag> = latest.collect::<Option<_>>()?;
        let version = |series: usize, tag: &str| settings.packages.get(series)?.version(tag);
        super::oldest(&latest, tags, settings.packages.len(), &version)
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let settings = match Settings::of(facts.files, facts.tag_pattern) {
            Ok(settings) => settings,
            Err(nothing) => return Plan { nothing: Some(nothing), ..Plan::default() },
        };
        plan(facts, &settings)
    }
}

/// How far a message moves a stable version; `None` where knope passes over it. Sections are the default ones.
#[must_use]
pub fn bump_of(message: &str) -> Option<Bump> {
    let commit = spec::read(message.trim()).ok()?;
    if commit.breaking() {
        Some(Bump::Major)
    } else if commit.is("feat") {
        Some(Bump::Minor)
    } else {
        commit.is("fix").then_some(Bump::Patch)
    }
}

/// What a change is (`ChangeType`).
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Breaking,
    Feature,
    Fix,
    Footer(String),
    /// A type of change files only: `note`.
    Custom(String),
}

impl Kind {
    fn bump(&self) -> Bump {
        match self {
            Self::Breaking => Bump::Major,
            Self::Feature => Bump::Minor,
            Self::Fix | Self::Footer(_) | Self::Custom(_) => Bump::Patch,
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "major" => Self::Breaking,
            "minor" => Self::Feature,
            "patch" => Self::Fix,
            other => Self::Custom(other.to_owned()),
        }
    }
}

/// A package (`knope_config::Package`).
#[derive(Clone, Debug)]
struct Package {
    /// `None` for the only package of a repository.
    name: Option<String>,
    /// The folder of its first versioned file.
    path: String,
    files: Vec<Versioned>,
    /// Where its changelog lies.
    changelog: Option<String>,
    /// Whether the rules for major versions of Go's modules are not to be kept.
    ignores_go: bool,
    scopes: Option<Vec<String>>,
    sections: Vec<(String, Vec<Kind>)>,
    over: Option<TagPattern>,
}

/// A file that holds a package's version.
#[derive(Clone, Debug)]
struct Versioned {
    path: String,
    /// Patterns with a group `version`, all of which must be found; empty where the file's name tells its form.
    patterns: Vec<String>,
}

#[derive(Clone, Debug, Default)]
struct Settings {
    packages: Vec<Package>,
    /// Whether a forge is named that can be asked about pull requests.
    github: bool,
    ignore_commits: bool,
    ignore_merges: bool,
    templates: Vec<String>,
    /// The label of every workflow's `PrepareRelease` step; `None` for stable releases.
    labels: Vec<Option<String>>,
}

fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    Some(value?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

impl Settings {
    /// Whether the configuration names packages itself.
    fn names_packages(files: &Files) -> bool {
        let value = files.value(CONFIG).ok().flatten().unwrap_or_default();
        value.get("package").is_some() || value.get("packages").is_some()
    }

    /// # Errors
    /// Where the file is no TOML.
    fn of(files: &Files, over: Option<&str>) -> Result<Self, Text> {
        let value =
            files.value(CONFIG).map_err(|error| Text::new("tool_config_malformed", [&error.path, &error.reason]))?;
        let value = value.unwrap_or_default();
        let mut packages: Vec<Package> = Vec::new();
        match (value.get("package"), value.get("packages")) {
            (_, Some(Value::Object(named))) => {
                packages.extend(named.iter().map(|(name, package)| Package::of(Some(name), package)));
            }
            // The form of the first versions: a list of one.
            (_, Some(Value::Array(list))) => packages.extend(list.first().map(|package| Package::of(None, package))),
            (Some(package), _) => packages.push(Package::of(None, package)),
            (None, _) => packages.extend(found(files)),
        }
        if let [package] = packages.as_mut_slice() {
            package.over = over.and_then(|over| TagPattern::parse(over, "{version}"));
        }
        let steps = value.get("workflows").and_then(Value::as_array).into_iter().flatten();
        let steps = steps.filter_map(|workflow| workflow.get("steps")?.as_array()).flatten();
        let steps: Vec<&Value> =
            steps.filter(|step| step.get("type").and_then(Value::as_str) == Some("PrepareRelease")).collect();
        let changes = value.get("changes");
        let is = |value: Option<&Value>, key: &str| {
            value.and_then(|value| value.get(key)).and_then(Value::as_bool) == Some(true)
        };
        Ok(Self {
            packages,
            github: value.get("github").is_some(),
            ignore_commits: is(changes, "ignore_conventional_commits")
                || steps.iter().any(|step| is(Some(step), "ignore_conventional_commits")),
            ignore_merges: is(changes, "ignore_conventional_merge_commits"),
            templates: texts(value.get("release_notes").and_then(|notes| notes.get("change_templates")))
                .unwrap_or_default(),
            labels: steps
                .iter()
                .map(|step| step.get("prerelease_label").and_then(Value::as_str).map(str::to_owned))
                .collect(),
        })
    }
}

/// The manifests of the members of a Cargo workspace, which knope names one by one.
fn members(files: &Files) -> Vec<String> {
    let root = files.value("Cargo.toml").ok().flatten().unwrap_or_default();
    let members = texts(root.pointer("/workspace/members")).unwrap_or_default();
    members.iter().map(|member| format!("{}/Cargo.toml", member.trim_end_matches('/'))).collect()
}

/// Where the manifests of an npm workspace's packages lie, as patterns.
fn workspaces(files: &Files) -> Vec<String> {
    let root = files.value("package.json").ok().flatten().unwrap_or_default();
    let patterns = texts(root.get("workspaces")).unwrap_or_default();
    patterns.iter().map(|pattern| format!("{}/package.json", pattern.trim_end_matches('/'))).collect()
}

/// The packages that knope finds where its configuration names none (`Package::find_in_working_dir`): those of a
/// workspace, each with the commits of its own scope, and otherwise the files at the root as one. Deno's workspaces are
/// not looked for.
fn found(files: &Files) -> Vec<Package> {
    let package = |path: &str, name: &str, changelog: Option<String>| {
        let value = json!({ "versioned_files": [path], "scopes": [name], "changelog": changelog });
        Package::of(Some(&name.to_owned()), &value)
    };
    let mut packages = Vec::new();
    for path in members(files) {
        let manifest = files.value(&path).ok().flatten().unwrap_or_default();
        packages
            .extend(manifest.pointer("/package/name").and_then(Value::as_str).map(|name| package(&path, name, None)));
    }
    let globs: Vec<Glob> = workspaces(files).iter().map(|pattern| Glob::new(pattern)).collect();
    for path in files.paths().filter(|path| globs.iter().any(|glob| glob.matches(path))) {
        let manifest = files.value(path).ok().flatten().unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let changelog = Some(format!("{folder}/CHANGELOG.md"));
        packages.extend(manifest.get("name").and_then(Value::as_str).map(|name| package(path, name, changelog)));
    }
    if packages.is_empty() {
        let there: Vec<&str> = FILES.iter().copied().filter(|name| files.text(name).is_some()).collect();
        packages.push(Package::of(None, &json!({ "versioned_files": there, "changelog": "CHANGELOG.md" })));
    }
    packages
}

/// The files whose form knope knows by their names (`Format::FILE_NAMES`), but for those that hold no version.
const FILES: &[&str] = &[
    "Cargo.toml",
    "deno.json",
    "gleam.toml",
    "go.mod",
    "package.json",
    "package-lock.json",
    "pom.xml",
    "pubspec.yaml",
    "pyproject.toml",
    "tauri.conf.json",
    "tauri.macos.conf.json",
    "tauri.windows.conf.json",
    "tauri.linux.conf.json",
];

/// A version as knope reads one (`Version::from_str`): three numbers, and perhaps a label and a number; no build
/// metadata.
fn version_of(text: &str) -> Option<Version> {
    let (stable, pre) = text.split_once('-').map_or((text, None), |(stable, pre)| (stable, Some(pre)));
    let mut parts = stable.split('.').map(|part| part.parse::<u64>().ok());
    let (major, minor, patch) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    let pre = match pre {
        None => Prerelease::EMPTY,
        Some(pre) => {
            let (label, number) = pre.split_once('.')?;
            pre_release(label, number.parse().ok()?)?
        }
    };
    Some(Version { pre, ..Version::new(major, minor, patch) })
}

fn pre_release(label: &str, number: u64) -> Option<Prerelease> {
    Prerelease::new(&format!("{label}.{number}")).ok()
}

/// The versions of a package that count (`PackageVersions`).
#[derive(Clone, Debug, Default)]
struct Versions {
    stable: Option<Version>,
    /// By the version they lead to, the last of each label.
    pre: BTreeMap<Version, BTreeMap<String, u64>>,
}

impl Versions {
    fn update(&mut self, version: &Version) {
        let stable = Version::new(version.major, version.minor, version.patch);
        let Some((label, number)) = version.pre.as_str().rsplit_once('.') else {
            if self.stable.as_ref().is_none_or(|known| *known < stable) {
                self.stable = Some(stable);
                self.pre.clear();
            }
            return;
        };
        let number = number.parse().unwrap_or_default();
        let last = self.pre.entry(stable).or_default().entry(label.to_owned()).or_insert(number);
        *last = number.max(*last);
    }

    fn latest(&self) -> Option<Version> {
        let pre = self.pre.last_key_value().and_then(|(stable, labels)| {
            let (label, number) = labels.last_key_value()?;
            Some(Version { pre: pre_release(label, *number)?, ..stable.clone() })
        });
        pre.or_else(|| self.stable.clone())
    }

    /// The next version (`calculate_new_version`): the first one is what the pre-releases lead to, and 0.0.0 where there
    /// are none.
    fn next(&self, rule: Bump, label: Option<&str>) -> Option<(Bump, Version)> {
        let (bump, stable) = match &self.stable {
            Some(stable) => bump_stable(stable, rule)?,
            None => (rule, self.pre.last_key_value().map_or(Version::new(0, 0, 0), |(stable, _)| stable.clone())),
        };
        let Some(label) = label else { return Some((bump, stable)) };
        let last = self.pre.get(&stable).and_then(|labels| labels.get(label));
        let number = last.map_or(Some(0), |last| last.checked_add(1))?;
        Some((bump, Version { pre: pre_release(label, number)?, ..stable }))
    }
}

/// The places of commits by their hashes.
type Places<'a> = HashMap<&'a str, usize>;

/// Where the commits of a history stand, the newest highest; the one it begins after stands below them all, and tags
/// elsewhere are older.
fn places(history: &History) -> Places<'_> {
    let since = history.tags.iter().find(|tag| history.since.as_deref() == Some(tag.name.as_str()));
    let since = since.filter(|tag| !tag.sha.is_empty()).map(|tag| (tag.sha.as_str(), 1));
    let commits = history.commits.iter().zip(2..).filter(|(commit, _)| !commit.sha.is_empty());
    since.into_iter().chain(commits.map(|(commit, at)| (commit.sha.as_str(), at))).collect()
}

/// The tags of a package, the newest first.
fn newest_first<'a>(package: &Package, history: &'a History, at: &Places<'_>) -> Vec<(&'a Tag, Version)> {
    let place = |tag: &Tag| at.get(tag.sha.as_str()).copied().unwrap_or_default();
    let mut tags: Vec<(usize, &Tag, Version)> =
        history.tags.iter().filter_map(|tag| Some((place(tag), tag, package.version(&tag.name)?))).collect();
    tags.sort_by(|(a_at, a, a_version), (b_at, b, b_version)| {
        // Of two on one commit the first by name.
        let one = !a.sha.is_empty() && a.sha == b.sha;
        b_at.cmp(a_at).then_with(|| if one { a.name.cmp(&b.name) } else { b_version.cmp(a_version) })
    });
    tags.into_iter().map(|(_, tag, version)| (tag, version)).collect()
}

impl Versioned {
    /// The version in the file: `None` where the file is not known.
    ///
    /// # Errors
    /// Where it holds none: knope stops there.
    fn version<'t>(&self, files: &Files, tags: impl FnOnce() -> Vec<&'t Tag>) -> Result<Option<Version>, ()> {
        let Some(text) = files.text(&self.path) else { return Ok(None) };
        if !self.patterns.is_empty() {
            // What a pattern costs is its length times the text's; a real one is short, and so is a file with a version.
            if text.len() > 200_000 || self.patterns.iter().map(String::len).sum::<usize>() > 2_000 {
                return Ok(None);
            }
            let mut version = None;
            for pattern in &self.patterns {
                let Ok(regex) = regex_lite::RegexBuilder::new(pattern).size_limit(1 << 16).build() else {
                    return Ok(None);
                };
                let found = regex.captures(text).and_then(|found| found.name("version")).ok_or(())?;
                let found = version_of(found.as_str()).ok_or(())?;
                version.get_or_insert(found);
            }
            return Ok(version);
        }
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let places: &[&str] = match name {
            "Cargo.toml" => &["/package/version", "/workspace/package/version"],
            "pyproject.toml" => &["/tool/poetry/version", "/project/version"],
            "go.mod" => return self.of_go(text, tags).map(Some),
            "pom.xml" => return project_version(text).and_then(version_of).ok_or(()).map(Some),
            _ if FILES.contains(&name) => &["/version"],
            _ => return Ok(None),
        };
        let value = files.value(&self.path).ok().flatten().unwrap_or_default();
        let told = places.iter().find_map(|place| value.pointer(place)?.as_str());
        told.and_then(version_of).ok_or(()).map(Some)
    }

    /// The version of a Go module: that of a comment, or the newest tag's of its folder and its major version.
    fn of_go<'t>(&self, text: &str, tags: impl FnOnce() -> Vec<&'t Tag>) -> Result<Version, ()> {
        let (major, comment) = module(text).ok_or(())?;
        if let Some(version) = comment {
            return Ok(version);
        }
        let mut folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(major) = major {
            let last = folder.rsplit('/').next().unwrap_or_default();
            if last == format!("v{major}") {
                folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
            }
        }
        let start = if folder.is_empty() { "v".to_owned() } else { format!("{folder}/v") };
        let of_tag = |tag: &Tag| {
            let version = version_of(tag.name.strip_prefix(start.as_str())?)?;
            major.map_or(version.major < 2, |major| version.major == major).then_some(version)
        };
        tags().into_iter().find_map(of_tag).ok_or(())
    }
}

/// The major version in a Go module's path, and the version in the comment behind it (`ModuleLine`).
fn module(text: &str) -> Option<(Option<u64>, Option<Version>)> {
    let line = text.lines().find(|line| line.starts_with("module "))?;
    let parts: Vec<&str> = line.split_whitespace().collect();
    let major = parts.get(1)?.rsplit_once('/').and_then(|(_, last)| last.strip_prefix('v')?.parse().ok());
    let comment = parts.get(2).filter(|mark| **mark == "//").and_then(|_| parts.get(3));
    Some((major, comment.and_then(|version| version_of(version.strip_prefix('v')?))))
}

/// The text of the element `version` right inside a Maven project.
fn project_version(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let skip = |end: &str| after.split_once(end).map(|(_, rest)| rest);
        if after.starts_with("!--") {
            rest = skip("-->")?;
            continue;
        }
        let (tag, behind) = after.split_once('>')?;
        if tag.starts_with('/') {
            depth = depth.checked_sub(1)?;
        } else if !tag.starts_with(['?', '!']) && !tag.ends_with('/') {
            depth += 1;
            if depth == 2 && tag.split_whitespace().next() == Some("version") {
                return Some(behind.split('<').next().unwrap_or_default().trim());
            }
        }
        rest = behind;
    }
    None
}

impl Package {
    fn of(name: Option<&String>, value: &Value) -> Self {
        let file = |file: &Value| {
            let path = file.as_str().or_else(|| file.get("path")?.as_str())?.to_owned();
            let patterns = match file.get("regex") {
                Some(Value::String(pattern)) => vec![pattern.clone()],
                list => texts(list).unwrap_or_default(),
            };
            Some(Versioned { path, patterns })
        };
        // A lock file holds the versions of dependencies only.
        let own = |file: &&Value| {
            let path = file.as_str().unwrap_or_default();
            file.get("dependency").is_none() && !path.ends_with("Cargo.lock") && !path.ends_with("deno.lock")
        };
        let files = value.get("versioned_files").and_then(Value::as_array);
        let files: Vec<Versioned> = files.into_iter().flatten().filter(own).filter_map(file).collect();
        let folder = files.first().and_then(|file| file.path.rsplit_once('/')).map_or(".", |(folder, _)| folder);
        Self {
            name: name.cloned(),
            path: if name.is_some() { folder.to_owned() } else { ".".to_owned() },
            changelog: value.get("changelog").and_then(Value::as_str).map(str::to_owned),
            ignores_go: value.get("ignore_go_major_versioning").and_then(Value::as_bool) == Some(true),
            scopes: texts(value.get("scopes")),
            sections: sections(value.get("extra_changelog_sections")),
            over: None,
            files,
        }
    }

    fn tag_start(&self) -> String {
        self.name.as_ref().map_or_else(|| "v".to_owned(), |name| format!("{name}/v"))
    }

    fn version(&self, tag: &str) -> Option<Version> {
        match &self.over {
            Some(over) => over.version(tag),
            None => version_of(tag.strip_prefix(&self.tag_start())?),
        }
    }

    fn tag(&self, version: &Version) -> String {
        self.over.as_ref().map_or_else(|| format!("{}{version}", self.tag_start()), |over| over.tag(version))
    }

    /// The last stable version: commits count from there, those before a pre-release as well.
    fn latest<'a>(&self, tags: &'a [Tag]) -> Option<(&'a Tag, Version)> {
        let versions = tags.iter().filter_map(|tag| Some((tag, self.version(&tag.name)?)));
        versions.filter(|(_, version)| version.pre.is_empty()).max_by(|(_, a), (_, b)| a.cmp(b))
    }

    /// The versions of its tags and its files.
    ///
    /// # Errors
    /// Why knope stops: a file without a version, or files that do not agree.
    fn versions(&self, files: &Files, history: &History, at: &Places<'_>) -> Result<Versions, Text> {
        let tags = newest_first(self, history, at);
        let mut versions = Versions::default();
        for (_, version) in &tags {
            // Only the pre-releases after the last stable version count.
            if version.pre.is_empty() {
                versions.stable = Some(version.clone());
                break;
            }
            versions.update(version);
        }
        let mut known: Option<(&str, Version)> = None;
        for file in &self.files {
            let Ok(version) = file.version(files, || in_order(history, at)) else {
                return Err(Text::new("tool_knope_no_version", [&file.path]));
            };
            let Some(version) = version else { continue };
            match &known {
                Some((first, other)) if *other != version => {
                    return Err(Text::new(
                        "tool_knope_versions_differ",
                        [*first, &other.to_string(), &file.path, &version.to_string()],
                    ));
                }
                Some(_) => {}
                None => known = Some((&file.path, version)),
            }
        }
        if let Some((_, version)) = known {
            versions.update(&version);
        }
        Ok(versions)
    }

    /// Why a Go module cannot be given that version (`GoMod::set_version`).
    fn refused_by_go(&self, files: &Files, next: &Version) -> Option<Text> {
        let refuses = |file: &&Versioned| {
            let own = file.path == "go.mod" || file.path.ends_with("/go.mod");
            let Some((major, _)) = own.then(|| module(files.text(&file.path)?)).flatten() else { return false };
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let moves = next.major > 1 && next.major != major.unwrap_or_default() && !self.ignores_go;
            let by_folder = |major: u64| folder.rsplit('/').next() == Some(format!("v{major}").as_str());
            moves && major.is_none_or(by_folder)
        };
        self.files.iter().find(refuses).map(|file| Text::new("tool_knope_go", [&file.path, &next.to_string()]))
    }

    /// What a commit changes in this package (`changes_from_commit_message`).
    fn changes(&self, at: usize, commit: &Commit) -> Vec<Change> {
        let Ok(read) = spec::read(commit.message.trim()) else { return Vec::new() };
        if let (Some(scope), Some(scopes)) = (read.scope, &self.scopes)
            && !scopes.iter().any(|known| known.eq_ignore_ascii_case(scope))
        {
            return Vec::new();
        }
        let change = |kind, summary: &str| Change {
            kind,
            summary: summary.to_owned(),
            details: None,
            from: Some(at),
            by_file: false,
        };
        let mut changes = Vec::new();
        let mut breaks_in_footer = false;
        for footer in &read.footers {
            if footer.breaking() {
                breaks_in_footer = true;
                changes.push(change(Kind::Breaking, footer.value));
            } else if self.has_footer(footer.token) {
                changes.push(change(Kind::Footer(footer.token.to_owned()), footer.value));
            }
        }
        let kind = if read.breaking() && !breaks_in_footer {
            Kind::Breaking
        } else if read.is("feat") {
            Kind::Feature
        } else if read.is("fix") {
            Kind::Fix
        } else {
            return changes;
        };
        changes.push(change(kind, read.description));
        changes
    }

    fn has_footer(&self, token: &str) -> bool {
        self.sections.iter().flat_map(|(_, kinds)| kinds).any(|kind| match kind {
            Kind::Footer(known) => known.eq_ignore_ascii_case(token),
            _ => false,
        })
    }
}

/// The sections of release notes in their order (`convert_to_versioning`): a section of one's own takes its sources, and
/// those of the default section of the same name, away from the defaults.
fn sections(extra: Option<&Value>) -> Vec<(String, Vec<Kind>)> {
    let mut defaults = vec![
        ("Breaking Changes".to_owned(), Kind::Breaking),
        ("Features".to_owned(), Kind::Feature),
        ("Fixes".to_owned(), Kind::Fix),
        ("Notes".to_owned(), Kind::Footer("Changelog-Note".to_owned())),
    ];
    let mut own = Vec::new();
    for section in extra.and_then(Value::as_array).into_iter().flatten() {
        let name = section.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut kinds: Vec<Kind> =
            texts(section.get("footers")).unwrap_or_default().into_iter().map(Kind::Footer).collect();
        kinds.extend(texts(section.get("types")).unwrap_or_default().iter().map(|kind| Kind::of(kind)));
        defaults.retain(|(_, kind)| !kinds.contains(kind));
        defaults.retain(|(default, kind)| {
            if *default == name {
                kinds.push(kind.clone());
            }
            *default != name
        });
        own.push((name, kinds));
    }
    defaults.into_iter().map(|(name, kind)| (name, vec![kind])).chain(own).collect()
}

/// A change to a package.
#[derive(Clone, Debug)]
struct Change {
    kind: Kind,
    summary: String,
    details: Option<String>,
    /// The commit it came with, where that is known.
    from: Option<usize>,
    /// Whether a change file says it.
    by_file: bool,
}

/// The change files by their names, without the ending: for which package, and what.
///
/// # Errors
/// Where a file is not of their form: knope stops there.
fn change_files(facts: &Facts<'_>) -> Result<Vec<(String, Change)>, Text> {
    let names = facts.files.paths().filter_map(|path| Some((path.strip_prefix(CHANGE_FILES)?, path)));
    let mut names: Vec<(&str, &str)> = names.filter(|(name, _)| is_one(name)).collect();
    names.sort_by_key(|(name, _)| name.strip_suffix(".md").unwrap_or(name));
    // The first commit that holds a file; files that nobody touched since are older.
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, commit) in facts.history.commits.iter().enumerate() {
        for path in commit.files.iter().flatten().filter(|path| path.starts_with(CHANGE_FILES)) {
            first.entry(path).or_insert(at);
        }
    }
    let mut changes = Vec::new();
    for (_, path) in names {
        let read = change_file(facts.files.text(path).unwrap_or_default());
        let read = read.ok_or_else(|| Text::new("tool_knope_change_file", [path]))?;
        let from = first.get(path).copied();
        changes.extend(read.into_iter().map(|(package, change)| (package, Change { from, ..change })));
    }
    Ok(changes)
}

/// Whether a name in the folder is a change file's.
fn is_one(name: &str) -> bool {
    name.strip_suffix(".md").is_some_and(|name| name != "README" && !name.contains('/'))
}

fn change_file(text: &str) -> Option<Vec<(String, Change)>> {
    let mut lines = text.lines();
    lines.next().filter(|line| line.trim() == "---")?;
    let mut kinds: Vec<(String, Kind)> = Vec::new();
    loop {
        let line = lines.next()?;
        if line.trim() == "---" {
            break;
        }
        let (package, kind) = line.split_once(':')?;
        kinds.push((package.trim().to_owned(), Kind::of(kind.trim())));
    }
    // None at all is refused, and so is a package that is named twice.
    let names: BTreeSet<&str> = kinds.iter().map(|(package, _)| package.as_str()).collect();
    if kinds.is_empty() || names.len() != kinds.len() {
        return None;
    }
    let text: Vec<&str> = lines.collect();
    let text = text.join("\n");
    let mut lines = text.trim().lines().skip_while(|line| line.is_empty());
    let summary = lines.next().unwrap_or_default().trim_start_matches(['#', ' ']).to_owned();
    let details: Vec<&str> = lines.skip_while(|line| line.is_empty()).collect();
    let details = details.join("\n");
    let change = |kind: Kind| Change {
        kind,
        summary: summary.clone(),
        details: (!details.is_empty()).then(|| details.clone()),
        from: None,
        by_file: true,
    };
    Some(kinds.into_iter().map(|(package, kind)| (package, change(kind))).collect())
}

/// How a rule moves a version (`bump_stable`): one step less on 0.x.
fn bump_stable(from: &Version, rule: Bump) -> Option<(Bump, Version)> {
    let bump = match rule {
        Bump::Major if from.major == 0 => Bump::Minor,
        Bump::Minor if from.major == 0 => Bump::Patch,
        other => other,
    };
    let next = match bump {
        Bump::Major => Version::new(from.major.checked_add(1)?, 0, 0),
        Bump::Minor => Version::new(from.major, from.minor.checked_add(1)?, 0),
        _ => Version::new(from.major, from.minor, from.patch.checked_add(1)?),
    };
    Some((bump, next))
}

fn rule_of(change: &Change, zero: bool) -> Text {
    match (&change.kind, zero) {
        (Kind::Breaking, false) => Text::new("tool_knope_breaking", []),
        (Kind::Breaking, true) => Text::new("tool_knope_breaking_zero", []),
        (Kind::Feature, false) => Text::new("tool_knope_feature", []),
        (Kind::Feature, true) => Text::new("tool_knope_feature_zero", []),
        (Kind::Fix, _) => Text::new("tool_knope_fix", []),
        (Kind::Footer(token) | Kind::Custom(token), _) => Text::new("tool_knope_custom", [token]),
    }
}

fn plan(facts: &Facts<'_>, settings: &Settings) -> Plan {
    let stopped = |why: Text| Plan { nothing: Some(why), readings: readings(facts, settings), ..Plan::default() };
    let mut notes = Vec::new();
    let files = match change_files(facts) {
        Ok(files) => files,
        Err(why) => return stopped(why),
    };
    if !files.is_empty() || facts.files.paths().any(|path| path.starts_with(CHANGE_FILES)) {
        notes.push(Text::new("tool_knope_change_files", []));
    }
    if settings.ignore_commits {
        notes.push(Text::new("tool_knope_ignores_commits", []));
    }
    let asked = facts.last.map(|last| last.component.as_str()).filter(|component| !component.is_empty());
    let mut releases = Vec::new();
    let at = places(facts.history);
    for package in &settings.packages {
        if asked.is_some_and(|asked| package.name.as_deref().is_some_and(|name| name != asked)) {
            continue;
        }
        let mut changes: Vec<Change> = Vec::new();
        let mut stable =
            newest_first(package, facts.history, &at).into_iter().filter(|(_, version)| version.pre.is_empty());
        let start = match (facts.last, stable.next()) {
            (None, Some((tag, _))) => facts.history.commits.len() - facts.history.after(tag).len(),
            _ => 0,
        };
        if !settings.ignore_commits {
            for (at, commit) in facts.history.commits.iter().enumerate().skip(start) {
                if !(settings.ignore_merges && commit.parents > 1) {
                    changes.extend(package.changes(at, commit));
                }
            }
        }
        let name = package.name.as_deref().unwrap_or("default");
        changes.extend(files.iter().filter(|(package, _)| package == name).map(|(_, change)| change.clone()));
        // What a forge knows is asked for where anything changed.
        let asks = settings.templates.iter().any(|template| FORGE.iter().any(|wanted| template.contains(wanted)));
        if !changes.is_empty() && asks && !settings.github {
            return stopped(Text::new("tool_knope_github", []));
        }
        match release(facts, settings, package, &changes, &at, &mut notes) {
            Ok(release) => releases.extend(release),
            Err(why) => return stopped(why),
        }
    }
    // Change files that came with these commits and whose text nobody could read decide as well.
    let commits = facts.history.commits.iter().filter_map(|commit| commit.files.as_ref());
    let unknown = commits
        .flatten()
        .find(|path| path.strip_prefix(CHANGE_FILES).is_some_and(is_one) && facts.files.get(path).is_none());
    if let Some(path) = unknown {
        notes.push(Text::new("tool_knope_change_file_unknown", [path]));
    }
    let nothing = releases.is_empty().then(|| match unknown {
        Some(path) => Text::new("tool_knope_change_file_unknown", [path]),
        None => Text::new("tool_knope_nothing", []),
    });
    Plan { readings: readings(facts, settings), releases, notes, nothing }
}

fn readings(facts: &Facts<'_>, settings: &Settings) -> Vec<CommitReading> {
    let Some(first) = settings.packages.first().filter(|_| !settings.ignore_commits) else { return Vec::new() };
    let known = facts.last.and_then(|last| last.version.clone());
    let from = known
        .or_else(|| first.latest(&facts.history.tags).map(|(_, version)| version))
        .unwrap_or(Version::new(0, 0, 0));
    let read = |(at, commit): (usize, &Commit)| {
        let changes = settings.packages.iter().flat_map(|package| package.changes(at, commit));
        let weightiest = changes.max_by_key(|change| change.kind.bump());
        let bump = weightiest.as_ref().and_then(|change| bump_stable(&from, change.kind.bump()));
        let rule = match &weightiest {
            Some(change) => rule_of(change, from.major == 0),
            None => match spec::read(commit.message.trim()) {
                Ok(read) => Text::new("tool_knope_none", [read.kind]),
                Err(error) => Text::new("tool_message_refused", [&error.to_string()]),
            },
        };
        CommitReading { commit: at, bump: bump.map(|(bump, _)| bump).unwrap_or_default(), rule: Some(rule) }
    };
    facts.history.commits.iter().enumerate().map(read).collect()
}

fn release(
    facts: &Facts<'_>,
    settings: &Settings,
    package: &Package,
    changes: &[Change],
    at: &Places<'_>,
    notes: &mut Vec<Text>,
) -> Result<Option<Release>, Text> {
    let rule = changes.iter().map(|change| change.kind.bump()).max();
    let label = settings.labels.iter().flatten().next();
    // Only where every workflow makes pre-releases the next one is one.
    let always = label.filter(|_| settings.labels.iter().all(Option::is_some)).map(String::as_str);
    let (previous, stepped) = if let Some(last) = facts.last {
        (last.version.clone(), after_last(settings, last.version.as_ref(), rule, always, facts))
    } else {
        let versions = package.versions(facts.files, facts.history, at)?;
        let stepped = rule.and_then(|rule| versions.next(rule, always));
        let before = versions.stable.clone().filter(|_| always.is_none());
        (before.or_else(|| versions.latest()), stepped)
    };
    let Some((bump, next)) = stepped else { return Ok(None) };
    if let Some(why) = package.refused_by_go(facts.files, &next) {
        return Err(why);
    }
    if settings.labels.iter().any(Option::is_some)
        && settings.labels.iter().any(Option::is_none)
        && let Some(label) = label
    {
        notes.push(Text::new("tool_knope_prerelease", [label]));
    }
    let zero = previous.as_ref().is_some_and(|from| from.major == 0);
    let reason = |change: &Change| {
        let from = previous.clone().unwrap_or(Version::new(0, 0, 0));
        let bump = bump_stable(&from, change.kind.bump()).map(|(bump, _)| bump).unwrap_or_default();
        Reason { commit: change.from.filter(|_| !change.by_file), bump, rule: rule_of(change, zero) }
    };
    let mut reasons: Vec<Reason> = changes.iter().map(reason).collect();
    Reason::weightiest_first(&mut reasons);
    let entry = entry(facts, settings, package, &next, changes);
    if entry.is_none() {
        notes.push(Text::new("tool_knope_forge", []));
    }
    Ok(Some(Release {
        component: package.name.clone().unwrap_or_default(),
        path: package.path.clone(),
        tag: package.tag(&next),
        previous,
        bump,
        next,
        reasons,
        entry: entry.map(|markdown| Entry { markdown }),
    }))
}

/// The version after one that is given, where the tags are not known.
fn after_last(
    settings: &Settings,
    previous: Option<&Version>,
    rule: Option<Bump>,
    label: Option<&str>,
    facts: &Facts<'_>,
) -> Option<(Bump, Version)> {
    let Some(from) = previous else { return Some((rule?, Version::new(0, 0, 0))) };
    if from.pre.is_empty() {
        let mut versions = Versions::default();
        versions.update(from);
        for tag in &facts.history.tags {
            // Those of the package itself end in a version behind `v`.
            let version = tag.name.rsplit('/').next().and_then(|name| version_of(name.strip_prefix('v')?));
            if let Some(version) = version.filter(|version| !version.pre.is_empty() && version > from) {
                versions.update(&version);
            }
        }
        return versions.next(rule?, label);
    }
    let (own, number) = from.pre.as_str().rsplit_once('.').unwrap_or((from.pre.as_str(), ""));
    // A pre-release takes in everything since the last stable version, so another one may follow without a change.
    if settings.labels.iter().flatten().any(|label| label == own) {
        let number = number.parse::<u64>().unwrap_or(0).checked_add(1)?;
        return Some((Bump::Patch, Version { pre: pre_release(own, number)?, ..from.clone() }));
    }
    // The version it leads to was settled before.
    Some((rule?, Version::new(from.major, from.minor, from.patch)))
}

/// The tags of a history as knope sees them, the newest first.
fn in_order<'a>(history: &'a History, at: &Places<'_>) -> Vec<&'a Tag> {
    let version = |tag: &Tag| tag.name.rsplit_once('v').and_then(|(_, version)| version_of(version));
    let mut tags: Vec<(usize, Option<Version>, &Tag)> = history
        .tags
        .iter()
        .map(|tag| (at.get(tag.sha.as_str()).copied().unwrap_or_default(), version(tag), tag))
        .collect();
    tags.sort_by(|(a_at, a_version, a), (b_at, b_version, b)| {
        b_at.cmp(a_at).then_with(|| b_version.cmp(a_version)).then_with(|| a.name.cmp(&b.name))
    });
    tags.into_iter().map(|(_, _, tag)| tag).collect()
}

/// What changed in the entries over the versions, by the day of the release: nothing in a repository tells the version
/// that CI installs.
struct Style {
    /// Since 0.8 (2023-06-19) the day stands beside the version.
    dated: bool,
    /// Before 0.8 the newest change came first.
    newest_first: bool,
    /// From 0.8 up to 0.18.1 changes without details were headings too.
    headings: bool,
}

impl Style {
    fn on(date: &str) -> Self {
        Self {
            dated: date >= "2023-06-19",
            newest_first: date < "2023-06-19",
            headings: ("2023-06-19".."2024-12-01").contains(&date),
        }
    }
}

/// The release's notes as they stand in the changelog; `None` where a template asks for what only the forge knows.
fn entry(
    facts: &Facts<'_>,
    settings: &Settings,
    package: &Package,
    next: &Version,
    changes: &[Change],
) -> Option<String> {
    let style = Style::on(facts.date);
    let mut notes = String::new();
    for (name, kinds) in &package.sections {
        let mut listed: Vec<&Change> = changes.iter().filter(|change| kinds.contains(&change.kind)).collect();
        if listed.is_empty() {
            continue;
        }
        if style.newest_first {
            listed.reverse();
        }
        listed.sort_by_key(|change| change.details.is_some());
        if !notes.is_empty() {
            notes.push_str("\n\n");
        }
        notes.extend(["## ", name, "\n\n"]);
        let mut listed = listed.into_iter().peekable();
        while let Some(change) = listed.next() {
            notes += &written(facts, change, &settings.templates, &style)?;
            match listed.peek() {
                Some(next) if next.details.is_some() || style.headings => notes.push_str("\n\n"),
                Some(_) => notes.push('\n'),
                None => {}
            }
        }
    }
    let title = if style.dated { format!("{next} ({})", day::of_last_push(facts)) } else { next.to_string() };
    let Some(changelog) = &package.changelog else {
        // Only a release on the forge is made, whose title is the version.
        return Some(notes);
    };
    // The second heading of the file tells how deep releases stand.
    let text = facts.files.text(changelog).unwrap_or_default();
    let second = text.lines().filter(|line| line.starts_with('#')).nth(1);
    if second.is_some_and(|line| !line.starts_with("##")) {
        let lines: Vec<&str> = notes.lines().collect();
        return Some(format!("# {title}\n\n{}\n", lines.join("\n")));
    }
    let below: Vec<String> =
        notes.lines().map(|line| if line.starts_with('#') { format!("#{line}") } else { line.to_owned() }).collect();
    Some(format!("## {title}\n\n{}\n", below.join("\n")))
}

/// What a template may ask the forge for.
const FORGE: [&str; 2] = ["$pr_author_login", "$pr_number"];

/// The pull request that GitHub names at the end of a squash commit's title.
fn number(message: &str) -> Option<&str> {
    let (_, number) = message.lines().next()?.trim_end().strip_suffix(')')?.rsplit_once("(#")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

/// A change by the first template that can be filled, or in knope's own way; `None` where only the forge could fill it.
fn written(facts: &Facts<'_>, change: &Change, templates: &[String], style: &Style) -> Option<String> {
    let commit = change.from.and_then(|at| facts.history.commits.get(at));
    for template in templates {
        let mut text = template.clone();
        if ["$commit_author_name", "$commit_hash"].iter().any(|wanted| text.contains(wanted)) {
            // A change file has a commit as well, one that came before these.
            let commit = commit?;
            let sha = commit.sha.get(..7).unwrap_or(&commit.sha);
            text = text.replace("$commit_author_name", &commit.author).replace("$commit_hash", sha);
        }
        let [login, pull_request] = FORGE;
        if text.contains(login) {
            text = text.replace(login, Some(commit?.login.as_str()).filter(|login| !login.is_empty())?);
        }
        if text.contains(pull_request) {
            text = text.replace(pull_request, number(&commit?.message)?);
        }
        if text.contains("$details") {
            let Some(details) = &change.details else { continue };
            text = text.replace("$details", details);
        }
        return Some(text.replace("$summary", &change.summary));
    }
    Some(match &change.details {
        Some(details) => format!("### {}\n\n{details}", change.summary),
        None if style.headings => format!("### {}", change.summary),
        None => format!("- {}", change.summary),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing;

    #[track_caller]
    fn check(files: &[(&str, &str)], tag: &str, messages: &[&str], expected: &str) {
        let plan = testing::plan(&Knope, files, &[tag], messages);
        let told = plan.releases.first().and_then(|release| release.entry.as_ref()).map(|entry| entry.markdown.clone());
        assert_eq!(told.unwrap_or_default(), expected);
    }

    const ONE: (&str, &str) = ("knope.toml", "[package]\nchangelog = 'CHANGELOG.md'\n");

    #[test]
    fn commits_decide_and_are_listed_oldest_first() {
        check(
            &[ONE],
            "v1.2.3",
            &["fix: a", "feat: b", "fix: c"],
            "## 1.3.0 (2026-06-01)\n\n### Features\n\n- b\n\n### Fixes\n\n- a\n- c\n",
        );
        check(&[ONE], "v0.2.3", &["feat!: a"], "## 0.3.0 (2026-06-01)\n\n### Breaking Changes\n\n- a\n");
        check(&[ONE], "v0.2.3", &["feat: a"], "## 0.2.4 (2026-06-01)\n\n### Features\n\n- a\n");
        check(&[ONE], "v1.2.3", &["chore: a\n\nChangelog-Note: n"], "## 1.2.4 (2026-06-01)\n\n### Notes\n\n- n\n");
        check(&[ONE], "v1.2.3", &["chore: a", "no type"], "");
    }

    #[test]
    fn change_files_count_and_come_after_plain_changes() {
        let change = (".changeset/x.md", "---\ndefault: minor\n---\n\n# A title\n\nMore.\n");
        let expected = "## 1.3.0 (2026-06-01)\n\n### Features\n\n- b\n\n#### A title\n\nMore.\n";
        check(&[ONE, change], "v1.2.3", &["feat: b"], expected);
    }

    #[test]
    fn a_change_file_that_is_none_is_no_panic() {
        for text in ["", "---", "---\nx", "---\nx: minor", "---\nx: minor\n---", "# x"] {
            let _ = change_file(text);
        }
    }

    /// The tags that come of files, tags (a name and its place among the messages, from 1) and messages.
    #[track_caller]
    fn tags(files: &[(&str, &str)], tags: &[(&str, usize)], messages: &[&str], expected: &[&str]) -> Plan {
        let commit = |(at, text): (usize, &&str)| Commit {
            message: (*text).to_owned(),
            sha: format!("{:040}", at + 1),
            author: "Ann".to_owned(),
            files: Some(vec![".changeset/x.md".to_owned()]),
            ..Commit::default()
        };
        let history = History {
            commits: messages.iter().enumerate().map(commit).collect(),
            tags: tags.iter().map(|(name, at)| Tag { name: (*name).to_owned(), sha: format!("{at:040}") }).collect(),
            since: None,
            complete: true,
        };
        let plan = testing::planned(
            |facts| Knope.plan(facts),
            &Files::of(files.iter().copied()),
            &history,
            "2026-06-01",
            None,
        );
        let told: Vec<&str> = plan.releases.iter().map(|release| release.tag.as_str()).collect();
        assert_eq!(told, expected, "{:?}", plan.nothing);
        plan
    }

    #[test]
    fn versions_come_from_tags_and_files() {
        let versioned = |file: &'static str| ("knope.toml", format!("[package]\nversioned_files = [{file}]"));
        let of = |file: &'static str, path: &str, text: &str, known: &[(&str, usize)], expected: &[&str]| {
            let (config, settings) = versioned(file);
            tags(&[(config, &settings), (path, text)], known, &["chore: a", "fix: b"], expected)
        };
        let cargo = "'a/Cargo.toml'";
        of(cargo, "a/Cargo.toml", "[package]\nversion = '1.2.0'", &[], &["v1.2.1"]);
        of(cargo, "a/Cargo.toml", "[workspace.package]\nversion = '1.2.0'", &[("v1.0.0", 1)], &["v1.2.1"]);
        of(cargo, "a/Cargo.toml", "[package]\nversion = '1.2.0'", &[("v1.3.0", 1)], &["v1.3.1"]);
        of(cargo, "a/Cargo.toml", "[package]\nversion = '1.2.0-rc.1'", &[], &["v1.2.0"]);
        of("'pubspec.yaml'", "pubspec.yaml", "name: x\nversion: 2.0.0\n", &[], &["v2.0.1"]);
        of("'gleam.toml'", "gleam.toml", "version = '2.0.0'", &[], &["v2.0.1"]);
        let pom = "<?xml version='1'?><!-- <version>9.9.9</version> --><project><parent><version>3.0.0</version></parent><version>2.0.0</version></project>";
        of("'pom.xml'", "pom.xml", pom, &[], &["v2.0.1"]);
        of("'go.mod'", "go.mod", "module x.y/z // v1.4.0\n", &[], &["v1.4.1"]);
        of("'go.mod'", "go.mod", "module x.y/z\n", &[("v1.4.0", 1), ("v2.0.0", 1)], &["v1.4.1"]);
        of("{ path = 'V', regex = 'v(?<version>.+)' }", "V", "v0.3.0", &[], &["v0.3.1"]);
        // No version in it, none of that form, one that knope reads as none.
        for text in ["", "version = '1.0'", "version = '1.0.0+1'", "version = '1.0.0-rc'"] {
            of("'gleam.toml'", "gleam.toml", text, &[("v1.0.0", 1)], &[]);
        }
        of("'go.mod'", "go.mod", "module x.y/z\n", &[], &[]);
    }

    #[test]
    fn files_that_do_not_agree_stop_it() {
        let config = ("knope.toml", "[package]\nversioned_files = ['gleam.toml', 'package.json']");
        let gleam = ("gleam.toml", "version = '1.0.0'");
        tags(&[config, gleam, ("package.json", "{\"version\": \"1.0.0\"}")], &[], &["fix: a"], &["v1.0.1"]);
        tags(&[config, gleam, ("package.json", "{\"version\": \"1.0.1\"}")], &[], &["fix: a"], &[]);
    }

    #[test]
    fn a_go_module_does_not_leave_its_major_version() {
        let config = |more: &str| format!("[package]\nversioned_files = ['go.mod']\n{more}");
        let module = ("go.mod", "module x.y/z // v1.4.0\n");
        tags(&[("knope.toml", &config("")), module], &[], &["feat!: a"], &[]);
        tags(&[("knope.toml", &config("ignore_go_major_versioning = true")), module], &[], &["feat!: a"], &["v2.0.0"]);
        let second = ("go.mod", "module x.y/z/v2 // v2.4.0\n");
        tags(&[("knope.toml", &config("")), second], &[], &["feat!: a"], &["v3.0.0"]);
    }

    #[test]
    fn the_newest_stable_tag_counts_and_the_pre_releases_after_it() {
        let rc =
            ("knope.toml", "[package]\n[[workflows]]\nsteps = [{ type = 'PrepareRelease', prerelease_label = 'rc' }]");
        let known = [("v1.0.0", 1), ("v1.1.0-rc.4", 2), ("v1.1.0-beta.7", 2)];
        tags(&[rc], &known, &["fix: a", "fix: b", "feat: c"], &["v1.1.0-rc.5"]);
        tags(&[rc], &known, &["fix: a", "fix: b", "fix: c"], &["v1.0.1-rc.0"]);
        tags(&[rc], &[("v1.1.0-rc.4", 1), ("v1.0.0", 2)], &["fix: a", "fix: b", "feat: c"], &["v1.1.0-rc.0"]);
        tags(&[ONE], &known, &["fix: a", "fix: b", "feat: c"], &["v1.1.0"]);
        tags(&[ONE], &[("v0.1.0-rc.0", 1)], &["fix: a", "fix: b"], &["v0.1.0"]);
        tags(&[ONE], &[("v2.0.0", 1), ("v1.9.9", 2)], &["fix: a", "fix: b", "fix: c"], &["v1.9.10"]);
        // Not what knope calls a version.
        tags(&[ONE], &[("v1.0.0+1", 1), ("v1.1.0-rc", 1), ("v1.2", 1)], &["fix: a"], &["v0.0.0"]);
    }

    #[test]
    fn a_change_file_of_another_form_stops_it() {
        let change = |text| (".changeset/x.md", text);
        for text in
            ["# x", "---\n---\nx", "---\ndefault: patch\n\n---\nx", "---\ndefault: patch\ndefault: minor\n---\nx"]
        {
            tags(&[ONE, change(text)], &[("v1.0.0", 1)], &["fix: a", "fix: b"], &[]);
        }
        // Quotes are part of the name.
        tags(&[ONE, change("---\n'default': minor\n---\nx")], &[("v1.0.0", 1)], &["x", "fix: b"], &["v1.0.1"]);
    }

    #[test]
    fn templates_name_the_commit_a_change_file_came_with() {
        let config = "[package]\nchangelog = 'C'\n[release_notes]\nchange_templates = ['* $summary ($commit_hash, $commit_author_name)']";
        let change = (".changeset/x.md", "---\ndefault: patch\n---\n# b \n\nmore\n");
        let plan = tags(&[("knope.toml", config), change], &[("v1.0.0", 1)], &["x", "fix: a"], &["v1.0.1"]);
        let entry = plan.releases[0].entry.as_ref().unwrap().markdown.clone();
        assert_eq!(entry, "## 1.0.1 (2026-06-01)\n\n### Fixes\n\n* a (0000000, Ann)\n\n* b  (0000000, Ann)\n");
    }

    #[test]
    fn what_only_github_knows_is_not_made_up() {
        let config = |more: &str| {
            format!(
                "[package]\nchangelog = 'C'\n[release_notes]\nchange_templates = ['- $summary #$pr_number']\n{more}"
            )
        };
        tags(&[("knope.toml", &config(""))], &[("v1.0.0", 1)], &["x", "fix: a"], &[]);
        let github = config("[github]\nowner = 'a'\nrepo = 'b'\n");
        let told = |message: &str| {
            let plan = tags(&[("knope.toml", &github)], &[("v1.0.0", 1)], &["x", message], &["v1.0.1"]);
            plan.releases[0].entry.clone().map(|entry| entry.markdown)
        };
        assert_eq!(told("fix: a"), None);
        assert_eq!(told("fix: a (#7)").unwrap(), "## 1.0.1 (2026-06-01)\n\n### Fixes\n\n- a (#7) #7\n");
    }

    #[test]
    fn releases_stand_as_deep_as_the_changelog_has_them() {
        let entry = |text: &str| {
            let plan = tags(&[ONE, ("CHANGELOG.md", text)], &[("v1.0.0", 1)], &["x", "fix: a"], &["v1.0.1"]);
            plan.releases[0].entry.as_ref().unwrap().markdown.lines().next().unwrap().to_owned()
        };
        assert_eq!(entry("# 1.0.0\n\n## Fixes\n"), "## 1.0.1 (2026-06-01)");
        assert_eq!(entry("# 1.0.0\n\n# 0.9.0\n"), "# 1.0.1 (2026-06-01)");
    }

    #[test]
    fn without_packages_those_of_the_workspace_are_taken() {
        let files = [
            ("knope.toml", ""),
            ("Cargo.toml", "[workspace]\nmembers = ['a', 'b/']"),
            ("a/Cargo.toml", "[package]\nname = 'one'\nversion = '1.0.0'"),
            ("b/Cargo.toml", "[package]\nname = 'two'\nversion = '2.0.0'"),
            ("package.json", "{\"workspaces\": [\"p/*\"]}"),
            ("p/c/package.json", "{\"name\": \"three\", \"version\": \"3.0.0\"}"),
        ];
        tags(&files, &[], &["fix: x"], &["one/v1.0.1", "two/v2.0.1", "three/v3.0.1"]);
        tags(&files, &[], &["fix(two): x"], &["two/v2.0.1"]);
        let tree: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let first = Files::of(files.iter().copied().filter(|(path, _)| !path.contains('/')));
        assert_eq!(Knope.package_files(&first, &tree), ["a/Cargo.toml", "b/Cargo.toml", "p/c/package.json"]);
    }

    #[test]
    fn history_begins_at_the_oldest_of_the_packages_releases() {
        let files = Files::of([("knope.toml", "[packages.a]\n[packages.b]\n")]);
        let last = |told: &[(&str, &str)]| {
            let tags: Vec<Tag> =
                told.iter().map(|(name, sha)| Tag { name: (*name).to_owned(), sha: (*sha).to_owned() }).collect();
            Knope.last_release(&files, "main", &tags, None).map(|tag| tag.name.clone())
        };
        assert_eq!(last(&[("a/v1.0.0", "x"), ("b/v1.0.0", "x"), ("b/v1.1.0", "y")]).as_deref(), Some("a/v1.0.0"));
        assert_eq!(last(&[("a/v1.0.0", "x")]), None);
        assert_eq!(last(&[("a/v1.0.0", "x"), ("b/v1.0.0", "y")]), None);
    }

    #[test]
    fn sections_of_ones_own_take_the_defaults_place() {
        let own = (
            "knope.toml",
            "[package]\nchangelog = 'C.md'\nextra_changelog_sections = [{name = 'Fixes', footers = ['Fixed']}]\n",
        );
        check(&[own], "v1.2.3", &["fix: a\n\nFixed: b"], "## 1.2.4 (2026-06-01)\n\n### Fixes\n\n- b\n- a\n");
    }
}
