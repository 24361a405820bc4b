//! A pipeline that makes a version of every merge: one merge, one commit, one version.
//!
//! The story of squashcast's own origin: a version file made every second merge conflict, so the pipeline takes the bump
//! from the merged commit's message. Breaking is major, `feat` is minor, anything else is a patch. No file of the
//! repository says that a team works so: the user says it in the options, and it is offered where nothing is recognised.

use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::Tag;
use crate::message::subject;
use crate::reading::header;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::Version;

/// The pipeline that makes a version of every merge.
#[derive(Clone, Copy, Debug)]
pub struct EveryMerge;

/// The bump of one merged commit, and the rule that says so.
fn bump(message: &str) -> (Bump, Text) {
    let header = header::read(message);
    if header.is_some_and(|header| header.breaking.is_some()) {
        return (Bump::Major, Text::new("tool_every_merge_mark", []));
    }
    if header::breaking_footer(message).is_some() {
        return (Bump::Major, Text::new("tool_every_merge_footer", []));
    }
    match header.map(|header| header.kind.of(message)) {
        Some("feat") => (Bump::Minor, Text::new("tool_every_merge_feat", [])),
        Some(kind) => (Bump::Patch, Text::new("tool_every_merge_other", [kind])),
        None => (Bump::Patch, Text::new("tool_every_merge_unread", [])),
    }
}

/// The pattern of the repository's version tags: the user's, else the one most tags follow.
fn pattern(tags: &[Tag], over: Option<&str>) -> TagPattern {
    let chosen = over.and_then(|over| TagPattern::parse(over, "{version}"));
    chosen.unwrap_or_else(|| TagPattern::guess(tags.iter().map(|tag| tag.name.as_str())))
}

impl Tool for EveryMerge {
    fn id(&self) -> &'static str {
        "every-merge"
    }

    fn name(&self) -> &'static str {
        "every merge is a version"
    }

    fn files(&self) -> &'static [&'static str] {
        &[]
    }

    fn recognise(&self, _files: &Files) -> Option<Recognition> {
        None
    }

    fn last_release<'a>(&self, _files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let pattern = pattern(tags, over);
        let versions = tags.iter().filter_map(|tag| Some((pattern.version(&tag.name)?, tag)));
        versions.filter(|(version, _)| version.pre.is_empty()).max_by(|(a, _), (b, _)| a.cmp(b)).map(|(_, tag)| tag)
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let tags = facts.history.tags.as_slice();
        let pattern = pattern(tags, facts.tag_pattern);
        let last = self.last_release(facts.files, facts.branch, tags, facts.tag_pattern);
        let start = match (facts.last, last) {
            (Some(last), _) => last.version.clone(),
            (None, last) => last.and_then(|tag| pattern.version(&tag.name)),
        };
        let commits = match last {
            Some(tag) if facts.last.is_none() => facts.history.after(tag),
            _ => facts.history.commits.as_slice(),
        };
        let before = facts.history.commits.len() - commits.len();
        let mut plan = Plan::default();
        let mut version = start;
        for (at, commit) in commits.iter().enumerate() {
            let (bump, rule) = bump(&commit.message);
            plan.readings.push(CommitReading { commit: before + at, bump, rule: Some(rule.clone()) });
            let next = match &version {
                None => Some(Version::new(1, 0, 0)),
                Some(version) => increment(version, bump),
            };
            let Some(next) = next else {
                plan.nothing = Some(Text::new("tool_version_too_large", []));
                plan.releases.clear();
                break;
            };
            let entry = format!("## {next} ({})\n\n* {}\n", facts.date, subject(&commit.message));
            plan.releases = vec![Release {
                component: String::new(),
                path: ".".to_owned(),
                previous: version,
                bump,
                tag: pattern.tag(&next),
                next: next.clone(),
                reasons: vec![Reason { commit: Some(before + at), bump, rule }],
                entry: Some(Entry { markdown: entry }),
            }];
            version = Some(next);
        }
        if commits.len() > 1 && !plan.releases.is_empty() {
            let waiting = (commits.len() - 1).to_string();
            plan.notes.push(Text::new("tool_every_merge_waiting", [&waiting]));
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Commit, History};
    use crate::pull_request::Repository;

    #[track_caller]
    fn check(tags: &[&str], messages: &[&str], expected: &str) {
        let commits = messages.iter().map(|text| Commit { message: (*text).to_owned(), ..Commit::default() }).collect();
        let tags = tags.iter().map(|name| Tag { name: (*name).to_owned(), sha: String::new() }).collect();
        let history = History { commits, tags, since: None, complete: true };
        let facts = Facts {
            repository: &Repository::default(),
            branch: "main",
            files: &Files::default(),
            history: &history,
            date: "2026-01-02",
            tag_pattern: None,
            last: None,
        };
        let plan = EveryMerge.plan(&facts);
        let tag = plan.releases.first().map_or("nothing", |release| release.tag.as_str());
        assert_eq!(tag, expected);
    }

    #[test]
    fn every_merge_is_a_version() {
        check(&["v1.2.3"], &["feat: x"], "v1.3.0");
        check(&["v1.2.3", "v1.10.0"], &["fix: x"], "v1.10.1");
        check(&["1.2.3"], &["feat!: x"], "2.0.0");
        check(&["v1.2.3"], &["fix: x\n\nBREAKING CHANGE: y"], "v2.0.0");
        check(&["v1.2.3"], &["Merged in feature (pull request #7)\n\nfeat: x"], "v1.2.4");
        check(&["v1.2.3"], &["feat: x", "fix: y"], "v1.3.1");
        check(&[], &["fix: x"], "1.0.0");
        check(&["v18446744073709551615.0.0"], &["feat!: x"], "nothing");
    }
}
