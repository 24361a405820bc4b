//! The release tools: how each is recognised, and what it makes of a history.
//!
//! A tool is one file and one line in [`TOOLS`]. It reads configuration from [`Files`] and commits from [`History`]
//! and answers with a [`Plan`]; it never asks for anything and never fails: what it does not understand it names.

use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{History, Tag};
use crate::pull_request::Repository;
use crate::text::Text;
use semver::Version;

pub mod conventional_changelog;
pub mod day;
pub mod every_merge;
pub mod glob;
pub mod semantic_release;
pub mod workflow;

// In the second module only.
#[cfg(feature = "more")]
pub mod by_message;
#[cfg(feature = "more")]
pub mod change_files;
#[cfg(feature = "more")]
pub mod changelogen;
#[cfg(feature = "more")]
pub mod cliff;
#[cfg(feature = "more")]
pub mod cocogitto;
#[cfg(feature = "more")]
pub mod commit_and_tag_version;
#[cfg(feature = "more")]
pub mod commitizen;
#[cfg(feature = "more")]
pub mod craft;
#[cfg(feature = "more")]
pub mod expression;
#[cfg(feature = "more")]
pub mod git_cliff;
#[cfg(feature = "more")]
pub mod git_version;
#[cfg(feature = "templates")]
pub mod jinja;
#[cfg(feature = "more")]
pub mod knope;
#[cfg(feature = "more")]
pub mod lerna;
#[cfg(feature = "more")]
pub mod librarian;
#[cfg(feature = "more")]
pub mod next_version;
#[cfg(feature = "more")]
pub mod nx;
#[cfg(feature = "more")]
pub mod python_semantic_release;
#[cfg(feature = "more")]
pub mod release_it;
#[cfg(feature = "more")]
pub mod release_please;
#[cfg(feature = "more")]
pub mod release_plz;
#[cfg(feature = "more")]
pub mod simple_release;
#[cfg(feature = "more")]
pub mod strftime;
#[cfg(feature = "more")]
pub mod svu;
#[cfg(feature = "templates")]
pub mod template;
#[cfg(feature = "more")]
pub mod vitejs_release_scripts;

/// All tools, in the order in which they are asked whether a repository is theirs: those with a file of their own
/// before those that are only seen in a workflow, and those that others are built on last. The base module holds two
/// of them; where [`elsewhere`] says so, the second module takes over.
#[rustfmt::skip] // One line each, so that a tool is one line's change.
pub const TOOLS: &[&dyn Tool] = &[
    #[cfg(feature = "more")] &cocogitto::Cocogitto,
    #[cfg(feature = "more")] &knope::Knope,
    #[cfg(feature = "more")] &release_plz::ReleasePlz,
    #[cfg(feature = "more")] &librarian::Librarian,
    #[cfg(feature = "more")] &release_please::ReleasePlease,
    &semantic_release::SemanticRelease,
    #[cfg(feature = "more")] &python_semantic_release::PythonSemanticRelease,
    #[cfg(feature = "more")] &commitizen::Commitizen,
    #[cfg(feature = "more")] &lerna::Lerna,
    #[cfg(feature = "more")] &simple_release::SimpleRelease,
    #[cfg(feature = "more")] &craft::Craft,
    #[cfg(feature = "more")] &release_it::ReleaseIt,
    #[cfg(feature = "more")] &commit_and_tag_version::CommitAndTagVersion,
    #[cfg(feature = "more")] &changelogen::Changelogen,
    #[cfg(feature = "more")] &vitejs_release_scripts::VitejsReleaseScripts,
    #[cfg(feature = "more")] &svu::Svu,
    #[cfg(feature = "more")] &git_version::GitVersion,
    #[cfg(feature = "more")] &nx::Nx,
    #[cfg(feature = "more")] &git_cliff::GitCliff,
    #[cfg(feature = "more")] &change_files::Changesets,
    #[cfg(feature = "more")] &change_files::Beachball,
    &every_merge::EveryMerge,
];

/// The files that only tools of the second module read; a test holds the list.
pub const ELSEWHERE: &[&str] = &[
    "*.tera",
    "*/*.tera",
    "*/*/*.tera",
    "*/*/Cargo.toml",
    "*/Cargo.toml",
    "*/package.json",
    ".GitVersion.yaml",
    ".GitVersion.yml",
    ".changeset/*.md",
    ".changeset/config.json",
    ".changeset/pre.json",
    ".cliff.toml",
    ".cliffignore",
    ".config/cliff.toml",
    ".craft.yml",
    ".cz.json",
    ".cz.toml",
    ".cz.yaml",
    ".github/.release-please-manifest*.json",
    ".github/release-please-config*.json",
    ".github/release-please.yaml",
    ".github/release-please.yml",
    ".librarian/state.yaml",
    ".release-it.cjs",
    ".release-it.js",
    ".release-it.json",
    ".release-it.mjs",
    ".release-it.toml",
    ".release-it.ts",
    ".release-it.yaml",
    ".release-it.yml",
    ".release-please-config*.json",
    ".release-please-manifest.*.json",
    ".release-please-manifest.json",
    ".release-plz.toml",
    ".simple-release.cjs",
    ".simple-release.js",
    ".simple-release.json",
    ".simple-release.mjs",
    ".simple-release.mts",
    ".simple-release.ts",
    ".squashcast.json",
    ".svu.yaml",
    ".svu.yml",
    ".versionrc",
    ".versionrc.cjs",
    ".versionrc.js",
    ".versionrc.json",
    ".versionrc.mjs",
    "Cargo.toml",
    "Chart.yaml",
    "GitVersion.yaml",
    "GitVersion.yml",
    "beachball.config.js",
    "change/*.json",
    "changelog.config.js",
    "changelog.config.json",
    "changelog.config.mjs",
    "changelog.config.toml",
    "changelog.config.ts",
    "changelog.config.yaml",
    "cliff.toml",
    "cog.toml",
    "cz.json",
    "cz.toml",
    "cz.yaml",
    "knope.toml",
    "lerna.json",
    "nx.json",
    "packages/*/package.json",
    "pubspec.yaml",
    "pyproject.toml",
    "release-please-config.*.json",
    "release-please-config.json",
    "release-plz.toml",
    "releaserc.json",
    "releaserc.toml",
    "setup.cfg",
    "sfdx-project.json",
];

/// What in a `package.json` names a tool of the second module.
const ELSEWHERE_PACKAGES: &[&str] = &[
    "\"changelogen\"",
    "\"commit-and-tag-version\"",
    "\"standard-version\"",
    "\"commitizen\"",
    "\"lerna\"",
    "\"nx\"",
    "\"release-it\"",
    "\"@simple-release/",
    "\"@vitejs/release-scripts\"",
    "\"beachball\"",
    "\"@changesets/cli\"",
    "\"git-cliff\"",
    "\"squashcast\"",
];

/// What in a workflow names a tool of the second module, and what only its reader of code follows.
const ELSEWHERE_WORKFLOWS: &[&str] = &[
    "release-please",
    "git-cliff",
    "python-semantic-release",
    "cocogitto",
    "release-plz",
    ".push(",
    ".assign(",
    ".concat(",
    "exports.",
    "semantic-release-monorepo",
    "multi-semantic-release",
];

/// Whether a repository may be of a tool that only the second module holds. Always false there. `paths` are the
/// repository's, `files` those read of them, `chosen` the id of the tool the user chose.
#[must_use]
pub fn elsewhere<'a>(mut paths: impl Iterator<Item = &'a str>, files: &Files, chosen: Option<&str>) -> bool {
    if cfg!(feature = "more") {
        return false;
    }
    let package = files.text("package.json").unwrap_or_default();
    // A manifest of a language says nothing of a release tool.
    let telling = |path: &str| !["Cargo.toml", "Chart.yaml", "pubspec.yaml", "sfdx-project.json"].contains(&path);
    let own =
        |path: &str| telling(path) && ELSEWHERE.iter().any(|pattern| !pattern.contains("*/") && matches(pattern, path));
    chosen.is_some_and(|id| by_id(id).is_none())
        // What lies in `.github` and in the packages belongs to many tools.
        || paths.any(|path| (!path.starts_with(".github/") || path.contains("release-please")) && own(path))
        || files.paths().filter_map(|path| files.text(path)).any(|text| {
            crate::reading::pattern::is_set(text) || ELSEWHERE_WORKFLOWS.iter().any(|name| text.contains(name))
        })
        || ELSEWHERE_PACKAGES.iter().any(|name| package.contains(name))
}

/// Whether a path is of a pattern: part by part, with one `*` in a part for any text.
#[must_use]
pub fn matches(pattern: &str, path: &str) -> bool {
    let of = |(pattern, part): (&str, &str)| match pattern.split_once('*') {
        None => pattern == part,
        Some((start, end)) => part.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
    };
    let count = |text: &str| text.split('/').count();
    count(pattern) == count(path) && pattern.split('/').zip(path.split('/')).all(of)
}

/// The patterns of all files that some tool reads, whichever module holds it.
pub fn patterns() -> impl Iterator<Item = &'static str> {
    TOOLS.iter().flat_map(|tool| tool.files()).chain(ELSEWHERE).copied()
}

/// The one of these tags whose commit is the oldest, as far as the tags tell: a commit is older than another where a
/// series has a lower version on it. `None` where they do not. `version` is that of a tag in a series.
#[cfg(feature = "more")]
fn oldest<'a>(
    candidates: &[&'a Tag],
    tags: &[Tag],
    series: usize,
    version: &dyn Fn(usize, &str) -> Option<Version>,
) -> Option<&'a Tag> {
    use std::collections::{BTreeMap, BTreeSet};
    let first = *candidates.first()?;
    if candidates.iter().any(|tag| tag.sha.is_empty()) {
        return None;
    }
    if candidates.iter().all(|tag| tag.sha == first.sha) {
        return Some(first);
    }
    // What each series has on each of these commits.
    let mut on: BTreeMap<&str, BTreeMap<usize, Version>> = BTreeMap::new();
    let commits: BTreeSet<&str> = candidates.iter().map(|tag| tag.sha.as_str()).collect();
    for tag in tags.iter().filter(|tag| commits.contains(tag.sha.as_str())) {
        for one in 0..series {
            if let Some(version) = version(one, &tag.name) {
                on.entry(&tag.sha).or_default().insert(one, version);
            }
        }
    }
    let older = |one: &str, other: &str| {
        let (Some(one), Some(other)) = (on.get(one), on.get(other)) else { return false };
        one.iter().any(|(series, version)| other.get(series).is_some_and(|other| version < other))
    };
    let oldest = |tag: &&&Tag| commits.iter().all(|sha| *sha == tag.sha || older(&tag.sha, sha));
    candidates.iter().find(oldest).copied()
}

/// The tool of that id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Tool> {
    TOOLS.iter().copied().find(|tool| tool.id() == id)
}

/// The tool whose own files say that it releases this repository, and how it was recognised.
#[must_use]
pub fn recognise(files: &Files) -> Option<(&'static dyn Tool, Recognition)> {
    // Where a repository speaks to squashcast itself, nothing else is asked.
    #[cfg(feature = "more")]
    if let Some(recognition) = every_merge::EveryMerge.recognise(files) {
        return Some((&every_merge::EveryMerge, recognition));
    }
    TOOLS.iter().find_map(|tool| tool.recognise(files).map(|recognition| (*tool, recognition)))
}

/// The tools that are seen most, in that order (downloads a month as far as they are counted): they stand first where one
/// is to be chosen.
#[cfg(feature = "more")]
const USUAL: &[&str] = &[
    "semantic-release",
    "release-please",
    "every-merge",
    "changesets",
    "release-it",
    "lerna",
    "commit-and-tag-version",
    "nx",
    "python-semantic-release",
    "git-cliff",
    "changelogen",
    "commitizen",
    "release-plz",
    "cocogitto",
    "gitversion",
    "svu",
    "knope",
];

/// All tools to choose from, the most used first.
#[cfg(feature = "more")]
pub fn usual() -> impl Iterator<Item = &'static dyn Tool> {
    let rest = TOOLS.iter().copied().filter(|tool| !USUAL.contains(&tool.id()));
    USUAL.iter().filter_map(|id| by_id(id)).chain(rest)
}

/// How a tool was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognition {
    /// The file that says so: `.releaserc.json`.
    pub path: String,
    /// What in it says so, in the file's own words: `release.branches`; empty where the file itself does.
    pub evidence: String,
}

/// Everything a tool decides from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The repository whose links stand in entries.
    pub repository: &'a Repository,
    /// The branch that is released from: the pull request's base.
    pub branch: &'a str,
    /// The repository's files, on that branch.
    pub files: &'a Files,
    /// What is unreleased on it.
    pub history: &'a History,
    /// The day of the release, `YYYY-MM-DD`, as entries are dated.
    pub date: &'a str,
    /// The user's own tag pattern (`v{version}`), where one is set: it stands in for the tool's.
    pub tag_pattern: Option<&'a str>,
    /// The last release, where the caller knows it and the tool must not look for it (a replay, the playground): the
    /// whole history came after it, and only its package is asked about.
    pub last: Option<&'a Last>,
}

/// A release that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// The package's name; empty where the repository is one package.
    pub component: String,
    /// Its folder; `.` for the whole repository.
    pub path: String,
    /// Its version; `None` where nothing was released before.
    pub version: Option<Version>,
    /// Its tag; empty where nothing was released before.
    pub tag: String,
}

/// What a tool would release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// A release each package that moves; empty where nothing is released.
    pub releases: Vec<Release>,
    /// What was assumed or not understood, to be said beside the result. Message ids `tool_…`.
    pub notes: Vec<Text>,
    /// Why nothing is released, or why it cannot be known, where `releases` is empty.
    pub nothing: Option<Text>,
    /// What each commit of the history was read as, in the history's order; empty where the tool does not look.
    pub readings: Vec<CommitReading>,
}

/// What a tool read in one commit of the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitReading {
    /// Its place in [`History::commits`].
    pub commit: usize,
    /// How far this commit alone moves the version.
    pub bump: Bump,
    /// The rule that says so: a message id `tool_…` with its arguments.
    pub rule: Option<Text>,
}

/// One version to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The package's name, as the tool spells it; empty where the repository is one package.
    pub component: String,
    /// Its folder; `.` for the whole repository.
    pub path: String,
    /// The version before; `None` for a first release.
    pub previous: Option<Version>,
    /// How far it moves.
    pub bump: Bump,
    /// The version to come.
    pub next: Version,
    /// The tag the tool will write.
    pub tag: String,
    /// The commits that decided, the weightiest first.
    pub reasons: Vec<Reason>,
    /// What the tool prints into the changelog or the release's notes; `None` where it prints nothing or that is not
    /// known (then a note says so).
    pub entry: Option<Entry>,
}

/// Why a version moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The commit's place in [`History::commits`]; `None` where the configuration decides.
    pub commit: Option<usize>,
    /// How far it moves the version.
    pub bump: Bump,
    /// The rule that says so: a message id `tool_…` with its arguments.
    pub rule: Text,
}

impl Reason {
    /// Puts the weightiest first; those of one weight stay in their order.
    pub(crate) fn weightiest_first(reasons: &mut [Self]) {
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.bump));
    }
}

/// What a change file asks for: packages, and how far each is to move.
#[cfg(feature = "more")]
pub type Wishes = Vec<(String, Bump)>;

/// The change files of a tool: a pull request brings its own along, and they decide.
#[cfg(feature = "more")]
#[derive(Clone, Debug)]
pub struct ChangeFiles {
    /// The folder they lie in, with a slash at its end.
    pub folder: String,
    /// The folders its packages lie in, without a slash at their ends.
    pub packages: Vec<String>,
    /// Whether nothing but them decides: then titles and messages mean nothing to the tool.
    pub alone: bool,
    /// Whether a name in that folder is a change file's.
    pub is_one: fn(&str) -> bool,
    /// What the text of one asks for; `None` where it is none.
    pub read: fn(&str) -> Option<Wishes>,
}

#[cfg(feature = "more")]
impl ChangeFiles {
    /// Whether a path is a change file's.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        path.strip_prefix(&self.folder).is_some_and(self.is_one)
    }
}

/// A release tool.
pub trait Tool: Sync {
    /// The name of its file here and of its settings: `semantic-release`.
    fn id(&self) -> &'static str;

    /// The name it gives itself.
    fn name(&self) -> &'static str;

    /// The files it reads, as globs from the repository's root with `*` for part of a name. They are fetched where the
    /// repository has them.
    fn files(&self) -> &'static [&'static str];

    /// The files of its packages that only the tool releasing them reads, of those in the tree: the globs of
    /// [`Tool::files`] that reach into folders, or what its configuration names.
    fn package_files(&self, _files: &Files, tree: &[String]) -> Vec<String> {
        let patterns: Vec<&str> = self.files().iter().filter(|pattern| pattern.contains("*/")).copied().collect();
        tree.iter().filter(|path| patterns.iter().any(|pattern| matches(pattern, path))).cloned().collect()
    }

    /// Where its packages' files may lie, for forges that list no folders unless they are asked to: paths and globs with
    /// `*` for a folder's name.
    #[cfg(feature = "more")]
    fn package_globs(&self, _files: &Files) -> Vec<String> {
        self.files().iter().filter(|pattern| pattern.contains("*/")).map(|pattern| (*pattern).to_owned()).collect()
    }

    /// Whether the repository's files say that this tool releases it, and which.
    fn recognise(&self, files: &Files) -> Option<Recognition>;

    /// The tag of the last release on the branch: history is wanted from there. `None` where there is none. `over`
    /// stands in for the tool's own tag pattern where the user has set one (`v{version}`).
    fn last_release<'a>(&self, files: &Files, branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag>;

    /// What the tool will release once the history's last commit is on the branch.
    fn plan(&self, facts: &Facts<'_>) -> Plan;

    /// The change files it decides from; `None` for a tool that reads none.
    #[cfg(feature = "more")]
    fn change_files(&self, _files: &Files) -> Option<ChangeFiles> {
        None
    }

    /// Whether the repository's entries are written by a template language that only the third module reads.
    fn fills_templates(&self, _files: &Files) -> bool {
        false
    }
}

/// What tests of tools have in common.
#[cfg(test)]
pub(crate) mod testing {
    use super::{Facts, Last, Plan, Tool};
    use crate::files::Files;
    use crate::history::{Commit, History, Tag};
    use crate::pull_request::Repository;
    use semver::Version;

    /// What `plan` makes of the branch `main` of acme/widgets on that day; `previous` is the version of the last release
    /// where the caller names it, and `plan` looks for it among the tags where it does not.
    pub(crate) fn planned(
        plan: impl FnOnce(&Facts<'_>) -> Plan,
        files: &Files,
        history: &History,
        date: &str,
        previous: Option<&str>,
    ) -> Plan {
        let repository =
            Repository { origin: "https://github.com".into(), owner: "acme".into(), name: "widgets".into() };
        let last = previous.map(|previous| Last {
            component: String::new(),
            path: ".".into(),
            version: Version::parse(previous).ok(),
            tag: format!("v{previous}"),
        });
        plan(&Facts {
            repository: &repository,
            branch: "main",
            files,
            history,
            date,
            tag_pattern: None,
            last: last.as_ref(),
        })
    }

    /// Numbers below what is asked for, the same in every run (xorshift).
    #[cfg(feature = "more")]
    pub(crate) fn thrown() -> impl FnMut(usize) -> usize {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        move |below| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed % 1_000_003).unwrap() % below
        }
    }

    /// The plan on the branch `main` of a repository with these files, tags and messages.
    pub(crate) fn plan(tool: &dyn Tool, files: &[(&str, &str)], tags: &[&str], messages: &[&str]) -> Plan {
        let commit = |text: &&str| Commit { message: (*text).to_owned(), ..Commit::default() };
        let tag = |name: &&str| Tag { name: (*name).to_owned(), sha: String::new() };
        let history = History {
            commits: messages.iter().map(commit).collect(),
            tags: tags.iter().map(tag).collect(),
            since: None,
            complete: true,
        };
        planned(|facts| tool.plan(facts), &Files::of(files.iter().copied()), &history, "2026-06-01", None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_base_module_knows_which_files_are_read_elsewhere() {
        // The base module reads no file for every-merge.
        let base = ["semantic-release"];
        let of = |own: bool| -> BTreeSet<&str> {
            TOOLS
                .iter()
                .filter(|tool| base.contains(&tool.id()) == own)
                .flat_map(|tool| tool.files())
                .copied()
                .collect()
        };
        let (here, there) = (of(true), of(false));
        // The forge's own file for release notes says nothing of a tool, and many repositories have one.
        let telling = |path: &&&str| **path != ".github/release.yml";
        let expected: Vec<&str> = there.difference(&here).filter(telling).copied().collect();
        assert_eq!(ELSEWHERE, expected.as_slice());
    }
}
