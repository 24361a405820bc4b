//! Real squash commits of GitHub, composed again from their parts.
//!
//! A record is taken apart into the pull request it must have come from (title, number, commits, who else wrote some)
//! and composed anew; the share that comes out letter by letter is printed (`--nocapture`). Whose commits they were is
//! not recorded: co-authors no commit names are given a merge of the base branch each, where the order wants it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test's helpers fail by panicking.

use flate2::read::GzDecoder;
use serde_json::Value;
use squashcast::forge::{Place, by_id};
use squashcast::history::Commit;
use squashcast::pull_request::{PullRequest, Repository};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// A trailer's token in lower case, its name and its address.
fn person(line: &str) -> Option<(String, &str, &str)> {
    let (token, value) = line.split_once(": ")?;
    let (name, address) = value.trim().strip_suffix('>')?.split_once('<')?;
    let token = token.to_lowercase();
    matches!(token.as_str(), "co-authored-by" | "signed-off-by").then_some((token, name.trim(), address))
}

/// The message with an address for each name: those in the data were all replaced by the same one.
fn with_addresses(message: &str) -> String {
    let lines = message.lines().map(|line| match person(line) {
        Some((_, name, "x@example.org")) => {
            line.replace("x@example.org", &format!("{}@example.org", name.replace(' ', ".")))
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// Only there trailers count as such.
fn last_paragraph(message: &str) -> &str {
    message.trim_end().rsplit("\n\n").next().unwrap_or_default()
}

fn commit(name: &str, address: &str, message: &str, parents: u32) -> Commit {
    let (author, email) = (name.to_owned(), address.to_owned());
    Commit { message: message.into(), login: author.clone(), author, email, parents, ..Commit::default() }
}

/// The pull request a message without a list came from: of one commit, which names the co-authors itself or (`merged`)
/// whose co-authors wrote merges.
fn single(title: &str, number: u64, message: &str, merged: bool) -> PullRequest {
    let (_, body) = message.split_once("\n\n").unwrap_or((message, ""));
    let (mut lines, mut commits) = (body.lines().collect::<Vec<_>>(), Vec::new());
    while let Some((token, name, address)) = lines.last().copied().filter(|_| merged).and_then(person) {
        if token != "co-authored-by" {
            break;
        }
        lines.pop();
        commits.insert(0, commit(name, address, "Merge branch 'main'", 2));
    }
    commits.insert(0, commit("opener", "opener", &format!("{title}\n\n{}", lines.join("\n")), 1));
    PullRequest { number, title: title.into(), author: "opener".into(), commits, ..PullRequest::default() }
}

/// The pull request a message with a list came from; `None` where somebody wrote the message over.
fn parts(title: &str, number: u64, message: &str) -> Option<PullRequest> {
    let (_, body) = message.split_once("\n\n")?;
    let (list, block) = body.rsplit_once("\n\n---------\n\n").unwrap_or((body, ""));
    let items: Vec<&str> = list.strip_prefix("* ")?.split("\n\n* ").collect();
    if items.len() < 2 {
        return None;
    }
    let mut commits: Vec<Commit> = items.iter().map(|item| commit("opener", "opener", item, 1)).collect();
    let mut at = 0;
    for (token, name, address) in block.lines().filter_map(person) {
        let names = |commit: &Commit| {
            last_paragraph(&commit.message)
                .lines()
                .filter_map(person)
                .any(|found| found.0 == token && found.2.eq_ignore_ascii_case(address))
        };
        match commits.iter().position(names) {
            Some(index) if token == "co-authored-by" => at = index + 1,
            None if token == "co-authored-by" => {
                commits.insert(at, commit(name, address, "Merge branch 'main'", 2));
                at += 1;
            }
            _ => {}
        }
    }
    Some(PullRequest { number, title: title.into(), author: "opener".into(), commits, ..PullRequest::default() })
}

#[test]
fn real_squash_commits_are_composed_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/squash");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no ../shared");
        return;
    };
    let place = Place { repository: Repository::default(), number: None };
    let (mut bodies, mut same) = (0, 0);
    let (mut listed, mut older, mut derived, mut equal, mut subjects, mut all) = (0, 0, 0, 0, 0, 0);
    for path in
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "gz"))
    {
        for line in BufReader::new(GzDecoder::new(File::open(path).unwrap())).lines() {
            let record: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let (title, number) = (record["title"].as_str().unwrap(), record["pr"].as_u64().unwrap());
            let message = with_addresses(record["message"].as_str().unwrap());
            let bare = PullRequest { number, title: title.into(), ..PullRequest::default() };
            all += 1;
            subjects += usize::from(
                message.lines().next() == Some(by_id("github").unwrap().squash(&bare, &place, None).text.as_str()),
            );
            if record["kind"] == "body" {
                for merged in [false, true] {
                    bodies += 1;
                    let pull_request = single(title, number, &message, merged);
                    let composed = by_id("github").unwrap().squash(&pull_request, &place, None).text;
                    same += usize::from(composed == message);
                    if composed != message && std::env::var_os("VERBOSE").is_some() {
                        println!(
                            "{} {}\n--- real\n{message}\n--- composed\n{composed}\n",
                            record["committed"], record["repo"]
                        );
                    }
                }
            }
            if record["kind"] != "bullets" {
                continue;
            }
            listed += 1;
            // The line between the list and the trailers is there since the end of January 2023.
            if record["committed"].as_str().unwrap() < "2023-01-30" && message.contains("\nCo-authored-by: ") {
                older += 1;
                continue;
            }
            let Some(pull_request) = parts(title, number, &message) else { continue };
            derived += 1;
            let composed = by_id("github").unwrap().squash(&pull_request, &place, None).text;
            if composed == message {
                equal += 1;
            } else if std::env::var_os("VERBOSE").is_some() {
                println!("{} {}\n--- real\n{message}\n--- composed\n{composed}\n", record["committed"], record["repo"]);
            }
        }
    }
    println!("subjects: {subjects} of {all}");
    println!("bodies of one commit: {same} of {bodies} composed letter by letter");
    println!("lists: {equal} of {derived} composed letter by letter");
    println!("not counted: {older} of the older form, {} written over, of {listed}", listed - older - derived);
    assert_eq!(subjects, all);
    assert!(same * 100 >= bodies * 99, "{same} of {bodies}");
    assert!(equal * 100 >= derived * 99, "{equal} of {derived}");
}
