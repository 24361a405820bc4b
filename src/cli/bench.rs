//! `squashcast bench-readings FILE.jsonl[.gz]`: how many messages a second each reading reads.
//!
//! A reading is one line in [`READINGS`]. One pass to warm up, then five timed ones; the median counts. `npm run bench`
//! includes this file (`examples/bench`) and holds the figures against those of the tools themselves.

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use squashcast::reading::conventional_commits_parser::{Options, Parser};
use squashcast::reading::{
    changelogen, cocogitto, commitlint, header, python_semantic_release as python, release_please, spec,
};
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Instant;

/// Whether a reading accepts a message.
pub type Accepts = fn(&str) -> bool;

static DEFAULT: LazyLock<Parser> = LazyLock::new(|| Parser::new(Options::default()));
static ANGULAR: LazyLock<Parser> = LazyLock::new(|| Parser::new(Options::angular()));
static CONVENTIONAL: LazyLock<Parser> = LazyLock::new(|| Parser::new(Options::conventional_commits()));
static PYTHON: LazyLock<python::Options> = LazyLock::new(|| python::Options::new(python::Parser::Conventional));
static PYTHON_ANGULAR: LazyLock<python::Options> = LazyLock::new(|| python::Options::new(python::Parser::Angular));

fn typed(parser: &Parser, message: &str) -> bool {
    black_box(parser.read(message)).is_ok_and(|commit| commit.is_some_and(|commit| commit.part("type").is_some()))
}

/// Every reading, by the name of its file and what it is set to.
pub const READINGS: &[(&str, Accepts)] = &[
    ("spec", |message| black_box(spec::read(message)).is_ok()),
    ("cocogitto", |message| black_box(cocogitto::read(message)).is_ok()),
    ("conventional-commits-parser", |message| typed(&DEFAULT, message)),
    ("conventional-commits-parser, angular", |message| typed(&ANGULAR, message)),
    ("conventional-commits-parser, conventionalcommits", |message| typed(&CONVENTIONAL, message)),
    ("python-semantic-release", |message| {
        black_box(python::read_commit(message, &PYTHON)).iter().any(|(_, reading)| reading.is_some())
    }),
    ("python-semantic-release, angular", |message| {
        black_box(python::read_commit(message, &PYTHON_ANGULAR)).iter().any(|(_, reading)| reading.is_some())
    }),
    ("release-please", |message| !black_box(release_please::read(message)).commits.is_empty()),
    ("changelogen", |message| black_box(changelogen::read(message)).is_some()),
    ("commitlint", |message| black_box(commitlint::read(message)).is_some()),
    ("header", |message| black_box(header::read(message)).is_some()),
];

/// How many timed passes there are.
const PASSES: usize = 5;

/// Measures and prints a line each reading.
pub fn run(files: &[String]) -> ExitCode {
    let messages = match files.iter().map(|file| messages(file)).collect::<Result<Vec<_>, _>>() {
        Ok(messages) => messages.concat(),
        Err(error) => {
            eprintln!("squashcast bench-readings: {error}");
            return ExitCode::from(2);
        }
    };
    let bytes: usize = messages.iter().map(String::len).sum();
    println!("{} messages, {bytes} bytes", messages.len());
    let start = Instant::now();
    let clock = || start.elapsed().as_secs_f64();
    for (name, accepts) in READINGS {
        let accepted = messages.iter().filter(|message| accepts(message)).count();
        println!("{name:50} {:>12.0} messages/s   {accepted} accepted", speed(&messages, accepts, clock));
    }
    ExitCode::SUCCESS
}

/// The median of the passes, in messages a second; `clock` tells seconds.
pub fn speed(messages: &[String], accepts: impl Fn(&str) -> bool, clock: impl Fn() -> f64) -> f64 {
    let pass = || {
        let start = clock();
        black_box(messages.iter().filter(|message| accepts(message)).count());
        clock() - start
    };
    pass();
    let mut times: Vec<f64> = (0..PASSES).map(|_| pass()).collect();
    times.sort_by(f64::total_cmp);
    let median = times.get(PASSES / 2).copied().unwrap_or(f64::NAN);
    f64::from(u32::try_from(messages.len()).unwrap_or(u32::MAX)) / median
}

/// The messages of a file of JSON lines.
///
/// # Errors
/// Where it cannot be read, or a line is none of JSON.
pub fn messages(path: &str) -> Result<Vec<String>, String> {
    let file = File::open(path).map_err(|error| format!("{path}: {error}"))?;
    let packed = std::path::Path::new(path).extension().is_some_and(|extension| extension == "gz");
    let reader: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut messages = Vec::new();
    for (number, line) in BufReader::new(reader).lines().enumerate() {
        let line = line.map_err(|error| format!("{path}: {error}"))?;
        let value: Value =
            serde_json::from_str(&line).map_err(|error| format!("{path}: line {}: {error}", number + 1))?;
        let part = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        messages.push(match value.get("message").and_then(Value::as_str) {
            Some(message) => message.to_owned(),
            None if part("body").is_empty() => part("subject").to_owned(),
            None => format!("{}\n\n{}", part("subject"), part("body")),
        });
    }
    Ok(messages)
}
