//! librarian (googleapis, 1.0): `commit_version_analyzer.go` and `semver.go`. Breaking changes are major (minor under
//! 1.0.0), features and whatever a generated pull request nests minor, fixes a patch.

use super::{Facts, Plan, Recognition, Tool, by_message};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::conventional_commits_parser::{Options, Parser};
use crate::text::Text;
use crate::version::TagPattern;

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
        let parser = Parser::new(Options::conventional_commits());
        let pattern = pattern(&facts.history.tags, facts.tag_pattern);
        let start = by_message::Start::of(facts, pattern);
        let lower = |from: &semver::Version, bump| {
            let bump = if from.major == 0 && bump == Bump::Major { Bump::Minor } else { bump };
            by_message::counted(from, bump)
        };
        let mut plan = by_message::plan(facts, &start, Bump::None, |commit| judge(&parser, commit), lower);
        plan.notes.push(Text::new("tool_version_only", []));
        plan
    }
}

fn pattern(tags: &[Tag], over: Option<&str>) -> TagPattern {
    over.and_then(|over| TagPattern::parse(over, "{version}"))
        .unwrap_or_else(|| TagPattern::guess(tags.iter().map(|tag| tag.name.as_str())))
}

fn judge(parser: &Parser, commit: &Commit) -> (Bump, Text) {
    let read = parser.read(&commit.message).ok().flatten();
    let kind = read.as_ref().and_then(|read| read.part("type")).unwrap_or_default();
    // A nested commit counts as a feature, whatever its own type is.
    if commit.message.contains("BEGIN_NESTED_COMMIT") {
        return (Bump::Minor, Text::new("tool_by_message_feature", []));
    }
    match (&read, kind) {
        (Some(read), _) if !read.notes.is_empty() => (Bump::Major, Text::new("tool_by_message_breaking", [])),
        (_, "feat") => (Bump::Minor, Text::new("tool_by_message_feature", [])),
        (_, "fix") => (Bump::Patch, Text::new("tool_by_message_fix", [])),
        _ => (Bump::None, Text::new("tool_by_message_other", [])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_move_the_version_as_the_analyzer_says() {
        let parser = Parser::new(Options::conventional_commits());
        let check = |message: &str, expected: Bump| {
            let commit = Commit { message: message.into(), ..Commit::default() };
            assert_eq!(judge(&parser, &commit).0, expected, "{message:?}");
        };
        check("feat: a", Bump::Minor);
        check("fix: a", Bump::Patch);
        check("fix!: a", Bump::Major);
        check("docs: a", Bump::None);
        check("perf: a", Bump::None);
        check("chore: generate\n\nBEGIN_NESTED_COMMIT\nfix!: a\nEND_NESTED_COMMIT", Bump::Minor);
    }

    #[test]
    fn its_state_tells_the_tool() {
        assert!(Librarian.recognise(&Files::of([(STATE, "libraries: []")])).is_some());
        assert!(Librarian.recognise(&Files::of([("librarian.yaml", "")])).is_none());
    }
}
