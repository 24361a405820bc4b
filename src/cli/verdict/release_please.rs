//! What release-please says: `DefaultVersioningStrategy` and `DefaultChangelogNotes` on one commit.

use serde_json::{Map, Value, json};
use squashcast::reading::release_please::{Commit, NoteKind, read};
use squashcast::tool::release_please::notes::{Line, Surroundings, entry, note_texts, preset_sections};
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
    let text = if lines.is_empty() { String::new() } else { entry(&lines, &around) };
    let releases = text.contains('\n');
    let mut said = Map::new();
    said.insert("commits".to_owned(), commits.iter().map(|commit| commit_value(commit)).collect());
    said.insert("next".to_owned(), if releases { json!({ "1.2.3": above, "0.2.3": below }) } else { Value::Null });
    said.insert("entry".to_owned(), if releases { Value::String(text) } else { Value::Null });
    if let Some(complaint) = reading.dropped.first() {
        // The oracle keeps the first line of the first complaint.
        let words = complaint.to_string();
        let line = words.split(['\n', '\r']).next().unwrap_or_default();
        said.insert("dropped".to_owned(), Value::String(line.to_owned()));
    }
    Value::Object(said)
}

fn commit_value(commit: &Commit<'_>) -> Value {
    // The entry links the issues of breaking changes in place, and the oracle looks afterwards.
    let mut breaking = note_texts(commit, ROOT).into_iter();
    let notes: Vec<String> = commit
        .notes
        .iter()
        .map(|note| match note.kind {
            NoteKind::Breaking => breaking.next().unwrap_or_default(),
            NoteKind::ReleaseAs => note.text.clone(),
        })
        .collect();
    json!({
        "type": commit.kind,
        "scope": commit.scope,
        "breaking": commit.breaking(),
        "description": commit.subject,
        "notes": notes,
        "references": commit.references,
    })
}
