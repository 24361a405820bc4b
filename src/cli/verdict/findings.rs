//! `squashcast verdict --findings`: what is wrong with a message in one tool's eyes, told from that tool's verdict alone.
//!
//! A verdict in the oracle's shape says of every tool what it decided, and of some which commits they read:
//!
//! - `release-please`, `python-semantic-release` and `changelogen` name type and description of what they read, so a
//!   header is read where one of these is the header's;
//! - `git-conventional` and `cocogitto` refuse what they do not read (`error`). `git-conventional` decides nothing
//!   itself: major is its `breaking` flag, and it never "releases nothing". cocogitto's bump is its rule from 1.2.3;
//! - of the others only the bump is told: their header was dropped where its type alone would have moved the version
//!   further than the message did;
//! - `commitlint` reads and decides nothing: it has no findings.

use serde_json::Value;
use squashcast::bump::Bump;
use squashcast::check::message::{Heard, findings, is_header, stumble};
use squashcast::message::Span;
use squashcast::reading::header;

/// The findings of one tool's verdict on a message.
pub fn of(key: &str, message: &str, verdict: &Value) -> Vec<(&'static str, Span)> {
    let Some(heard) = heard(key, message, verdict) else { return Vec::new() };
    let place = (!heard.header).then(|| stumble(key, message)).flatten();
    findings(message, &heard, place)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The bump behind the oracle's word for it.
fn bump(word: &str) -> Bump {
    Bump::named(word).unwrap_or_default()
}

/// How far 1.2.3 was moved.
fn moved(verdict: &Value) -> Bump {
    let next = verdict.get("next").map(|next| text(next, "1.2.3")).unwrap_or_default();
    let mut parts = next.split(['.', '-', '+']).map(|part| part.parse::<u64>().ok());
    match (next, parts.next().flatten(), parts.next().flatten()) {
        ("", ..) => Bump::None,
        (_, Some(major), _) if major > 1 => Bump::Major,
        (_, Some(1), Some(minor)) if minor > 2 => Bump::Minor,
        _ => Bump::Patch,
    }
}

/// What one tool's verdict says that it heard in a message.
pub fn heard(key: &str, message: &str, verdict: &Value) -> Option<Heard> {
    if verdict.get("throws").is_some() && key != "commitlint" {
        return Some(Heard { bump: Some(Bump::None), ..Heard::default() });
    }
    let read = verdict.get("error").is_none();
    let header = header::read(message);
    let kind = header.map(|header| header.kind.of(message)).unwrap_or_default();
    let breaking = verdict.get("breaking") == Some(&Value::Bool(true));
    // What the type alone decides, of the tools that tell nothing else.
    let by_type = |minor: &[&str], patch: &[&str]| match kind {
        kind if minor.contains(&kind) => Bump::Minor,
        kind if patch.contains(&kind) => Bump::Patch,
        _ => Bump::None,
    };
    let bumped = |bump: Bump, least: Bump| Heard { bump: Some(bump), header: bump >= least, commits: 1 };
    Some(match key {
        "release-please" => {
            let commits = list(verdict, "commits");
            let own = |commit: &Value| is_header(header, message, text(commit, "type"), text(commit, "description"));
            Heard { bump: Some(moved(verdict)), header: commits.iter().any(own), commits: commits.len() }
        }
        "python-semantic-release" => {
            let parts = list(verdict, "parts");
            let own = |part: &Value| {
                let first = list(part, "descriptions").first().and_then(Value::as_str).unwrap_or_default();
                !part.is_null() && is_header(header, message, text(part, "type"), first)
            };
            let commits = parts.iter().filter(|part| !part.is_null()).count();
            Heard { bump: Some(bump(text(verdict, "bump"))), header: parts.iter().any(own), commits }
        }
        "changelogen" => {
            let header = is_header(header, message, text(verdict, "type"), "");
            Heard { bump: Some(bump(text(verdict, "bump"))), header, commits: 1 }
        }
        "git-conventional" => Heard { bump: breaking.then_some(Bump::Major), header: read, commits: 1 },
        "cocogitto" => {
            let bump = match text(verdict, "type") {
                _ if breaking => Bump::Major,
                "feat" => Bump::Minor,
                "fix" => Bump::Patch,
                _ => Bump::None,
            };
            Heard { bump: Some(bump), header: read, commits: 1 }
        }
        "knope" => {
            let kind = kind.to_lowercase();
            let least = match kind.as_str() {
                "feat" => Bump::Minor,
                "fix" => Bump::Patch,
                _ => Bump::None,
            };
            bumped(bump(text(verdict, "bump")), least)
        }
        "git-cliff" | "release-plz" => {
            bumped(moved(verdict), if kind.eq_ignore_ascii_case("feat") { Bump::Minor } else { Bump::None })
        }
        "semantic-release angular" | "semantic-release conventionalcommits" => {
            bumped(bump(text(verdict, "bump")), by_type(&["feat", "FEAT"], &["fix", "FIX", "perf"]))
        }
        _ => return None,
    })
}
