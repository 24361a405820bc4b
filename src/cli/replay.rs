//! `squashcast replay FILE.jsonl[.gz]…`: what the recorded tool would have released, from the history before each release.
//!
//! A record's version, tag and changelog entry are never read for the prediction: it comes from the configuration, the
//! version before, and the commits. The tag's spelling is compared with nothing; the date stands in the entry's heading.

use flate2::read::MultiGzDecoder;
use semver::Version;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use squashcast::files::Files;
use squashcast::history::{Commit, History, Tag};
use squashcast::pull_request::Repository;
use squashcast::tool::release_please::config;
use squashcast::tool::{self, Facts, Last, Plan, day};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::ExitCode;

/// A release that came, in the shape of the corpus.
#[derive(Deserialize)]
struct Record {
    repo: String,
    #[serde(default, deserialize_with = "or_empty")]
    tool: String,
    #[serde(default, deserialize_with = "or_empty")]
    tool_evidence: String,
    #[serde(default, deserialize_with = "or_empty")]
    component: String,
    #[serde(default, deserialize_with = "or_empty")]
    path: String,
    #[serde(default, deserialize_with = "or_empty")]
    prev_tag: String,
    #[serde(default, deserialize_with = "or_empty")]
    tag: String,
    #[serde(default, deserialize_with = "or_empty")]
    prev_version: String,
    #[serde(default, deserialize_with = "or_empty")]
    date: String,
    #[serde(default, deserialize_with = "or_empty")]
    config: BTreeMap<String, String>,
    commits: Vec<RecordedCommit>,
}

#[derive(Deserialize)]
struct RecordedCommit {
    #[serde(default)]
    sha: String,
    #[serde(default = "one")]
    parents: u32,
    #[serde(default = "yes")]
    first_parent: bool,
    #[serde(default, deserialize_with = "or_empty")]
    author_name: String,
    #[serde(default, deserialize_with = "or_empty")]
    committer_date: String,
    message: String,
    #[serde(default)]
    release_commit: bool,
    files: Option<Vec<String>>,
}

/// What is `null` says as little as what is missing.
fn or_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// The tool ids behind the names that records use: a tool's own name, and in brackets how it was used.
fn tool_id(recorded: &str) -> String {
    let (name, how) = recorded.split_once(" (").unwrap_or((recorded, ""));
    match name.to_ascii_lowercase().as_str() {
        "release-please-manifest" | "release-please-action" => "release-please".into(),
        "standard-version" => "commit-and-tag-version".into(),
        "nx release" | "nx-release" => "nx".into(),
        "changeset" => "changesets".into(),
        "conventional-changelog" if how.starts_with("@vitejs/") => "vitejs-release-scripts".into(),
        other => other.into(),
    }
}

/// Replays every record of every file, one line each to stdout; without a file, the checkout it stands in.
pub fn run(files: &[String]) -> ExitCode {
    if files.is_empty() || files.iter().any(|argument| argument.starts_with("--")) {
        return crate::checkout::run(files);
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for file in files {
        if let Err(error) = replay_file(file, &mut out) {
            eprintln!("squashcast replay: {file}: {error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn replay_file(path: &str, out: &mut impl Write) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let reader: Box<dyn Read> = if std::path::Path::new(path).extension().is_some_and(|extension| extension == "gz") {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    for (number, line) in BufReader::new(reader).lines().enumerate() {
        let line = line.map_err(|error| error.to_string())?;
        if line.trim().is_empty() {
            continue;
        }
        let record: Record = serde_json::from_str(&line).map_err(|error| format!("line {}: {error}", number + 1))?;
        writeln!(out, "{}", replay(&record)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn replay(record: &Record) -> Value {
    let mut files = Files::of(record.config.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let detected = tool::recognise(&files).map(|(tool, _)| tool);
    let by_record = || tool::by_id(&tool_id(&record.tool));
    let decides = if evidence_is_recorded(record) { detected.or_else(by_record) } else { by_record().or(detected) };
    let Some(tool) = decides else {
        return line(record, None, None, None, &format!("no such tool here: {}", record.tool));
    };
    if tool.id() == "release-please" && is_by_app(record) && config::evidence(&files).is_none() {
        // Google's app does nothing without its file; what stood in it was not recorded.
        files.insert(config::APP, squashcast::files::File::Present(String::new()));
    }
    let plan = plan(record, &files, tool);
    let release = plan.releases.iter().find(|release| record.component.is_empty() || release.path == record.path);
    let why = release.map_or_else(
        || plan.nothing.as_ref().map_or_else(String::new, |nothing| format!("{} {:?}", nothing.id, nothing.args)),
        |release| {
            let reason = release.reasons.first();
            let commit = reason.and_then(|reason| reason.commit).and_then(|at| record.commits.get(at));
            let subject = commit.map(|commit| commit.message.lines().next().unwrap_or_default());
            format!("{} {}", release.bump.name(), subject.unwrap_or_default())
        },
    );
    let predicted = release.map(|release| release.next.to_string());
    let entry = release.and_then(|release| release.entry.as_ref()).map(|entry| entry.markdown.as_str());
    line(record, detected.map(tool::Tool::id), predicted.as_deref(), entry, &why)
}

/// Whether the file that told which tool released stands in the recorded configuration. Where it does not (a workflow
/// was not recorded), the configuration may still show a tool that the repository has left behind; on its page that
/// file would be read, and the prediction is made by the tool it names.
fn evidence_is_recorded(record: &Record) -> bool {
    let named = |word: &str| record.config.contains_key(word.trim_end_matches(','));
    record.tool_evidence.is_empty() || record.tool_evidence.split(' ').any(named)
}

/// Whether Google's app opened the release pull request: GitHub then names it as the release commit's co-author.
fn is_by_app(record: &Record) -> bool {
    let release = record.commits.iter().rev().find(|commit| commit.release_commit);
    release.is_some_and(|commit| commit.message.contains("Co-authored-by: release-please[bot]"))
}

fn line(record: &Record, detected: Option<&str>, predicted: Option<&str>, entry: Option<&str>, why: &str) -> Value {
    json!({
        "repo": record.repo, "component": record.component, "tag": record.tag, "detected": detected,
        "predicted": predicted, "entry": entry, "why": why,
    })
}

/// Where the history ends that a release of release-plz tells: `release-plz release` publishes what the merged pull request
/// wrote, and where that failed at first, the tag stands on a later commit, which is no release commit.
fn prepared(record: &Record) -> Option<usize> {
    if record.commits.iter().any(|commit| commit.release_commit) {
        return None;
    }
    record.commits.iter().rposition(|commit| prepares(record, commit))
}

/// Whether a commit is the merged pull request of release-plz that moved the record's package.
fn prepares(record: &Record, commit: &RecordedCommit) -> bool {
    let manifest = if record.path == "." { "Cargo.toml".to_owned() } else { format!("{}/Cargo.toml", record.path) };
    record.tool == "release-plz"
        && commit.author_name.ends_with("[bot]")
        && released(&commit.message).is_some()
        && commit.files.iter().flatten().any(|file| *file == manifest)
}

/// What `chore: release …` or `chore(main): release …` says is released.
fn released(message: &str) -> Option<&str> {
    let rest = message.lines().next()?.strip_prefix("chore")?;
    let rest = if rest.starts_with('(') { rest.split_once(')')?.1 } else { rest };
    let rest = rest.strip_prefix(": release")?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim_start())
}

/// A release between the one before and this one, whose tag is gone: the place of its commit, and its version where the
/// commit names it. The tools go on from there, for the version stands in their manifests.
fn between(record: &Record) -> Option<(usize, Option<Version>)> {
    let (_, earlier) = record.commits.split_last()?;
    if record.tool == "release-plz" && record.commits.last().is_some_and(|commit| commit.release_commit) {
        return earlier.iter().rposition(|commit| prepares(record, commit)).map(|at| (at, None));
    }
    let before = Version::parse(&record.prev_version).ok()?;
    earlier.iter().enumerate().rev().find_map(|(at, commit)| {
        let words = released(&commit.message).filter(|_| record.tool.starts_with("release-please"))?;
        let named = words.strip_prefix(record.component.as_str())?.trim_start();
        let version = Version::parse(named.split(' ').next()?.trim_start_matches('v')).ok()?;
        (version > before).then_some((at, Some(version)))
    })
}

/// The branch of a release: what Git itself wrote when another one was merged into it (`Merge branch 'main' into beta`),
/// on the line of first parents, the newest such commit. Git leaves the name out for `master` and whatever
/// `merge.suppressDest` names.
fn branch(commits: &[RecordedCommit]) -> &str {
    let mut own = commits.iter().rev().filter(|commit| commit.first_parent);
    let named = own.find_map(|commit| {
        let subject = commit.message.lines().next()?;
        let merged =
            subject.strip_prefix("Merge branch '").or(subject.strip_prefix("Merge remote-tracking branch '"))?;
        let (_, name) = merged.rsplit_once(" into ")?;
        let name = name.trim_matches('\'');
        (!name.is_empty() && !name.contains(' ')).then_some(name)
    });
    named.unwrap_or("main")
}

/// The tool's plan on the history before the release: its own release commit is not there yet.
fn plan(record: &Record, files: &Files, tool: &dyn tool::Tool) -> Plan {
    let end = prepared(record).unwrap_or(record.commits.len());
    let whole = |range: std::ops::Range<usize>| {
        plan_of(record, files, tool, (range, Version::parse(&record.prev_version).ok(), record.prev_tag.clone()))
    };
    let Some((at, named)) = between(record) else { return whole(0..end) };
    match named.or_else(|| whole(0..at).releases.first().map(|release| release.next.clone())) {
        Some(version) => {
            let tag = record.prev_tag.replace(&record.prev_version, &version.to_string());
            plan_of(record, files, tool, (at + 1..end, Some(version), tag))
        }
        None => whole(0..end),
    }
}

/// The plan on some of the record's commits, after a release of that version and tag.
fn plan_of(
    record: &Record,
    files: &Files,
    tool: &dyn tool::Tool,
    (range, version, tag): (std::ops::Range<usize>, Option<Version>, String),
) -> Plan {
    let commits: Vec<Commit> = record
        .commits
        .iter()
        .enumerate()
        .filter(|(at, _)| range.contains(at))
        .filter(|(at, commit)| !commit.release_commit || at + 1 < record.commits.len())
        .map(|(_, commit)| commit)
        .map(|commit| Commit {
            sha: commit.sha.clone(),
            message: commit.message.clone(),
            author: commit.author_name.clone(),
            date: commit.committer_date.clone(),
            parents: commit.parents,
            first_parent: Some(commit.first_parent),
            files: commit.files.clone(),
            ..Commit::default()
        })
        .collect();
    let previous = Tag { name: tag.clone(), sha: String::new() };
    let history = History { commits, tags: vec![previous], since: Some(tag.clone()), complete: true };
    let (owner, name) = record.repo.split_once('/').unwrap_or_default();
    let repository = Repository { origin: "https://github.com".into(), owner: owner.into(), name: name.into() };
    let last = Last { component: record.component.clone(), path: record.path.clone(), version, tag };
    // Tools run on machines set to UTC; the record's date is that of the release commit, with its zone.
    let date = day::utc(&record.date).unwrap_or_default();
    let on = |branch: &str| {
        let (repository, history) = (&repository, &history);
        tool.plan(&Facts { repository, branch, files, history, date: &date, tag_pattern: None, last: Some(&last) })
    };
    // What is recorded was released: a branch that releases nothing was merged on, but is not the release's.
    let named = branch(&record.commits);
    let plan = on(named);
    if plan.releases.is_empty() && named != "main" { on("main") } else { plan }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(commits: Vec<RecordedCommit>) -> Record {
        Record {
            repo: "acme/widgets".into(),
            tool: "release-plz".into(),
            tool_evidence: String::new(),
            component: "a".into(),
            path: "crates/a".into(),
            prev_tag: "a-v1.2.3".into(),
            tag: "a-v1.2.4".into(),
            prev_version: "1.2.3".into(),
            date: "2026-01-02T00:00:00Z".into(),
            config: BTreeMap::new(),
            commits,
        }
    }

    #[test]
    fn a_tool_is_known_by_its_name_however_it_was_used() {
        let check = |recorded: &str, expected: &str| {
            assert_eq!(tool_id(recorded), expected);
            assert!(tool::by_id(expected).is_some(), "{expected}");
        };
        check("lerna (fixed)", "lerna");
        check("lerna (independent)", "lerna");
        check("release-please-manifest", "release-please");
        check("release-please (action)", "release-please");
        check("standard-version", "commit-and-tag-version");
        check("conventional-changelog (@vitejs/release-scripts)", "vitejs-release-scripts");
        check("craft (auto versioning)", "craft");
        check("nx release", "nx");
        check("GitVersion", "gitversion");
        check("python-semantic-release (v7)", "python-semantic-release");
    }

    #[test]
    fn what_a_record_leaves_out_is_empty() {
        let text = r#"{"repo": "acme/widgets", "tool": "semantic-release", "component": null, "path": null,
            "prev_tag": "v1.2.3", "prev_version": "1.2.3", "commits": [{"message": "feat: a"}]}"#;
        let record: Record = serde_json::from_str(text).unwrap();
        assert_eq!(replay(&record)["predicted"], "1.3.0");
    }

    #[test]
    fn a_release_that_failed_at_first_tells_what_was_prepared() {
        let commit = |author: &str, message: &str, release_commit: bool| RecordedCommit {
            sha: String::new(),
            parents: 1,
            first_parent: true,
            author_name: author.into(),
            committer_date: String::new(),
            message: message.into(),
            release_commit,
            files: Some(vec!["crates/a/Cargo.toml".into()]),
        };
        let check = |message: &str, author: &str, mark: bool, expected: Option<usize>| {
            let commits =
                vec![commit("ada", "fix: a", false), commit(author, message, false), commit("ada", "fix: b", mark)];
            assert_eq!(prepared(&recorded(commits)), expected, "{message:?} {author}");
        };
        check("chore: release (#7)", "release-plz[bot]", false, Some(1));
        check("chore(a): release v1.2.4", "release-plz[bot]", false, Some(1));
        check("chore: release (#7)", "release-plz[bot]", true, None);
        check("chore: release (#7)", "ada", false, None);
        check("chore: released early", "ada", false, None);
    }

    #[test]
    fn a_release_whose_tag_is_gone_is_gone_on_from() {
        let commit = |message: &str| RecordedCommit {
            sha: String::new(),
            parents: 1,
            first_parent: true,
            author_name: "release-bot[bot]".into(),
            committer_date: String::new(),
            message: message.into(),
            release_commit: message.ends_with("1.2.5 (#9)"),
            files: Some(vec!["crates/a/Cargo.toml".into()]),
        };
        let check = |tool: &str, message: &str, expected: Option<(usize, Option<&str>)>| {
            let commits =
                vec![commit("fix: a"), commit(message), commit("fix: b"), commit("chore: release a 1.2.5 (#9)")];
            let record = Record { tool: tool.into(), ..recorded(commits) };
            let found = between(&record).map(|(at, version)| (at, version.map(|version| version.to_string())));
            assert_eq!(found, expected.map(|(at, version)| (at, version.map(str::to_owned))), "{tool} {message}");
        };
        check("release-please-manifest", "chore(main): release a 1.2.4 (#7)", Some((1, Some("1.2.4"))));
        check("release-please-manifest", "chore(main): release b 1.2.4 (#7)", None);
        check("release-please-manifest", "chore(main): release a 1.2.3 (#7)", None);
        check("release-please-manifest", "chore: release main", None);
        check("release-plz", "chore: release (#7)", Some((1, None)));
        check("release-plz", "chore: tidy", None);
        check("semantic-release", "chore: release a 1.2.4", None);
    }

    #[test]
    fn git_tells_the_branch_of_a_merge() {
        let check = |subjects: &[(&str, bool)], expected: &str| {
            let commit = |(message, first_parent): &(&str, bool)| RecordedCommit {
                sha: String::new(),
                parents: 2,
                first_parent: *first_parent,
                author_name: String::new(),
                committer_date: String::new(),
                message: (*message).to_owned(),
                release_commit: false,
                files: None,
            };
            let commits: Vec<RecordedCommit> = subjects.iter().map(commit).collect();
            assert_eq!(branch(&commits), expected, "{subjects:?}");
        };
        check(&[("Merge branch 'main' into beta", true), ("feat: a", true)], "beta");
        check(&[("Merge branch 'master' of github.com:acme/widgets into alpha\n\n# Conflicts:", true)], "alpha");
        check(&[("Merge branch 'a' into beta", true), ("Merge remote-tracking branch 'b' into next", true)], "next");
        // On another line than the branch's own, or without a name, it says nothing.
        check(&[("Merge branch 'main' into beta", false)], "main");
        check(&[("Merge branch 'beta'", true), ("fix: put it into order", true)], "main");
    }
}
