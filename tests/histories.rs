//! Real releases as pull requests: a pull request made of the commit that decided a release, on the history before it,
//! shows the version that really came. `cargo test --test histories -- --nocapture` prints how many of how many.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test fails by panicking.

use flate2::read::GzDecoder;
use serde_json::{Map, Value};
use squashcast::bump::Bump;
use squashcast::forge::Fact;
use squashcast::history::{Commit, Tag};
use squashcast::message::{body, subject};
use squashcast::page::PageContext;
use squashcast::preview::{Answer, Input, RepositorySettings, preview};
use squashcast::pull_request::State;
use squashcast::reading::header;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What the specification says of a message, for choosing the releases: no tool's reading is asked.
fn by_the_specification(message: &str) -> Bump {
    let Some(header) = header::read(message) else { return Bump::None };
    if header.breaking.is_some() || header::breaking_footer(message).is_some() {
        return Bump::Major;
    }
    match header.kind.of(message) {
        "feat" => Bump::Minor,
        "fix" | "perf" => Bump::Patch,
        _ => Bump::None,
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn bump_of(record: &Value) -> Bump {
    let numbers = |key: &str| {
        text(record, key)
            .split(['.', '-'])
            .take(3)
            .map(|part| part.parse::<u64>().unwrap_or_default())
            .collect::<Vec<_>>()
    };
    let (from, to) = (numbers("prev_version"), numbers("version"));
    if to[0] != from[0] {
        Bump::Major
    } else if to[1] != from[1] {
        Bump::Minor
    } else {
        Bump::Patch
    }
}

/// The commits before the release's own.
fn commits(record: &Value) -> Vec<Commit> {
    let all = record["commits"].as_array().unwrap();
    let commit = |value: &Value| Commit {
        sha: text(value, "sha").to_owned(),
        message: text(value, "message").to_owned(),
        author: text(value, "author_name").to_owned(),
        date: text(value, "committer_date").to_owned(),
        parents: value["parents"].as_u64().unwrap_or(1).try_into().unwrap(),
        first_parent: value["first_parent"].as_bool(),
        ..Commit::default()
    };
    all.iter().filter(|value| value["release_commit"] != Value::Bool(true)).map(commit).collect()
}

/// The version that the preview of a pull request made of the last commit shows.
fn previewed(record: &Value, mut before: Vec<Commit>) -> Option<String> {
    let merged = before.pop()?;
    let line = subject(&merged.message);
    let (title, number) = line
        .rsplit_once(" (#")
        .map_or((line, 1), |(title, rest)| (title, rest.trim_end_matches(')').parse().unwrap_or(1)));
    let tag = Tag { name: text(record, "prev_tag").to_owned(), sha: String::new() };
    let squash = [("squash_merge_commit_title", "PR_TITLE"), ("squash_merge_commit_message", "PR_BODY")];
    let settings: Map<String, Value> =
        squash.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
    let mut files = record["config"].as_object().unwrap().clone();
    // The configuration was recorded at the release; before it, the manifest still named the version before.
    if let Some(manifest) = files.get_mut(".release-please-manifest.json") {
        *manifest = manifest.as_str().unwrap().replace(text(record, "version"), text(record, "prev_version")).into();
    }
    let names = |branch: &str| {
        files.values().any(|file| file.as_str().is_some_and(|file| file.contains(&format!("\"{branch}\""))))
    };
    let base = if names("master") && !names("main") { "master" } else { "main" };
    let branch_commit =
        |message: &str| Commit { sha: "1".repeat(40), message: message.to_owned(), parents: 1, ..Commit::default() };
    let mut facts = vec![
        Fact::PullRequest {
            title: title.to_owned(),
            description: body(&merged.message).to_owned(),
            base: base.into(),
            head: "topic".into(),
            state: State::Open,
            author: String::new(),
            base_sha: String::new(),
        },
        Fact::Commits { commits: vec![branch_commit("wip"), branch_commit("more")], complete: true },
        Fact::Settings(settings),
        Fact::Tree { paths: files.keys().cloned().collect() },
        Fact::History { since: Some(tag.name.clone()), commits: before, complete: true, from: 0, total: None },
        Fact::Tags { tags: vec![tag], complete: true },
    ];
    for (path, text) in &files {
        facts.push(Fact::File { path: path.clone(), text: text.as_str().map(str::to_owned) });
    }
    let page = PageContext {
        url: format!("https://github.com/{}/pull/{number}", text(record, "repo")),
        ..PageContext::default()
    };
    let mut answers = [Answer { key: String::new(), what: "record".into(), facts, at: 0 }];
    // The recorded configuration does not hold the workflows that name the tool of some repositories: the user's choice
    // stands in for them.
    let tool = text(record, "tool").trim_end_matches("-manifest").to_owned();
    let settings = RepositorySettings { tool: Some(tool), tag_pattern: None };
    let date = text(record, "date").get(..10).unwrap_or_default();
    let mut input = Input::answered(&page, &settings, &mut answers, date);
    let preview = preview(&mut input)?;
    preview.plan?.releases.first().map(|release| release.next.to_string())
}

fn records(path: &Path) -> Vec<Value> {
    let mut all = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut all).unwrap();
    all.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_release_is_previewed_as_it_came() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.exists() {
        println!("skipped: no ../shared");
        return;
    }
    let (mut hits, mut all) = (0, 0);
    for name in [
        "semantic-release__semantic-release",
        "amannn__action-semantic-pull-request",
        "octokit__webhooks.js",
        "terraform-aws-modules__terraform-aws-eks",
        "supabase__auth",
        "googleapis__release-please",
        "googleapis__python-storage",
    ] {
        let (mut right, mut tried) = (0, 0);
        for record in records(&corpus.join(format!("{name}.jsonl.gz"))) {
            let tool = text(&record, "tool");
            if record["prerelease"] == Value::Bool(true) || !["semantic-release", "release-please"].contains(&tool) {
                continue;
            }
            let commits = commits(&record);
            let Some((last, before)) = commits.split_last() else { continue };
            let decided = by_the_specification(&last.message);
            // It is the last commit that decided, and no other could have.
            if decided != bump_of(&record)
                || before.iter().any(|commit| by_the_specification(&commit.message) >= decided)
            {
                continue;
            }
            tried += 1;
            let shown = previewed(&record, commits);
            if shown.as_deref() == Some(text(&record, "version")) {
                right += 1;
            } else {
                println!("{} {}: previewed {shown:?}", text(&record, "repo"), text(&record, "tag"));
            }
        }
        println!("{name}: {right} of {tried}");
        (hits, all) = (hits + right, all + tried);
    }
    println!("releases previewed as they came: {hits} of {all}");
    assert!(all >= 30, "only {all} releases");
    assert!(hits * 100 >= all * 99, "{hits} of {all}");
}
