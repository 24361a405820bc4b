//! What release-please says: `DefaultVersioningStrategy` and `DefaultChangelogNotes` on one commit.

use serde_json::{Map, Value, json};
use squashcast::reading::release_please::{Commit, NoteKind, read};
use squashcast::tool::release_please::notes::{Form, Line, Surroundings, entry, note_texts, preset_sections};
use squashcast::tool::release_please::version::{Counting, NoVersion, Version};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";
const ROOT: &str = "https://github.com/acme/widgets";

/// The oracle's `release-please`.
pub fn says(message: &str) -> Value {
    let reading = read(message);
    let commits: Vec<&Commit<'_>> = reading.commits.iter().collect();
    let next = |from: &str| -> Result<String, NoVersion> {
        let from = Version::find(from).unwrap_or_default();
        Ok(Counting::default().next(&from, &commits)?.unwrap_or_default().to_string())
    };
    let (above, below) = match next("1.2.3").and_then(|above| next("0.2.3").map(|below| (above, below))) {
        Ok(versions) => versions,
        Err(NoVersion(text)) => {
            let line = text.lines().next().unwrap_or_default();
            return json!({ "throws": format!("unable to parse version string: {line}") });
        }
    };
    let sections = preset_sections();
    let tag = format!("v{above}");
    let around = Surroundings {
        form: Form::default(),
        host: "https://github.com",
        owner: "acme",
        repository: "widgets",
        version: &above,
        previous_tag: Some("v1.2.3"),
        current_tag: &tag,
        date: "YYYY-MM-DD",
        sections: &sections,
    };
    let lines: Vec<Line<'_>> = commits.iter().map(|commit| Line { commit, sha: SHA, author: "" }).collect();
    let text = if lines.is_empty() { String::new() } else { undated(&entry(&lines, &around)) };
    let releases = text.contains('\n');
    let mut said = Map::new();
    said.insert("commits".to_owned(), commits.iter().map(|commit| commit_value(commit)).collect());
    said.insert("next".to_owned(), if releases { json!({ "1.2.3": above, "0.2.3": below }) } else { Value::Null });
    said.insert("entry".to_owned(), if releases { Value::String(text) } else { Value::Null });
    if let Some(complaint) = reading.dropped.first() {
        // The oracle takes what follows "error message: " first in the tool's log, where the commit's own first line
        // stands before the complaint.
        let log = format!("{}\nerror message: {complaint}", message.split('\n').next().unwrap_or_default());
        let words = log.split_once("error message: ").map_or("", |(_, words)| words);
        let line = words.split(['\n', '\r', '\u{2028}', '\u{2029}']).next().unwrap_or_default();
        said.insert("dropped".to_owned(), Value::String(line.to_owned()));
    }
    Value::Object(said)
}

fn commit_value(commit: &Commit<'_>) -> Value {
    // The entry links the issues of breaking changes in place, and the oracle looks afterwards.
    let mut breaking = note_texts(commit, ROOT).into_iter();
    let notes: Vec<String> = commit
        .notes()
        .iter()
        .map(|note| match note.kind {
            NoteKind::Breaking => breaking.next().unwrap_or_default(),
            NoteKind::ReleaseAs => note.text.clone(),
        })
        .collect();
    json!({
        "type": commit.kind,
        "scope": commit.scope(),
        "breaking": commit.breaking(),
        "description": commit.subject,
        "notes": notes,
        "references": commit.references(),
    })
}

/// The oracle writes every date as `YYYY-MM-DD`, also those in subjects.
fn undated(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_date = |at: usize| {
        let window = bytes.get(at..at + 10).unwrap_or_default();
        let shape =
            |(place, byte): (usize, &u8)| if matches!(place, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
        window.len() == 10 && window.iter().enumerate().all(shape)
    };
    let mut out = String::with_capacity(text.len());
    let mut skip = 0;
    for (at, letter) in text.char_indices() {
        if at < skip {
            continue;
        }
        if letter.is_ascii_digit() && is_date(at) {
            out.push_str("YYYY-MM-DD");
            skip = at + 10;
        } else {
            out.push(letter);
        }
    }
    out
}
