//! `squashcast lint [FILE]`: the findings of `verdict --findings` on one message, for a commit-msg hook and for pipelines.
//!
//! The tool is the one named, by its id or by a key of the oracle (then with its defaults), else the one that the files of
//! the current directory name, read with its configuration there. What a commit-msg hook is handed is cleaned up as Git
//! does before it commits: comment lines, all below the scissors line, and superfluous white space go.

use crate::verdict;
use serde_json::{Value, json};
use squashcast::bump::Bump;
use squashcast::check::message::{Heard, denied, findings, hear, position, stumble, text};
use squashcast::files::{File, Files};
use squashcast::history::History;
use squashcast::message::Span;
use squashcast::pull_request::Repository;
use squashcast::text::Text;
use squashcast::tool::{self, Facts};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: squashcast lint [--tool ID] [--ignore FINDING]… [--json] [FILE]";
/// The sentences, as the panel says them.
const SENTENCES: &str = include_str!("../../extension/_locales/en/messages.json");
/// How deep configuration may lie below the current directory.
const DEPTH: usize = 4;
/// Folders that hold other people's files.
const OTHERS: &[&str] = &["node_modules", ".git", "target", "vendor", ".venv"];

#[derive(Default)]
struct Options {
    tool: Option<String>,
    ignored: Vec<String>,
    json: bool,
    file: Option<String>,
}

/// A finding and what it says.
struct Said {
    id: &'static str,
    span: Span,
    text: String,
}

/// Lints one message.
pub fn run(arguments: &[String]) -> ExitCode {
    match options(arguments).and_then(|options| lint(&options)) {
        Ok(clean) => ExitCode::from(u8::from(!clean)),
        Err(error) => {
            eprintln!("squashcast lint: {error}");
            ExitCode::from(2)
        }
    }
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut left = arguments.iter();
    while let Some(argument) = left.next() {
        let mut value = || left.next().cloned().ok_or_else(|| format!("{argument} wants a value\n{USAGE}"));
        match argument.as_str() {
            "--tool" => options.tool = Some(value()?),
            "--ignore" => options.ignored.push(value()?),
            "--json" => options.json = true,
            other if other.starts_with("--") || options.file.is_some() => {
                return Err(format!("what is `{other}`?\n{USAGE}"));
            }
            file => options.file = Some(file.to_owned()).filter(|file| file != "-"),
        }
    }
    Ok(options)
}

/// Whether nothing was found.
fn lint(options: &Options) -> Result<bool, String> {
    let read = if let Some(file) = &options.file {
        fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?
    } else {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(|error| format!("stdin: {error}"))?;
        text
    };
    let message = cleaned(&read);
    let (tool, mut found) = judge(options.tool.as_deref(), &message)?;
    found.retain(|finding| !options.ignored.iter().any(|ignored| ignored == finding.id));
    if options.json {
        let one = |finding: &Said| {
            let (line, column) = position(&message, finding.span.start);
            json!({"id": finding.id, "start": finding.span.start, "end": finding.span.end,
                "line": line, "column": column, "text": finding.text})
        };
        let findings: Vec<Value> = found.iter().map(one).collect();
        println!("{}", json!({"tool": tool, "message": message, "findings": findings}));
    } else {
        for finding in &found {
            println!("{}", told(finding, &message));
        }
    }
    Ok(found.is_empty())
}

/// The tool's name and what it finds.
fn judge(chosen: Option<&str>, message: &str) -> Result<(String, Vec<Said>), String> {
    if let Some(key) = chosen.filter(|id| tool::by_id(id).is_none() && verdict::knows(id)) {
        let found = verdict::heard(key, message).map(|heard| said(key, key, message, &heard));
        return Ok((key.to_owned(), found.unwrap_or_default()));
    }
    let files = files_here();
    let tool = match chosen {
        Some(id) => tool::by_id(id).ok_or_else(|| {
            let ids: Vec<&str> = tool::TOOLS.iter().map(|tool| tool.id()).collect();
            format!("no tool `{id}`; there are {}", ids.join(", "))
        })?,
        None => tool::recognise(&files).ok_or("no release tool is recognised here: name one with --tool")?.0,
    };
    let branch = branch();
    let facts = Facts {
        repository: &Repository::default(),
        branch: &branch,
        files: &files,
        history: &History::default(),
        date: "1970-01-01",
        tag_pattern: None,
        last: None,
    };
    let heard = hear(tool, &facts, None, message);
    Ok((tool.id().to_owned(), said(tool.id(), tool.name(), message, &heard)))
}

/// The findings, and what only a person can know: that a breaking footer was filled in to say that nothing breaks, which
/// by the specification breaks all the same.
fn said(id: &str, name: &str, message: &str, heard: &Heard) -> Vec<Said> {
    let place = (!heard.header).then(|| stumble(id, message)).flatten();
    let found = findings(message, heard, place).into_iter();
    let mut found: Vec<Said> = found
        .map(|(id, span)| Said { id, span, text: sentence(&text(id, name, message, span, heard.header)) })
        .collect();
    if let Some(span) = denied(message).filter(|_| heard.bump == Some(Bump::Major)) {
        let text = sentence(&Text::new("check_breaking_none", [name]));
        found.push(Said { id: "breaking-by-accident", span, text });
    }
    found
}

/// The branch that is checked out; `main` where that cannot be told.
fn branch() -> String {
    let head = fs::read_to_string(".git/HEAD").unwrap_or_default();
    head.trim().strip_prefix("ref: refs/heads/").unwrap_or("main").to_owned()
}

/// The files of the current directory that some tool reads.
fn files_here() -> Files {
    let mut files = Files::default();
    let mut folders = vec![(String::new(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(Path::new(".").join(&folder)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < DEPTH && !OTHERS.contains(&name.as_str()) => {
                    folders.push((path, depth + 1));
                }
                Ok(kind) if !kind.is_dir() && tool::patterns().any(|pattern| tool::matches(pattern, &path)) => {
                    let file = fs::read_to_string(entry.path());
                    files.insert(&path, file.map_or_else(|error| File::Unread(error.to_string()), File::Present));
                }
                _ => {}
            }
        }
    }
    files
}

/// The message as Git commits it after an editor (`git commit --cleanup=strip`, and the scissors line of `--verbose`).
fn cleaned(text: &str) -> String {
    let scissors = |line: &&str| line.starts_with("# ----") && line.contains(" >8 ----");
    let kept = text.lines().take_while(|line| !scissors(line)).filter(|line| !line.starts_with('#'));
    let mut message = String::new();
    let mut blank = false;
    for line in kept.map(str::trim_end) {
        if line.is_empty() {
            blank = !message.is_empty();
            continue;
        }
        if !message.is_empty() {
            message.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        message.push_str(line);
    }
    message
}

/// The sentence, the line, and a caret under each character of the place.
fn told(finding: &Said, message: &str) -> String {
    let (number, column) = position(message, finding.span.start);
    let line = message.lines().nth(number - 1).unwrap_or_default();
    let left = line.chars().count() + 1 - column.min(line.chars().count());
    let carets = finding.span.of(message).chars().take_while(|c| *c != '\n').count().clamp(1, left.max(1));
    let gutter = " ".repeat(number.to_string().len());
    // A tab stays one, so that the carets stand where the eye sees the text.
    let indent: String = line.chars().take(column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    format!("{}: {}\n {number} | {line}\n {gutter} | {indent}{}\n", finding.id, finding.text, "^".repeat(carets))
}

/// The English sentence of a text.
pub fn sentence(text: &Text) -> String {
    let sentences: Value = serde_json::from_str(SENTENCES).unwrap_or_default();
    let pattern = sentences.pointer(&format!("/{}/message", text.id)).and_then(Value::as_str).unwrap_or(&text.id);
    let mut said = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match (character, character == '$') {
            (_, true) => match characters.next() {
                Some(digit @ '1'..='9') => {
                    let place = digit.to_digit(10).unwrap_or_default() as usize - 1;
                    said.push_str(text.args.get(place).map_or("", String::as_str));
                }
                other => said.extend(other),
            },
            (other, false) => said.push(other),
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn clean(text: &str, expected: &str) {
        assert_eq!(cleaned(text), expected);
    }

    #[test]
    fn what_git_drops_is_dropped() {
        clean("feat: x\n# Please enter\n", "feat: x");
        clean("\n\nfeat: x  \n\n\n\nbody\n#\n\n", "feat: x\n\nbody");
        let verbose = "fix: x\n# ------------------------ >8 ------------------------\ndiff --git a b\n+feat: y\n";
        clean(verbose, "fix: x");
        clean("fix: x\r\n\r\nbody #12\r\n", "fix: x\n\nbody #12");
    }

    #[test]
    fn a_caret_stands_under_the_place() {
        let (_, found) = judge(Some("git-conventional"), "feat: é\nBREAKING CHANGE: y").unwrap();
        let shown: Vec<String> = found
            .iter()
            .map(|one| told(one, "feat: é\nBREAKING CHANGE: y").lines().skip(1).collect::<Vec<_>>().join("|"))
            .collect();
        assert_eq!(shown, [" 2 | BREAKING CHANGE: y|   | ^"]);
    }

    #[test]
    fn a_footer_that_says_there_is_no_breaking_change_is_told() {
        for tool in ["semantic-release", "semantic-release angular", "release-please", "cocogitto"] {
            let ids = |message| judge(Some(tool), message).unwrap().1.iter().map(|said| said.id).collect::<Vec<_>>();
            assert_eq!(ids("fix: x\n\nBREAKING CHANGE: none"), ["breaking-by-accident"], "{tool}");
            assert!(ids("fix: x\n\nBREAKING CHANGE: y").is_empty(), "{tool}");
        }
    }

    #[test]
    fn sentences_have_their_arguments() {
        let text = Text::new("check_releases_nothing", ["chore", "knope"]);
        assert_eq!(sentence(&text), "knope makes no release of the type “chore”.");
    }
}
