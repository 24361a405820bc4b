//! Nothing grows faster than what it reads: every reading, and every tool's plan, on bodies from 1 KB to 1 MB.

use crate::clock;
use crate::preview::CONFIGURATIONS;
use crate::readings::READINGS;
use serde_json::{Value, json};
use squashcast::files::Files;
use squashcast::history::{Commit, History, Tag};
use squashcast::pull_request::Repository;
use squashcast::tool::{Facts, TOOLS};
use std::hint::black_box;

/// The bodies' lengths, in bytes.
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// What takes longer is not made ten times longer, in seconds.
const PATIENCE: f64 = 1.0;

/// What bodies are made of: each tempts a reading to look at the rest once more.
const SHAPES: &[(&str, &str)] = &[
    ("prose", "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do.\n"),
    ("one line", "word "),
    ("letters", "a"),
    ("letters beyond ASCII", "é"),
    ("empty lines", "\n"),
    ("CR LF", "word\r\n\r\n"),
    ("carriage returns", "\r"),
    ("spaces", " "),
    ("footers", "Refs: 1\n"),
    ("footers apart", "\n\nRefs: 1\n"),
    ("empty footers", "a: \n"),
    ("breaking", "BREAKING CHANGE: x\n"),
    ("breaking apart", "\n\nBREAKING CHANGE: x\n"),
    ("breaking, unfinished", "BREAKING CHANGE "),
    ("bullets", "* feat: x\n"),
    ("bullets apart", "\n* fix(a): x\n\nbody\n"),
    ("commits", "\n\nfeat(a): x\n"),
    ("open parentheses", "word("),
    ("open parentheses, lines", "word(a\n"),
    ("closed parentheses", "a(b): "),
    ("hashes", "#1 "),
    ("issues", "closes #1, fixes a/b#2 "),
    ("issue words", "closes "),
    ("people", "@ann "),
    ("mails", "Co-authored-by: Ann <ann@example.org>\n"),
    ("reverts", "This reverts commit 0123456. "),
    ("comments", "<!-- "),
    ("fences", "```\n"),
    ("nested", "BEGIN_NESTED_COMMIT\nfeat: x\nEND_NESTED_COMMIT\n"),
    ("nested, open", "BEGIN_NESTED_COMMIT\n"),
    ("override", "BEGIN_COMMIT_OVERRIDE\n"),
    ("fields", "-a-\n"),
    ("quotes", "\"` "),
    ("brackets", "[[("),
    ("closing brackets", "a](b)"),
    ("colons", ":"),
    ("marks", "!:"),
    ("dots", "v1.2.3...v1.2.4 "),
    ("addresses", "https://example.org/a#1 "),
    ("dashes", "- "),
    ("rules", "---\n"),
    ("below signs", "<"),
];

fn message(piece: &str, size: usize) -> String {
    let mut message = String::with_capacity(size + piece.len() + 16);
    message.push_str("feat(api): x\n\n");
    while message.len() < size {
        message.push_str(piece);
    }
    message
}

/// The best of some runs, in nanoseconds a byte.
fn measure(message: &str, work: &dyn Fn(&str)) -> f64 {
    let bytes = f64::from(u32::try_from(message.len()).unwrap_or(u32::MAX));
    let runs = (200_000 / message.len()).clamp(3, 50);
    let times = (0..runs).map(|_| {
        let start = clock();
        work(message);
        clock() - start
    });
    times.fold(f64::INFINITY, f64::min) * 1e9 / bytes
}

/// The time a byte takes at each size, for the shape with which it grows most.
fn print(kind: &str, name: &str, work: &dyn Fn(&str)) {
    let mut worst: (f64, &str, Vec<f64>) = (0.0, "", Vec::new());
    for (shape, piece) in SHAPES {
        let mut times: Vec<f64> = Vec::new();
        for size in SIZES {
            let time = measure(&message(piece, size), work);
            times.push(time);
            if time * f64::from(u32::try_from(size).unwrap_or(u32::MAX)) / 1e9 > PATIENCE {
                break;
            }
        }
        // The first size also pays for what does not depend on the length.
        let (base, last) = (times.get(1).copied().unwrap_or(f64::NAN), times.last().copied().unwrap_or(f64::NAN));
        let growth = if times.len() < SIZES.len() { f64::MAX } else { last / base.max(1.0) };
        if growth > worst.0 {
            worst = (growth, shape, times);
        }
    }
    let (growth, shape, times) = worst;
    println!(
        "{}",
        json!({"group": "linear", "kind": kind, "name": name, "shape": shape, "times": times, "growth": growth})
    );
}

/// Measures every reading and every tool's plan, or those of that name.
pub fn run(only: Option<&str>) {
    for (name, accepts) in READINGS.iter().filter(|(name, _)| only.is_none_or(|only| *name == only)) {
        print("reading", name, &|message| {
            black_box(accepts(message));
        });
    }
    let configurations: Value = serde_json::from_str(CONFIGURATIONS).unwrap_or_default();
    let repository = Repository { origin: "https://github.com".into(), owner: "acme".into(), name: "widgets".into() };
    for tool in TOOLS.iter().filter(|tool| only.is_none_or(|id| tool.id() == id)) {
        let config = configurations.get(tool.id()).and_then(Value::as_object).cloned().unwrap_or_default();
        let files = Files::of(config.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_str()?))));
        print("plan", tool.id(), &|message| {
            let commit =
                Commit { message: message.to_owned(), parents: 1, first_parent: Some(true), ..Commit::default() };
            let tags = vec![Tag { name: "v1.2.3".to_owned(), sha: String::new() }];
            let history = History { commits: vec![commit], tags, since: Some("v1.2.3".to_owned()), complete: true };
            let facts = Facts {
                repository: &repository,
                branch: "main",
                files: &files,
                history: &history,
                date: "2024-05-06",
                tag_pattern: None,
                last: None,
            };
            black_box(tool.plan(&facts));
        });
    }
}
