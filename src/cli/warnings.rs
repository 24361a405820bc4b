//! `squashcast warnings FILE.jsonl[.gz]`: how many of these squash commits get each warning under the default settings,
//! with ten examples each, drawn at random with a fixed seed.
//!
//! A repository's tool and rules are those of its releases, recorded beside the file (`owner__name.jsonl.gz`); one without
//! such a record has no known tool. `--tool ID` takes a tool for all of them. What a commit's pull request looked like is
//! taken from the commit: its title is the subject without its number, its description the body; the branch's commits are
//! not known.

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use squashcast::check::{Case, Severity, findings};
use squashcast::files::Files;
use squashcast::forge::by_id;
use squashcast::history::{Commit, History};
use squashcast::pull_request::{PullRequest, Repository};
use squashcast::squash::SquashMessage;
use squashcast::tool::{self, Facts, Tool};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

/// How many examples of each warning are printed.
const EXAMPLES: usize = 10;
/// How many commits of a repository stand around each as its history.
const HISTORY: usize = 20;

/// Reads every line of a file of JSON, packed or not.
fn lines(path: &Path) -> Result<Vec<Value>, String> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    let reader: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let parse = |line: Result<String, std::io::Error>| {
        let line = line.map_err(|error| error.to_string())?;
        serde_json::from_str(&line).map_err(|error| error.to_string())
    };
    BufReader::new(reader).lines().map(parse).collect()
}

/// The files of a repository as its last recorded release found them.
fn files_of(beside: &Path, repository: &str) -> Files {
    let record = beside.with_file_name(format!("{}.jsonl.gz", repository.replace('/', "__")));
    let last = lines(&record).ok().and_then(|mut records| records.pop()).unwrap_or_default();
    let config = last.get("config").and_then(Value::as_object).into_iter().flatten();
    Files::of(config.filter_map(|(path, text)| Some((path.as_str(), text.as_str()?))))
}

/// What was found of one kind.
#[derive(Default)]
struct Tally {
    count: usize,
    repositories: BTreeMap<String, usize>,
    examples: Vec<String>,
}

/// Prints the table and the examples.
pub fn run(arguments: &[String]) -> ExitCode {
    let (file, chosen) = match arguments {
        [file] => (file, None),
        [option, id, file] if option == "--tool" => (file, tool::by_id(id)),
        _ => {
            eprintln!("usage: squashcast warnings [--tool ID] FILE.jsonl[.gz]");
            return ExitCode::from(2);
        }
    };
    match measure(Path::new(file), chosen) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("squashcast warnings: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure(path: &Path, chosen: Option<&'static dyn Tool>) -> Result<String, String> {
    let mut repositories: BTreeMap<String, Vec<Commit>> = BTreeMap::new();
    for line in lines(path)? {
        let part = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
        let message = SquashMessage::compose(part("subject"), part("body"));
        let commit = Commit { message, sha: part("sha").to_owned(), ..Commit::default() };
        repositories.entry(part("repo").to_owned()).or_default().push(commit);
    }
    let mut tallies: BTreeMap<(std::cmp::Reverse<Severity>, &'static str), Tally> = BTreeMap::new();
    let (mut all, mut warned, mut seed) = (0_usize, 0_usize, 42_u64);
    for (name, commits) in &repositories {
        let files = files_of(path, name);
        let tool = chosen.or_else(|| tool::recognise(&files).map(|(tool, _)| tool));
        for (at, commit) in commits.iter().enumerate() {
            let around = commits.get(at + 1..).unwrap_or_default().iter().take(HISTORY).rev().chain([commit]).cloned();
            let found = found_in(name, &files, tool, around.collect());
            all += 1;
            warned += usize::from(found.iter().any(|(_, severity, _)| *severity > Severity::Info));
            for (id, severity, said) in found {
                let tally = tallies.entry((std::cmp::Reverse(severity), id)).or_default();
                tally.count += 1;
                *tally.repositories.entry(name.clone()).or_default() += 1;
                // Every finding has the same chance to be among the examples.
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let tool = tool.map_or("no tool", Tool::id);
                let example = || format!("{name} ({tool}) {said}");
                let place = usize::try_from(seed >> 33).unwrap_or_default() % tally.count;
                if tally.examples.len() < EXAMPLES {
                    tally.examples.push(example());
                } else if let Some(slot) = tally.examples.get_mut(place) {
                    *slot = example();
                }
            }
        }
    }
    let mut text = format!("{all} squash commits, {warned} of them with a warning or an error\n");
    for ((severity, id), tally) in &tallies {
        let severity = format!("{:?}", severity.0).to_lowercase();
        let mut most: Vec<_> = tally.repositories.iter().collect();
        most.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let most: Vec<String> = most.iter().take(4).map(|(name, count)| format!("{name} {count}")).collect();
        let _ = writeln!(text, "\n{severity} {id}: {} ({})", tally.count, most.join(", "));
        for example in &tally.examples {
            let _ = writeln!(text, "    {example}");
        }
    }
    Ok(text)
}

/// The id, severity and words of each finding of the last commit.
fn found_in(
    name: &str,
    files: &Files,
    tool: Option<&'static dyn Tool>,
    commits: Vec<Commit>,
) -> Vec<(&'static str, Severity, String)> {
    let (Some(forge), Some(own)) = (by_id("github"), commits.last().cloned()) else { return Vec::new() };
    let subject = squashcast::message::subject(&own.message).to_owned();
    let number = subject
        .rsplit_once("(#")
        .and_then(|(title, rest)| Some((title.trim_end().to_owned(), rest.strip_suffix(')')?.parse::<u64>().ok()?)));
    let (title, number) = number.unwrap_or((subject.clone(), 0));
    let body = squashcast::message::body(&own.message).to_owned();
    let pull_request =
        PullRequest { number, title, description: body, base: "main".to_owned(), ..PullRequest::default() };
    let squash = SquashMessage { text: own.message, ..SquashMessage::default() };
    let (owner, name) = name.split_once('/').unwrap_or(("", name));
    let repository =
        Repository { origin: "https://github.com".to_owned(), owner: owner.to_owned(), name: name.to_owned() };
    let history = History { commits, tags: Vec::new(), since: None, complete: true };
    let facts = Facts {
        repository: &repository,
        branch: "main",
        files,
        history: &history,
        date: "2026-01-01",
        tag_pattern: None,
        last: None,
    };
    let own_from = history.commits.len().saturating_sub(1);
    let case = Case {
        pull_request: &pull_request,
        squash: &squash,
        forge,
        tool,
        facts: &facts,
        plan: None,
        open: &[],
        one_box: false,
        own_from,
    };
    let said = |finding: squashcast::check::Finding| {
        let at = finding.place.map(|place| {
            let line = place.text.get(..place.span.start).map_or(0, |before| before.matches('\n').count());
            format!(" | {:?} line {}: {:?}", place.field, line + 1, place.span.of(&place.text))
        });
        let fix = finding.fix.first().map(|edit| format!(" → {:?}", edit.value.chars().take(90).collect::<String>()));
        let args = finding.text.args.join(", ").replace('\n', " ");
        let subject: String = subject.chars().take(100).collect();
        (
            finding.id,
            finding.severity,
            format!("{subject} | {} [{args}]{}{}", finding.text.id, at.unwrap_or_default(), fix.unwrap_or_default()),
        )
    };
    findings(&case).into_iter().map(said).collect()
}
