//! `squashcast verdict`: what each release tool makes of each message, in the shape of the oracle.
//!
//! A tool is one file beside this one and one line in [`KEYS`]. With `--findings` each verdict gets its findings.

mod changelogen;
mod commitlint;
mod findings;
mod python_semantic_release;
mod release_please;
mod rust_family;
mod semantic_release;

use crate::log::Messages;
use serde_json::{Value, json};
use squashcast::check::message::Heard;
use squashcast::message::Span;
use std::io::Write;
use std::process::ExitCode;

/// What one tool says of one message.
type Says = fn(&str) -> Value;

/// The oracle's keys, in its order.
const KEYS: &[(&str, Says)] = &[
    ("release-please", release_please::says),
    ("semantic-release angular", semantic_release::angular),
    ("semantic-release conventionalcommits", semantic_release::conventional_commits),
    ("changelogen", changelogen::says),
    ("commitlint", commitlint::says),
    ("python-semantic-release", python_semantic_release::says),
    ("git-cliff", rust_family::git_cliff),
    ("release-plz", rust_family::release_plz),
    ("git-conventional", rust_family::git_conventional),
    ("knope", rust_family::knope),
    ("cocogitto", rust_family::cocogitto),
];

fn finding_value((id, span): (&'static str, Span)) -> Value {
    json!({"id": id, "start": span.start, "end": span.end})
}

/// Whether the oracle knows a tool by this key.
pub fn knows(key: &str) -> bool {
    KEYS.iter().any(|(known, _)| *known == key)
}

/// What the tool behind a key of the oracle hears in a message, with its defaults; `None` where there is no such key, or
/// it decides nothing.
pub fn heard(key: &str, message: &str) -> Option<Heard> {
    let (key, says) = KEYS.iter().find(|(known, _)| *known == key)?;
    findings::heard(key, message, &says(message))
}

/// Reads `{id, message}` lines from stdin, or what `git log` prints, and writes one verdict line each.
pub fn run(options: &[String]) -> ExitCode {
    let with_findings = match options {
        [] => false,
        [option] if option == "--findings" => true,
        _ => {
            eprintln!("usage: squashcast verdict [--findings]");
            return ExitCode::from(2);
        }
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for asked in Messages::of(std::io::stdin().lock()) {
        let asked = match asked {
            Ok(asked) => asked,
            Err(error) => {
                eprintln!("squashcast verdict: {error}");
                return ExitCode::from(2);
            }
        };
        let message = asked.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut verdict = asked;
        for (key, says) in KEYS {
            let mut said = says(&message);
            if with_findings {
                let found = findings::of(key, &message, &said).into_iter().map(finding_value).collect();
                if let Value::Object(said) = &mut said {
                    said.insert("findings".to_owned(), found);
                }
            }
            verdict.insert((*key).to_owned(), said);
        }
        let line = Value::Object(verdict).to_string();
        if writeln!(out, "{line}").is_err() {
            return ExitCode::SUCCESS;
        }
    }
    ExitCode::SUCCESS
}
