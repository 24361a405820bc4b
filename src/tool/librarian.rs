//! librarian (googleapis, 1.0): `commit_version_analyzer.go` and `semver.go`. Breaking changes are major (minor under
//! 1.0.0), features and whatever a generated pull request nests minor, fixes a patch.
//!
//! The entry is written by the language's own container; known is that of Python (googleapis/google-cloud-python,
//! `.generator/cli.py`, `_process_changelog`).

use super::{Facts, Plan, Recognition, Tool, by_message};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::librarian::{self as reading, Commit as Read};
use crate::text::Text;
use crate::version::TagPattern;
use serde_json::Value;
use std::fmt::Write as _;

/// librarian.
#[derive(Clone, Copy, Debug)]
pub struct Librarian;

/// What it keeps: the libraries and their versions.
const STATE: &str = ".librarian/state.yaml";

impl Tool for Librarian {
    fn id(&self) -> &'static str {
        "librarian"
    }
    fn name(&self) -> &'static str {
        "librarian"
    }
    fn files(&self) -> &'static [&'static str] {
        &[STATE]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        files.text(STATE)?;
        Some(Recognition { path: STATE.to_owned(), evidence: String::new() })
    }
    fn last_release<'a>(&self, _: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        by_message::newest(tags, &pattern(tags, over))
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let state = State::read(facts.files);
        let pattern = pattern(&facts.history.tags, facts.tag_pattern);
        let start = by_message::Start::of(facts, pattern);
        let lower = |from: &semver::Version, bump| {
            let bump = if from.major == 0 && bump == Bump::Major { Bump::Minor } else { bump };
            by_message::counted(from, bump)
        };
        let mut plan = by_message::plan(facts, &start, Bump::None, |commit| judge(&state, commit), lower);
        let previous = facts.last.map(|last| last.tag.as_str()).or(start.tag.map(|tag| tag.name.as_str()));
        match plan.releases.first_mut().filter(|_| state.python) {
            Some(release) => {
                let since = start.tag.filter(|_| facts.last.is_none());
                let commits = since.map_or(facts.history.commits.as_slice(), |tag| facts.history.after(tag));
                let heading = (release.next.to_string(), previous.unwrap_or_default(), release.tag.clone());
                release.entry = Some(Entry { markdown: entry(facts, &state, commits, &heading) });
            }
            None => plan.notes.push(Text::new("tool_version_only", [])),
        }
        plan
    }
}

fn pattern(tags: &[Tag], over: Option<&str>) -> TagPattern {
    over.and_then(|over| TagPattern::parse(over, "{version}"))
        .unwrap_or_else(|| TagPattern::guess(tags.iter().map(|tag| tag.name.as_str())))
}

/// What `.librarian/state.yaml` says of a repository of one library.
#[derive(Debug, Default)]
struct State {
    /// Whether the entry is Python's: its container's image is, or it is not known which.
    python: bool,
    /// The library's name; empty where it is not known.
    id: String,
    /// The folders that belong to it, and those that do not release it.
    roots: Vec<String>,
    excluded: Vec<String>,
}

impl State {
    fn read(files: &Files) -> Self {
        let Some(state) = files.value(STATE).ok().flatten() else { return Self { python: true, ..Self::default() } };
        let image = state.get("image").and_then(Value::as_str).unwrap_or_default();
        let Some([library]) = state.get("libraries").and_then(Value::as_array).map(Vec::as_slice) else {
            return Self::default();
        };
        let folders = |key: &str| {
            let listed = library.get(key).and_then(Value::as_array).into_iter().flatten();
            listed.filter_map(Value::as_str).map(|folder| folder.trim_end_matches('/').to_owned()).collect()
        };
        Self {
            python: image.contains("python-librarian-generator"),
            id: library.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            roots: folders("source_roots"),
            excluded: folders("release_exclude_paths"),
        }
    }

    /// Whether a commit touches the library (`shouldIncludeForRelease`); it does where its files are not known.
    fn touched_by(&self, commit: &Commit) -> bool {
        let Some(files) = &commit.files else { return true };
        let under = |file: &str, folders: &[String]| {
            let inside = |folder: &String| {
                folder == "."
                    || file.strip_prefix(folder.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            folders.iter().any(inside)
        };
        self.roots.is_empty() || files.iter().any(|file| under(file, &self.roots) && !under(file, &self.excluded))
    }

    /// Whether what was read is about the library (`libraryFilter`).
    fn is_meant(&self, read: &Read<'_>) -> bool {
        match read.libraries {
            Some(named) => self.id.is_empty() || named.split(',').any(|named| named.trim() == self.id),
            None => read.library.is_none_or(|named| named == self.id),
        }
    }

    /// What counts of a commit.
    fn read_in<'a>(&self, commit: &'a Commit) -> Vec<Read<'a>> {
        let mut read = if self.touched_by(commit) { reading::read(&commit.message) } else { Vec::new() };
        read.retain(|read| self.is_meant(read));
        read
    }
}

/// `getHighestChange`: a nested commit counts as a feature, whatever its own type is.
fn judge(state: &State, commit: &Commit) -> (Bump, Text) {
    let one = |read: Read<'_>| match (read.nested, read.breaking, read.kind) {
        (true, ..) | (_, false, "feat") => (Bump::Minor, "feature"),
        (_, true, _) => (Bump::Major, "breaking"),
        (_, _, "fix") => (Bump::Patch, "fix"),
        _ => (Bump::None, "other"),
    };
    let (bump, rule) = state.read_in(commit).into_iter().map(one).max_by_key(|(bump, _)| *bump).unwrap_or_default();
    let rule = match rule {
        "feature" => Text::new("tool_by_message_feature", []),
        "breaking" => Text::new("tool_by_message_breaking", []),
        "fix" => Text::new("tool_by_message_fix", []),
        _ => Text::new("tool_by_message_other", []),
    };
    (bump, rule)
}

/// The entry of these commits, which are handed over oldest first.
fn entry(
    facts: &Facts<'_>,
    state: &State,
    commits: &[Commit],
    (version, previous, tag): &(String, &str, String),
) -> String {
    let url = facts.repository.url();
    let mut text = format!("## [{version}]({url}/compare/{previous}...{tag}) ({})\n", facts.date);
    let read: Vec<(&str, Vec<Read<'_>>)> =
        commits.iter().rev().map(|commit| (commit.sha.as_str(), state.read_in(commit))).collect();
    for (kind, title) in [("docs", "Documentation"), ("feat", "Features"), ("fix", "Bug Fixes")] {
        let of_kind = |(sha, read): &(&str, Vec<Read<'_>>)| {
            let mut lines = String::new();
            for read in read.iter().filter(|read| read.kind == kind) {
                let _ = write!(lines, "* {}", read.subject);
                if !sha.is_empty() {
                    let _ = write!(lines, " ([{sha}]({url}/commit/{sha}))");
                }
                lines.push('\n');
            }
            lines
        };
        let lines: String = read.iter().map(of_kind).collect();
        if !lines.is_empty() {
            let _ = write!(text, "\n\n### {title}\n\n{lines}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::tool::testing;

    #[test]
    fn types_move_the_version_as_the_analyzer_says() {
        let check = |message: &str, expected: Bump| {
            let commit = Commit { message: message.into(), ..Commit::default() };
            assert_eq!(judge(&State::default(), &commit).0, expected, "{message:?}");
        };
        check("feat: a", Bump::Minor);
        check("fix: a", Bump::Patch);
        check("fix!: a", Bump::Major);
        check("docs: a", Bump::None);
        check("perf: a", Bump::None);
        check("chore: generate\n\nBEGIN_NESTED_COMMIT\nfix!: a\nEND_NESTED_COMMIT", Bump::Minor);
        check("fix: [b] a", Bump::None);
    }

    #[test]
    fn its_state_tells_the_tool() {
        assert!(Librarian.recognise(&Files::of([(STATE, "libraries: []")])).is_some());
        assert!(Librarian.recognise(&Files::of([("librarian.yaml", "")])).is_none());
    }

    fn planned(state: &str, commits: &[(&str, &str)]) -> Plan {
        let commit = |(at, (message, file)): (usize, &(&str, &str))| Commit {
            sha: format!("{at}a"),
            message: (*message).into(),
            files: Some(vec![(*file).into()]),
            ..Commit::default()
        };
        let commits = commits.iter().enumerate().map(commit).collect();
        let tags = vec![Tag { name: "v1.2.3".into(), sha: String::new() }];
        let history = History { commits, tags, complete: true, ..History::default() };
        let files = Files::of([(STATE, state)]);
        testing::planned(|facts| Librarian.plan(facts), &files, &history, "2026-01-02", Some("1.2.3"))
    }

    const LIBRARY: &str = "libraries:\n- id: w\n  source_roots: ['.']\n  release_exclude_paths: [docs/]\n";

    #[test]
    fn the_entry_is_the_one_of_pythons_container() {
        let state = format!("image: a.dev/b/python-librarian-generator@sha256:1\n{LIBRARY}");
        let commits = [
            ("fix(x): a (#1)\n\nfix(x): b\nc", "a.py"),
            ("feat: d", "a.py"),
            ("docs: e", "docs/e.md"),
            ("docs: [w] f", "README.md"),
            ("feat: [v] g", "a.py"),
            ("perf: h", "a.py"),
            ("feat: i", "a.py"),
        ];
        let plan = planned(&state, &commits);
        let expected = "## [1.3.0](https://github.com/acme/widgets/compare/v1.2.3...v1.3.0) (2026-01-02)\n\n\n\
            ### Documentation\n\n* [w] f ([3a](https://github.com/acme/widgets/commit/3a))\n\n\n\
            ### Features\n\n* i ([6a](https://github.com/acme/widgets/commit/6a))\n\
            * d ([1a](https://github.com/acme/widgets/commit/1a))\n\n\n\
            ### Bug Fixes\n\n* a (#1) ([0a](https://github.com/acme/widgets/commit/0a))\n\
            * b c ([0a](https://github.com/acme/widgets/commit/0a))\n";
        assert_eq!(plan.releases[0].entry.as_ref().unwrap().markdown, expected);
        assert!(plan.notes.is_empty());
    }

    #[test]
    fn other_containers_write_what_is_not_known_here() {
        for state in
            [format!("image: go-librarian\n{LIBRARY}"), "image: python-librarian-generator\nlibraries: []".into()]
        {
            let plan = planned(&state, &[("feat: a", "a.go")]);
            assert!(plan.releases[0].entry.is_none(), "{state}");
            assert_eq!(plan.notes[0].id, "tool_version_only");
        }
    }
}
