//! `squashcast replay` in git checkouts made here: each kind of repository that a user may stand in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test fails by panicking.
#![cfg(feature = "more")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A repository in a directory of its own, removed when it goes.
struct Repo {
    path: PathBuf,
    day: usize,
}

impl Drop for Repo {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn directory() -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("squashcast-{}-{number}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    path
}

/// A command that neither the user's settings nor a repository around the directory reach.
fn command(program: &str, path: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(path).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_CEILING_DIRECTORIES", path.parent().unwrap());
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
}

fn squashcast(path: &Path, arguments: &[&str]) -> Output {
    command(env!("CARGO_BIN_EXE_squashcast"), path).arg("replay").args(arguments).output().unwrap()
}

impl Repo {
    fn new() -> Self {
        let repo = Self { path: directory(), day: 0 };
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo.git(&["remote", "add", "origin", "git@github.com:acme/widgets.git"]);
        repo
    }

    fn git(&self, arguments: &[&str]) -> String {
        let day = format!("2024-01-{:02}T10:00:00Z", self.day.max(1));
        let mut command = command("git", &self.path);
        command.env("GIT_AUTHOR_DATE", &day).env("GIT_COMMITTER_DATE", &day);
        for name in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"] {
            command.env(name, "Ann");
        }
        for name in ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"] {
            command.env(name, "ann@example.org");
        }
        let output = command.args(arguments).output().expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Commits a change of a file on a day of its own; the short hash.
    fn commit(&mut self, path: &str, message: &str) -> String {
        self.day += 1;
        self.write(path, &format!("{}\n{message}", self.day));
        self.record(message)
    }

    /// Commits what lies there.
    fn record(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn tag(&self, name: &str) {
        self.git(&["tag", name]);
    }

    fn replay(&self) -> Vec<Value> {
        let output = squashcast(&self.path, &["--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn table(&self) -> String {
        String::from_utf8(squashcast(&self.path, &[]).stdout).unwrap()
    }

    /// `tag predicted` of each release, the newest first.
    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let rows = self.replay();
        let told: Vec<String> = rows
            .iter()
            .map(|row| format!("{} {}", row["tag"].as_str().unwrap(), row["predicted"].as_str().unwrap_or("-")))
            .collect();
        assert_eq!(told, expected, "{rows:#?}");
    }
}

#[test]
fn a_line_of_commits_is_measured_tag_by_tag() {
    let mut repo = Repo::new();
    repo.write(".releaserc.json", r#"{"preset": "conventionalcommits"}"#);
    repo.commit("a", "feat: start");
    repo.tag("v1.0.0");
    repo.commit("a", "fix: one");
    repo.commit("a", "feat: two\n\nA body.\x01\n\nRefs: 1");
    repo.git(&["tag", "--annotate", "v1.1.0", "--message", "notes"]);
    repo.tag("v1");
    repo.commit("a", "chore: three");
    repo.tag("v1.1.1");
    repo.commit("ü \"x\"", "fix!: four");
    repo.tag("v2.0.0");
    repo.check(&["v2.0.0 2.0.0", "v1.1.1 -", "v1.1.0 1.1.0", "v1.0.0 1.0.0"]);
    let table = repo.table();
    assert!(table.contains("3 of 4 releases predicted exactly."), "{table}");
    assert!(table.contains("1 tag holds no version of three numbers: left out (v1)."), "{table}");
    assert!(table.contains("major: fix!: four"), "{table}");
    let last = squashcast(&repo.path, &["--last", "1", "--json"]);
    assert_eq!(String::from_utf8(last.stdout).unwrap().lines().count(), 1);
    let chosen = squashcast(&repo.path, &["--tool", "cocogitto", "--json"]);
    assert!(String::from_utf8(chosen.stdout).unwrap().contains("\"tool\":\"cocogitto\""));
}

#[test]
fn a_releases_own_commit_is_not_part_of_what_it_releases() {
    let mut repo = Repo::new();
    repo.write("release-please-config.json", r#"{"release-type": "simple", "packages": {".": {}}}"#);
    repo.write(".release-please-manifest.json", r#"{".": "1.0.0"}"#);
    repo.commit("a", "chore: start");
    repo.tag("v1.0.0");
    let sha = repo.commit("a", "feat: two");
    repo.day += 1;
    repo.write(".release-please-manifest.json", r#"{".": "1.1.0"}"#);
    let link = "https://github.com/acme/widgets";
    let entry = format!(
        "## [1.1.0]({link}/compare/v1.0.0...v1.1.0) (2024-01-02)\n\n\n### Features\n\n* two ([{}]({link}/commit/{sha}))\n",
        sha.get(..7).unwrap()
    );
    repo.write("CHANGELOG.md", &format!("# Changelog\n\n{entry}"));
    repo.record("chore(main): release 1.1.0");
    repo.tag("v1.1.0");
    repo.check(&["v1.1.0 1.1.0", "v1.0.0 -"]);
    let rows = repo.replay();
    assert_eq!(rows[0]["entry_equal"], Value::Bool(true), "{rows:#?}");
    repo.commit("a", "fix: three");
    repo.day += 1;
    repo.write("CHANGELOG.md", &format!("# Changelog\n\n## [1.1.1]({link}) (today)\n\nBy hand.\n\n{entry}"));
    repo.record("chore: release main");
    repo.tag("v1.1.1");
    repo.check(&["v1.1.1 1.1.1", "v1.1.0 1.1.0", "v1.0.0 -"]);
    let table = repo.table();
    assert!(table.contains("1 of 2 entries equal to the changelog"), "{table}");
    assert!(table.contains("    CHANGELOG.md:3 has “## [1.1.1]"), "{table}");
}

#[test]
fn merges_count_what_they_bring() {
    let mut repo = Repo::new();
    repo.write(".releaserc.json", r#"{"preset": "conventionalcommits"}"#);
    repo.commit("a", "feat: start");
    repo.tag("v1.0.0");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.commit("b", "feat: aside");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("a", "fix: here");
    repo.git(&["merge", "--quiet", "--no-ff", "--message", "Merge branch 'topic'", "topic"]);
    repo.tag("v1.1.0");
    // A release branch that brings its work: the merge speaks of the version, and the work counts all the same.
    repo.git(&["checkout", "--quiet", "-b", "release/1.2.0"]);
    repo.commit("b", "feat: more");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--no-ff", "--message", "Merge branch 'release/1.2.0'", "release/1.2.0"]);
    repo.tag("v1.2.0");
    // A tag beside the branch is not on it.
    repo.git(&["checkout", "--quiet", "-b", "aside", "v1.0.0"]);
    repo.commit("c", "fix: old");
    repo.tag("v1.0.1");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.check(&["v1.2.0 1.2.0", "v1.1.0 1.1.0", "v1.0.0 1.0.0"]);
    assert!(repo.table().contains("1 tag is not on this branch: left out."));
}

#[test]
fn each_package_is_held_against_its_own_tags() {
    let mut repo = Repo::new();
    repo.write(
        "release-please-config.json",
        r#"{"release-type": "simple", "packages": {"a": {"component": "a"}, "b": {"component": "b"}}}"#,
    );
    repo.write(".release-please-manifest.json", r#"{"a": "1.0.0", "b": "0.3.0"}"#);
    repo.commit("a/x", "chore: start");
    repo.tag("a-v1.0.0");
    repo.tag("b-v0.3.0");
    repo.commit("a/x", "feat: of a");
    repo.commit("b/x", "fix: of b");
    repo.day += 1;
    repo.write(".release-please-manifest.json", r#"{"a": "1.1.0", "b": "0.3.1"}"#);
    repo.write("a/CHANGELOG.md", "# Changelog\n\n## 1.1.0\n\nBy hand.\n");
    repo.record("chore: release main");
    repo.tag("a-v1.1.0");
    repo.tag("b-v0.3.1");
    let mut rows = repo.replay();
    rows.sort_by_key(|row| row["tag"].as_str().unwrap().to_owned());
    let told: Vec<[&str; 3]> =
        rows.iter().map(|row| ["component", "tag", "predicted"].map(|key| row[key].as_str().unwrap_or("-"))).collect();
    assert_eq!(
        told,
        [["a", "a-v1.0.0", "-"], ["a", "a-v1.1.0", "1.1.0"], ["b", "b-v0.3.0", "-"], ["b", "b-v0.3.1", "0.3.1"]]
    );
}

#[test]
fn a_shallow_clone_says_so() {
    let mut repo = Repo::new();
    repo.write(".releaserc.json", r#"{"preset": "conventionalcommits"}"#);
    for (number, version) in ["v1.0.0", "v1.1.0", "v1.2.0"].into_iter().enumerate() {
        repo.commit("a", &format!("feat: {number}"));
        repo.tag(version);
    }
    let clone = Repo { path: directory(), day: 0 };
    let source = format!("file://{}", repo.path.display());
    clone.git(&["clone", "--quiet", "--depth=2", &source, "."]);
    clone.check(&["v1.2.0 1.2.0", "v1.1.0 -"]);
    let table = clone.table();
    assert!(table.contains("1 of 1 release predicted exactly; 1 release not measured."), "{table}");
    assert!(table.contains("This is a shallow clone"), "{table}");
}

#[test]
fn where_nothing_can_be_measured_it_says_why() {
    let empty = directory();
    let output = squashcast(&empty, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("this is no git checkout"));
    assert_eq!(squashcast(&empty, &["--last", "many"]).status.code(), Some(2));
    assert_eq!(squashcast(&empty, &["--tool", "none"]).status.code(), Some(2));
    fs::remove_dir_all(&empty).unwrap();

    let mut repo = Repo::new();
    assert!(repo.table().starts_with("Nothing is committed here yet"));
    repo.commit("a", "feat: start");
    assert!(repo.table().starts_with("No tag on this branch names a release"));
    repo.tag("v1.0.0");
    let table = repo.table();
    assert!(table.contains("no release tool is recognised"), "{table}");
    assert!(table.contains("1 release without a tool that is recognised"), "{table}");
}

#[test]
fn a_tag_that_is_no_version_is_no_release() {
    let mut repo = Repo::new();
    repo.write(".releaserc.json", r#"{"preset": "conventionalcommits"}"#);
    repo.commit("a", "feat: start");
    for name in ["v1.0.0", "1.2.3.4", "v01.2.3", "v99999999999999999999.0.0", "nightly-2024-01-01", "v2"] {
        repo.tag(name);
    }
    repo.check(&["v1.0.0 1.0.0"]);
    assert!(repo.table().contains("5 tags hold no version of three numbers"));
}
