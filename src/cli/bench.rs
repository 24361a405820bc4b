//! `squashcast bench-readings FILE.jsonl[.gz]`: how many messages a second each reading reads.
//!
//! A reading is one line in [`READINGS`]. One pass to warm up, then five timed ones; the median counts.

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use squashcast::reading::conventional_commits_parser::{Options, Parser};
use squashcast::reading::{cocogitto, spec};
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Instant;

/// Whether a reading accepts a message.
type Accepts = fn(&str) -> bool;

/// Every reading, by the name of its file.
const READINGS: &[(&str, Accepts)] = &[
    ("spec", |message| black_box(spec::read(message)).is_ok()),
    ("cocogitto", |message| black_box(cocogitto::read(message)).is_ok()),
    ("conventional-commits-parser", |message| {
        static PARSER: LazyLock<Parser> = LazyLock::new(|| Parser::new(Options::angular()));
        black_box(PARSER.read(message)).is_ok_and(|commit| commit.is_some_and(|commit| commit.part("type").is_some()))
    }),
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
    for (name, accepts) in READINGS {
        let pass = || {
            let start = Instant::now();
            let accepted = messages.iter().filter(|message| accepts(message)).count();
            (start.elapsed(), accepted)
        };
        let (_, accepted) = pass();
        let mut times: Vec<_> = (0..PASSES).map(|_| pass().0.as_secs_f64()).collect();
        times.sort_by(f64::total_cmp);
        let median = times.get(PASSES / 2).copied().unwrap_or(f64::NAN);
        let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        println!("{name:24} {:>12.0} messages/s   {accepted} accepted", f64::from(count) / median);
    }
    ExitCode::SUCCESS
}

fn messages(path: &str) -> Result<Vec<String>, String> {
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
