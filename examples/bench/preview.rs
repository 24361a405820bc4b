//! A preview over a long unreleased history, for every tool.

use crate::clock;
use serde_json::{Map, Value, json};
use squashcast::forge::Fact;
use squashcast::history::{Commit, Tag};
use squashcast::page::PageContext;
use squashcast::preview::{Answer, Input, RepositorySettings, preview};
use squashcast::pull_request::State;
use squashcast::tool::TOOLS;
use squashcast::view::panel;
use std::hint::black_box;

/// A small configuration of each tool: `{tool: {path: text}}`.
pub const CONFIGURATIONS: &str = include_str!("../../tests/cases/configurations.json");
/// How many commits are unreleased.
const COMMITS: usize = 10_000;
/// How many timed runs there are; the median counts.
const RUNS: usize = 5;

/// Where no real messages are at hand.
const MADE: &[&str] = &[
    "feat(api): add a search box (#12)\n\nIt finds everything.\n\nRefs: #11",
    "fix: keep empty lists\n\nCloses #3",
    "chore(deps): bump x from 1.2.3 to 1.2.4",
    "docs: say how",
    "Merge branch 'main' into topic",
];

/// The history's commits, of these messages.
pub fn commits(messages: &[String], count: usize) -> Vec<Commit> {
    let made: Vec<String> = MADE.iter().map(|message| (*message).to_owned()).collect();
    let messages = if messages.is_empty() { &made } else { messages };
    let commit = |(number, message): (usize, &String)| Commit {
        sha: format!("{number:08x}{number:032x}"),
        message: message.clone(),
        author: format!("Ann {}", number % 50),
        email: format!("ann{}@example.org", number % 50),
        date: "2024-05-06T07:08:09Z".to_owned(),
        parents: 1,
        first_parent: Some(true),
        files: Some(vec!["packages/a/src/lib.rs".to_owned(), "README.md".to_owned()]),
        ..Commit::default()
    };
    messages.iter().cycle().take(count).enumerate().map(commit).collect()
}

/// Everything that was answered about a repository with this history.
fn facts(files: &Map<String, Value>, commits: Vec<Commit>) -> Vec<Fact> {
    let tag = Tag { name: "v1.2.3".to_owned(), sha: "f".repeat(40) };
    let squash = [("squash_merge_commit_title", "PR_TITLE"), ("squash_merge_commit_message", "PR_BODY")];
    let mut facts = vec![
        Fact::PullRequest {
            title: "feat(api): a search box".to_owned(),
            description: "It finds everything.".to_owned(),
            base: "main".to_owned(),
            head: "topic".to_owned(),
            state: State::Open,
            author: "ann".to_owned(),
            base_sha: String::new(),
        },
        Fact::Commits { commits: commits.iter().take(3).cloned().collect(), complete: true },
        Fact::Settings(squash.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect()),
        Fact::Tree { paths: files.keys().cloned().collect() },
        Fact::History { since: Some(tag.name.clone()), commits, complete: true, from: 0, total: None },
        Fact::Tags { tags: vec![tag], complete: true },
    ];
    let file =
        |(path, text): (&String, &Value)| Fact::File { path: path.clone(), text: text.as_str().map(str::to_owned) };
    facts.extend(files.iter().map(file));
    facts
}

/// Prints the median of each tool, or of the one of that id, in milliseconds.
pub fn run(messages: &[String], only: Option<&str>) {
    let configurations: Value = serde_json::from_str(CONFIGURATIONS).unwrap_or_default();
    let commits = commits(messages, COMMITS);
    for tool in TOOLS.iter().filter(|tool| only.is_none_or(|id| tool.id() == id)) {
        let files = configurations.get(tool.id()).and_then(Value::as_object).cloned().unwrap_or_default();
        let facts = facts(&files, commits.clone());
        let mut answers = [Answer { key: String::new(), what: "case".to_owned(), facts, at: 0 }];
        let page = PageContext { url: "https://github.com/acme/widgets/pull/1".to_owned(), ..PageContext::default() };
        let settings = RepositorySettings { tool: Some(tool.id().to_owned()), tag_pattern: None };
        let mut input = Input::answered(&page, &settings, &mut answers, "2024-05-06");
        let mut version = None;
        let mut times: Vec<f64> = (0..=RUNS)
            .map(|_| {
                let start = clock();
                let preview = preview(&mut input);
                black_box(preview.as_ref().map(panel));
                let time = (clock() - start) * 1000.0;
                let release =
                    preview.and_then(|preview| preview.plan).and_then(|plan| plan.releases.into_iter().next());
                version = release.map(|release| release.next.to_string());
                time
            })
            .skip(1)
            .collect();
        times.sort_by(f64::total_cmp);
        let time = times.get(RUNS / 2);
        println!(
            "{}",
            json!({"group": "preview", "name": tool.id(), "time": time, "commits": COMMITS, "version": version})
        );
    }
}
