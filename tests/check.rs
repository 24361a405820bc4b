//! The warnings, each on a pull request made by hand.
//!
//! A folder of `tests/cases/check` is a pull request: `case.json` holds it and its repository, `expected.txt` the findings,
//! one a line with its place, and its fix below. The folders that end in a reason (`…-is-fine`) protect what must not be
//! warned of. `UPDATE_EXPECT=1 cargo test --test check` rewrites the expectations.

#![allow(clippy::unwrap_used, clippy::panic)] // A test's helpers fail by panicking.

use serde::Deserialize;
use serde_json::Value;
use squashcast::forge::{self, Fact, by_id};
use squashcast::history::{Commit, Tag};
use squashcast::page::{Dialog, PageContext};
use squashcast::preview::{Answer, Input, RepositorySettings, preview};
use squashcast::pull_request::{OpenPullRequest, State};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// A pull request and its repository; what is not said is usual.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Case {
    forge: Option<String>,
    title: String,
    description: String,
    head: String,
    base: Option<String>,
    author: String,
    /// Whole messages, oldest first.
    commits: Vec<String>,
    /// The forge's settings of the squash message, by its own names.
    settings: BTreeMap<String, Value>,
    /// Subject and body in the open merge dialog; no subject where one box holds all.
    dialog: Option<(Option<String>, String)>,
    tool: Option<String>,
    files: BTreeMap<String, String>,
    version: Option<String>,
    /// Messages of the base branch since that version.
    history: Vec<String>,
    /// The repository's open pull requests: number, title, branch they go to.
    open: Vec<(u64, String, String)>,
}

fn commit(message: &str) -> Commit {
    Commit { sha: "0".repeat(40), message: message.to_owned(), parents: 1, ..Commit::default() }
}

fn findings(case: &Case) -> String {
    let forge = case.forge.as_deref().unwrap_or("github");
    let dialog = case.dialog.clone().map(|(title, body)| Dialog {
        title,
        body: Some(body),
        method: Some("squash".to_owned()),
        merge: None,
    });
    let page = PageContext { dialog, ..forge::example(by_id(forge).unwrap()) };
    let since = Tag { name: format!("v{}", case.version.as_deref().unwrap_or("1.2.3")), sha: String::new() };
    let mut facts = vec![
        Fact::PullRequest {
            title: case.title.clone(),
            description: case.description.clone(),
            base: case.base.clone().unwrap_or_else(|| "main".to_owned()),
            head: case.head.clone(),
            state: State::Open,
            author: case.author.clone(),
            base_sha: String::new(),
        },
        Fact::Commits { commits: case.commits.iter().map(|message| commit(message)).collect(), complete: true },
        Fact::Settings(case.settings.clone().into_iter().collect()),
        Fact::Tree { paths: case.files.keys().cloned().collect() },
        Fact::History {
            // Without a tool nobody knows which tag is a release's.
            since: case.tool.is_some().then(|| since.name.clone()),
            commits: case.history.iter().map(|message| commit(message)).collect(),
            complete: true,
            from: 0,
            total: None,
        },
        Fact::Tags { tags: vec![since], complete: true },
        Fact::Open(
            case.open
                .iter()
                .map(|(number, title, base)| OpenPullRequest {
                    number: *number,
                    title: title.clone(),
                    base: base.clone(),
                })
                .collect(),
        ),
    ];
    facts.extend(case.files.iter().map(|(path, text)| Fact::File { path: path.clone(), text: Some(text.clone()) }));
    let mut answers = [Answer { key: String::new(), what: "case".to_owned(), facts, at: 0 }];
    let settings = RepositorySettings { tool: case.tool.clone(), tag_pattern: None };
    let mut input = Input::answered(&page, &settings, &mut answers, "2026-01-02");
    let mut said = String::new();
    for finding in preview(&mut input).unwrap().findings {
        let severity = format!("{:?}", finding.severity).to_lowercase();
        writeln!(said, "{severity} {}: {} {:?}", finding.id, finding.text.id, finding.text.args).unwrap();
        if let Some(place) = &finding.place {
            let line = place.text.get(..place.span.start).unwrap_or_default().matches('\n').count() + 1;
            writeln!(said, "  {:?} line {line}: {:?}", place.field, place.span.of(&place.text)).unwrap();
        }
        for edit in &finding.fix {
            writeln!(said, "  fix {:?}: {:?}", edit.field, edit.value).unwrap();
        }
    }
    said
}

#[test]
fn every_warning_is_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/check");
    let mut folders: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut wrong = String::new();
    for folder in folders {
        let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
        let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let found = findings(&case);
        let path = folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if found != expected {
            writeln!(wrong, "{}: expected\n{expected}found\n{found}", folder.display()).unwrap();
        }
        if folder.to_string_lossy().ends_with("-is-fine") && found.contains("warning ") | found.contains("error ") {
            writeln!(wrong, "{}: not fine\n{found}", folder.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 rewrites these:\n{wrong}");
}
