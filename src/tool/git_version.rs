//! `GitVersion` 6 where messages decide: `major-version-bump-message` and its like, by default `+semver: major`, in the
//! documented conventional setup expressions for types (its documentation, "Version increments").

use super::{Facts, Plan, Recognition, Tool, by_message};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::pattern::regex;
use crate::text::Text;
use crate::version::TagPattern;
use regex_lite::Regex;
use serde_json::Value;

/// `GitVersion`.
#[derive(Clone, Copy, Debug)]
pub struct GitVersion;

/// Where its configuration may stand.
const FILES: [&str; 4] = ["GitVersion.yml", "GitVersion.yaml", ".GitVersion.yml", ".GitVersion.yaml"];
/// The settings, the bump of each and what it is by default.
const MESSAGES: [(&str, Bump, &str); 3] = [
    ("major-version-bump-message", Bump::Major, r"\+semver:\s?(breaking|major)"),
    ("minor-version-bump-message", Bump::Minor, r"\+semver:\s?(feature|minor)"),
    ("patch-version-bump-message", Bump::Patch, r"\+semver:\s?(fix|patch)"),
];

impl Tool for GitVersion {
    fn id(&self) -> &'static str {
        "gitversion"
    }
    fn name(&self) -> &'static str {
        "GitVersion"
    }
    fn files(&self) -> &'static [&'static str] {
        &FILES
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = FILES.iter().find(|path| files.text(path).is_some())?;
        Some(Recognition { path: (*path).to_owned(), evidence: String::new() })
    }
    fn last_release<'a>(&self, _: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        by_message::newest(tags, &pattern(tags, over))
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let config = config(facts.files);
        let mut unread = Vec::new();
        let mut rules: Vec<(Bump, Regex)> = Vec::new();
        for (key, bump, default) in MESSAGES {
            let source = config.get(key).and_then(Value::as_str).unwrap_or(default);
            match regex(source, "im") {
                Some(pattern) => rules.push((bump, pattern)),
                None => unread.push(key),
            }
        }
        // On a release branch every build after a tag is at least the next patch.
        let least = match config.get("increment").and_then(Value::as_str) {
            Some("None") => Bump::None,
            Some("Minor") => Bump::Minor,
            Some("Major") => Bump::Major,
            _ => Bump::Patch,
        };
        let judge = |commit: &Commit| {
            let found = rules.iter().find(|(_, pattern)| pattern.is_match(&commit.message));
            found.map_or((Bump::None, Text::new("tool_by_message_other", [])), |(bump, _)| {
                (*bump, Text::new("tool_gitversion_message", [bump.name()]))
            })
        };
        let pattern = pattern(&facts.history.tags, facts.tag_pattern);
        let mut plan = by_message::plan(facts, &pattern, least, judge, |_, bump| bump);
        plan.notes.push(Text::new("tool_gitversion_labels", []));
        plan.notes.extend(unread.iter().map(|key| Text::new("tool_gitversion_unread", [*key])));
        plan
    }
}

fn config(files: &Files) -> Value {
    let path = FILES.iter().find(|path| files.text(path).is_some());
    path.and_then(|path| files.value(path).ok().flatten()).unwrap_or_default()
}

/// Its tag prefix is an expression, by default `[vV]?`: what the tags show stands in.
fn pattern(tags: &[Tag], over: Option<&str>) -> TagPattern {
    over.and_then(|over| TagPattern::parse(over, "{version}"))
        .unwrap_or_else(|| TagPattern::guess(tags.iter().map(|tag| tag.name.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::pull_request::Repository;

    #[track_caller]
    fn check(config: &str, message: &str, expected: &str) {
        let files = Files::of([("GitVersion.yml", config)]);
        let commits = vec![Commit { message: message.to_owned(), ..Commit::default() }];
        let tags = vec![Tag { name: "v1.2.3".to_owned(), sha: String::new() }];
        let history = History { commits, tags, since: Some("v1.2.3".to_owned()), complete: true };
        let repository = Repository { origin: "https://x".into(), owner: "a".into(), name: "b".into() };
        let plan = GitVersion.plan(&Facts {
            repository: &repository,
            branch: "main",
            files: &files,
            history: &history,
            date: "",
            tag_pattern: None,
            last: None,
        });
        assert_eq!(plan.releases.first().map(|release| release.next.to_string()).as_deref(), Some(expected));
    }

    #[test]
    fn messages_move_the_version() {
        check("", "x +semver: minor", "1.3.0");
        check("", "feat: x", "1.2.4");
        check("minor-version-bump-message: '^feat(\\([\\w\\s-]*\\))?:'", "feat(api): x", "1.3.0");
    }
}
