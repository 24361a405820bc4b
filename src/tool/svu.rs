//! svu 3, by its documentation: three expressions on the subject, one on the body, all of them unanchored.

use super::{Facts, Plan, Recognition, Tool, by_message};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::text::Text;
use crate::version::TagPattern;
use regex_lite::Regex;
use serde_json::Value;

/// svu.
#[derive(Clone, Copy, Debug)]
pub struct Svu;

/// Where its configuration may stand.
const FILES: [&str; 2] = [".svu.yml", ".svu.yaml"];

impl Tool for Svu {
    fn id(&self) -> &'static str {
        "svu"
    }
    fn name(&self) -> &'static str {
        "svu"
    }
    fn files(&self) -> &'static [&'static str] {
        &[".svu.yml", ".svu.yaml", ".github/workflows/*.yml", ".github/workflows/*.yaml"]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = FILES.iter().find(|path| files.text(path).is_some());
        path.map(|path| Recognition { path: (*path).to_owned(), evidence: String::new() })
            .or_else(|| in_workflow(files))
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        by_message::newest(tags, &pattern(files, over))
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let v0 = option(facts.files, "v0").as_ref().and_then(Value::as_bool) == Some(true);
        let always = option(facts.files, "always").as_ref().and_then(Value::as_bool) == Some(true);
        let rules = Rules::new();
        let least = if always { Bump::Patch } else { Bump::None };
        let mut plan = by_message::plan(
            facts,
            &pattern(facts.files, facts.tag_pattern),
            least,
            |commit| rules.judge(commit),
            |from, bump| if v0 && from.major == 0 && bump == Bump::Major { Bump::Minor } else { bump },
        );
        plan.notes.push(Text::new("tool_version_only", []));
        plan
    }
}

/// A workflow that runs `svu next`.
fn in_workflow(files: &Files) -> Option<Recognition> {
    let paths = files.paths().filter(|path| path.starts_with(".github/workflows/"));
    let runs = |text: &str| text.lines().any(|line| line.contains("svu next") || line.contains("svu@"));
    let found = paths.filter_map(|path| Some((path, files.text(path)?))).find(|(_, text)| runs(text));
    found.map(|(path, _)| Recognition { path: path.to_owned(), evidence: "svu next".to_owned() })
}

fn option(files: &Files, key: &str) -> Option<Value> {
    let path = FILES.iter().find(|path| files.text(path).is_some())?;
    let config = files.value(path).ok().flatten()?;
    config.get(key).or_else(|| config.get("tag")?.get(key.strip_prefix("tag.")?)).cloned()
}

fn pattern(files: &Files, over: Option<&str>) -> TagPattern {
    let prefix = option(files, "tag.prefix");
    let prefix = prefix.as_ref().and_then(Value::as_str).unwrap_or("v");
    over.and_then(|over| TagPattern::parse(over, "{version}")).unwrap_or_else(|| TagPattern::new(prefix, ""))
}

struct Rules {
    breaking: Option<Regex>,
    feature: Option<Regex>,
    patch: Option<Regex>,
}

impl Rules {
    fn new() -> Self {
        let read = |pattern: &str| Regex::new(pattern).ok();
        Self {
            breaking: read(r"(?i)\w(\(.*\))?!:"),
            feature: read(r"(?i)feat(\(.*\))?:"),
            patch: read(r"(?i)fix(\(.*\))?:"),
        }
    }

    fn judge(&self, commit: &Commit) -> (Bump, Text) {
        let (subject, body) = commit.message.split_once('\n').unwrap_or((&commit.message, ""));
        let is = |pattern: &Option<Regex>| pattern.as_ref().is_some_and(|pattern| pattern.is_match(subject));
        if body.contains("BREAKING CHANGE:") || body.contains("BREAKING-CHANGE:") || is(&self.breaking) {
            (Bump::Major, Text::new("tool_by_message_breaking", []))
        } else if is(&self.feature) {
            (Bump::Minor, Text::new("tool_by_message_feature", []))
        } else if is(&self.patch) {
            (Bump::Patch, Text::new("tool_by_message_fix", []))
        } else {
            (Bump::None, Text::new("tool_by_message_other", []))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: Bump) {
        let commit = Commit { message: message.to_owned(), ..Commit::default() };
        assert_eq!(Rules::new().judge(&commit).0, expected, "{message}");
    }

    #[test]
    fn messages_are_searched_not_read() {
        check("feat!: x", Bump::Major);
        check("fix: x\n\n- BREAKING CHANGE: y", Bump::Major);
        check("JIRA-1 Feat(api): x", Bump::Minor);
        check("Revert \"fix: x\"", Bump::Patch);
        check("chore: x", Bump::None);
    }
}
