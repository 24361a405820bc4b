//! The projects of an nx workspace as far as its manifests tell of them, which of them a commit concerns, and the patterns
//! that name them (`plugins/package-json/create-nodes.ts`, `project-graph/affected`, `utils/find-matching-projects.ts`).

use crate::files::Files;
use crate::history::Commit;
use crate::letters::lower;
use crate::tool::change_files::membership;
use crate::tool::glob::Glob;
use semver::{Version, VersionReq};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// A project with a `package.json` of its own.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// `nx.name`, or else the package's.
    pub name: String,
    /// Its folder; `.` for the whole repository.
    pub root: String,
    /// `version`.
    pub version: Option<Version>,
    /// Whether `private` says that it is not published.
    private: bool,
    /// Whether nx takes it for a library: only those are released unless the configuration names others.
    library: bool,
    tags: Vec<String>,
    package: String,
    /// What it depends on: the tables, names and ranges.
    wanted: Vec<(&'static str, String, String)>,
    implicit: Vec<String>,
}

impl Project {
    fn read(files: &Files, path: &str, layout: &Value) -> Option<Self> {
        let value = files.value(path).ok().flatten()?;
        let root = path.strip_suffix("/package.json").unwrap_or(".").to_owned();
        let own = value.get("nx");
        let beside = files.value(&format!("{root}/project.json")).ok().flatten().unwrap_or_default();
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let said = |key: &str| beside.get(key).or_else(|| own?.get(key));
        let list = |key: &str| -> Vec<String> {
            let list = said(key).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let name = said("name").and_then(Value::as_str).unwrap_or(text("name")).to_owned();
        let folder = |key: &str| layout.get(key).and_then(Value::as_str);
        let (apps, libs) = (folder("appsDir"), folder("libsDir"));
        let library = if let Some(kind) = said("projectType").and_then(Value::as_str) {
            kind == "library"
        } else if apps.is_some_and(|apps| libs != Some(apps) && root.starts_with(apps)) {
            false
        } else {
            libs.is_some_and(|libs| root.starts_with(libs))
                || ["exports", "main", "module", "bin"].iter().any(|key| value.get(*key).is_some_and(truthy))
        };
        let kinds = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
        let wanted = kinds.into_iter().flat_map(|kind| {
            let table = value.get(kind).and_then(Value::as_object).into_iter().flatten();
            table.map(move |(name, range)| (kind, name.clone(), range.as_str().unwrap_or_default().to_owned()))
        });
        Some(Self {
            name,
            root,
            version: Version::parse(text("version")).ok(),
            private: value.get("private") == Some(&Value::Bool(true)),
            library,
            tags: list("tags"),
            package: text("name").to_owned(),
            wanted: wanted.collect(),
            implicit: list("implicitDependencies"),
        })
        .filter(|project| !project.name.is_empty())
    }
}

fn truthy(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value.as_str() != Some("")
}

/// The projects that the files of a commit belong to, and whether some belong to none; `None` where its files are not
/// known.
pub type Touched = Option<(BTreeSet<usize>, bool)>;

/// All projects of a workspace and what depends on what.
#[derive(Debug, Default)]
pub struct Workspace {
    /// In the order of their names.
    pub projects: Vec<Project>,
    /// The places of those that depend on a project and have a version of their own to move.
    pub dependents: Vec<BTreeSet<usize>>,
    /// The places of those that are affected with a project, itself among them.
    reached: Vec<BTreeSet<usize>>,
    roots: HashMap<String, usize>,
    /// Files outside of projects that concern all of them.
    everywhere: Vec<Glob>,
}

impl Workspace {
    /// What the files tell. Where no project's manifest is known, the repository is taken for one project.
    #[must_use]
    pub fn read(files: &Files, nx: &Value) -> Self {
        let layout = nx.get("workspaceLayout").cloned().unwrap_or_default();
        let member = membership(files);
        let manifests = files.paths().filter(|path| member(path));
        let mut projects: Vec<Project> = manifests.filter_map(|path| Project::read(files, path, &layout)).collect();
        let root = Project::read(files, "package.json", &layout);
        let is_project = || files.value("package.json").ok().flatten().is_some_and(|value| value.get("nx").is_some());
        if projects.is_empty() {
            let root = root.unwrap_or_default();
            projects.push(Project { root: ".".to_owned(), library: true, private: false, ..root });
        } else if is_project() {
            projects.extend(root);
        }
        projects.sort_by(|left, right| left.name.cmp(&right.name));
        let mut dependents = vec![BTreeSet::new(); projects.len()];
        let mut edges = vec![BTreeSet::new(); projects.len()];
        let names: HashMap<&str, usize> =
            projects.iter().enumerate().map(|(at, project)| (project.package.as_str(), at)).collect();
        for (at, project) in projects.iter().enumerate() {
            for (_, name, range) in &project.wanted {
                let Some(target) = names.get(name.as_str()).copied().filter(|target| *target != at) else { continue };
                let local = projects.get(target).is_some_and(|target| is_local(range, target));
                if let (true, Some(dependents), Some(edges)) =
                    (local, dependents.get_mut(target), edges.get_mut(target))
                {
                    dependents.insert(at);
                    edges.insert(at);
                }
            }
            for pattern in &project.implicit {
                for (target, edges) in edges.iter_mut().enumerate() {
                    if target != at && projects.get(target).is_some_and(|target| target.name == *pattern) {
                        edges.insert(at);
                    }
                }
            }
        }
        let reached = (0..projects.len()).map(|from| reach(from, &edges)).collect();
        let roots = projects.iter().enumerate().map(|(at, project)| (project.root.clone(), at)).collect();
        Self { projects, dependents, reached, roots, everywhere: everywhere(nx) }
    }

    /// A range of a project's that the version of another one to come lies outside of, where ranges are kept: what it
    /// is for, and the range. nx releases nothing then.
    #[must_use]
    pub fn outside(
        &self,
        at: usize,
        kept: &[String],
        version: &dyn Fn(usize) -> Option<Version>,
    ) -> Option<(&str, &str)> {
        let wanted = self.projects.get(at)?.wanted.iter().filter(|(kind, ..)| kept.iter().any(|kept| kept == kind));
        let fits = |name: &str, range: &str| {
            let target = self.projects.iter().position(|one| one.package == name)?;
            self.dependents.get(target)?.contains(&at).then_some(())?;
            // An exact version is no range, and is written anew.
            let range = VersionReq::parse(range).ok().filter(|_| Version::parse(range).is_err())?;
            let version = version(target)?;
            Some(range.matches(&version))
        };
        wanted
            .map(|(_, name, range)| (name.as_str(), range.as_str()))
            .find(|(name, range)| fits(name, range) == Some(false))
    }

    /// The project a file belongs to: that of the nearest folder.
    #[must_use]
    pub fn owner(&self, file: &str) -> Option<usize> {
        let mut folder = file;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(at) = self.roots.get(above) {
                return Some(*at);
            }
            folder = above;
        }
        self.roots.get(".").copied()
    }

    /// What the files of a commit touch.
    #[must_use]
    pub fn touched(&self, files: Option<&[String]>) -> Touched {
        let (mut owners, mut outside) = (BTreeSet::new(), false);
        for file in files? {
            match self.owner(file) {
                Some(owner) => drop(owners.insert(owner)),
                None => outside = true,
            }
        }
        Some((owners, outside))
    }

    /// The projects that nx counts a commit for since its version 22: those it touches and those that depend on them.
    #[must_use]
    pub fn affected(&self, files: Option<&[String]>, touched: Option<&BTreeSet<usize>>) -> Cow<'_, BTreeSet<usize>> {
        let all = || Cow::Owned((0..self.projects.len()).collect());
        let Some((files, touched)) = files.zip(touched) else { return all() };
        if files.iter().any(|file| file == "nx.json" || self.everywhere.iter().any(|glob| glob.matches(file))) {
            return all();
        }
        let mut reached = touched.iter().filter_map(|at| self.reached.get(*at));
        match (reached.next(), touched.len()) {
            (Some(one), 1) => Cow::Borrowed(one),
            (one, _) => Cow::Owned(one.into_iter().chain(reached).flatten().copied().collect()),
        }
    }

    /// The places of those that are released where the configuration names none.
    #[must_use]
    pub fn usual(&self) -> Vec<usize> {
        let published = |project: &Project| project.library && !project.private;
        (0..self.projects.len()).filter(|at| self.projects.get(*at).is_some_and(published)).collect()
    }

    /// The projects that patterns name (`findMatchingProjects`): names, words of names, folders, tags and globs of them,
    /// each with an exclamation mark in front to take out again.
    #[must_use]
    pub fn matching(&self, patterns: &[&str]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let first = patterns.first().copied().unwrap_or_default();
        if first.starts_with('!') {
            found.extend(0..self.projects.len());
        }
        for written in patterns.iter().filter(|pattern| !pattern.is_empty() && !pattern.starts_with("nx-cloud:")) {
            let (pattern, out) = written.strip_prefix('!').map_or((*written, false), |pattern| (pattern, true));
            let labelled = pattern.split_once(':').filter(|_| !self.projects.iter().any(|one| one.name == pattern));
            let known = ["name", "tag", "directory", "unlabeled"];
            let (kind, value) = labelled.filter(|(kind, _)| known.contains(kind)).unwrap_or(("unlabeled", pattern));
            let of = |fits: &dyn Fn(&Project) -> bool| -> BTreeSet<usize> {
                (0..self.projects.len()).filter(|at| self.projects.get(*at).is_some_and(fits)).collect()
            };
            let mut change = |those: BTreeSet<usize>| {
                let before = found.len();
                if out {
                    found = found.difference(&those).copied().collect();
                } else {
                    found.extend(those);
                }
                found.len() != before
            };
            if value == "*" {
                change(of(&|_| true));
                continue;
            }
            let glob = Glob::new(value);
            let is_glob = value.contains(['*', '|', '{', '}', '(', ')', '[']);
            let folder = |project: &Project| project.root == value || glob.matches(&project.root);
            let tagged =
                |project: &Project| project.tags.iter().any(|tag| tag == value || is_glob && glob.matches(tag));
            let exact = self.projects.iter().any(|project| project.name == value);
            let named = |project: &Project| match (exact, is_glob) {
                (true, _) => project.name == value,
                (false, true) => glob.matches(&project.name),
                (false, false) => is_word_of(value, &project.name),
            };
            match kind {
                "tag" => change(of(&tagged)),
                "directory" => change(of(&folder)),
                "name" => change(of(&named)),
                _ => change(of(&named)) || change(of(&folder)),
            };
        }
        found
    }
}

/// Whether a word stands in a name with no letter, digit, at sign or hyphen beside it, in any case.
fn is_word_of(word: &str, name: &str) -> bool {
    let (word, name) = (lower(word), lower(name));
    let beside = |c: char| c == '@' || c == '-' || c.is_ascii_alphanumeric();
    name.match_indices(word.as_str()).any(|(at, _)| {
        let before = name.get(..at).unwrap_or_default().chars().next_back();
        let after = name.get(at + word.len()..).unwrap_or_default().chars().next();
        !before.is_some_and(beside) && !after.is_some_and(beside)
    })
}

/// Whether a range means the package of the workspace and not a published one.
fn is_local(range: &str, target: &Project) -> bool {
    let Some(version) = &target.version else { return true };
    if let Ok(exact) = Version::parse(range) {
        return exact == *version;
    }
    VersionReq::parse(range).map_or(true, |range| range.matches(version))
}

fn reach(from: usize, edges: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        open.extend(edges.get(at).into_iter().flatten().copied().filter(|next| seen.insert(*next)));
    }
    seen
}

/// The files of the workspace that stand in the inputs of every target there is by default (`namedInputs`,
/// `targetDefaults`): who changes one of them changes every project that has such a target.
fn everywhere(nx: &Value) -> Vec<Glob> {
    let named = nx.get("namedInputs").and_then(Value::as_object);
    let defaults = nx.get("targetDefaults").and_then(Value::as_object);
    let inputs = defaults.into_iter().flatten().filter_map(|(_, target)| target.get("inputs")?.as_array()).flatten();
    let mut open: Vec<&Value> = inputs.collect();
    let (mut seen, mut out) = (BTreeSet::new(), Vec::new());
    while let Some(input) = open.pop() {
        let text = input.as_str().or_else(|| input.get("fileset")?.as_str()).unwrap_or_default();
        if let Some(file) = text.strip_prefix("{workspaceRoot}/") {
            out.push(Glob::new(file));
        } else if seen.insert(text) {
            open.extend(named.and_then(|named| named.get(text)?.as_array()).into_iter().flatten());
        }
    }
    out
}

/// The files of a commit: `git log` names none for a merge; those of the last one (the squash commit of a preview) where its own are not known.
#[must_use]
pub fn files_of<'a>(commit: &'a Commit, all: &'a [Commit]) -> Option<&'a [String]> {
    if commit.parents > 1 {
        return Some(&[]);
    }
    commit.files.as_deref().or_else(|| all.last()?.files.as_deref())
}
