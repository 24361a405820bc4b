//! A pull request made by hand, for the playground: the same preview, with every answer given instead of fetched.

#[cfg(feature = "more")]
use crate::forge::Change;
use crate::forge::{Fact, Forge, by_id, example};
use crate::history::{Commit, Tag};
use crate::preview::{Answer, Input, RepositorySettings, preview};
use crate::pull_request::State;
use crate::tool;
use crate::view::{PanelView, panel};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A case of the playground: everything by hand, nothing fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct PlaygroundCase {
    /// The pull request's title.
    pub title: String,
    /// Its description.
    pub description: String,
    /// Its commits' whole messages, oldest first.
    pub commits: Vec<String>,
    /// The whole messages of what the base branch holds unreleased already, oldest first.
    pub history: Vec<String>,
    /// The forge's id.
    pub forge: String,
    /// The forge's settings of the squash message, by its own names (`squash_merge_commit_title`, …).
    pub squash: BTreeMap<String, String>,
    /// The release tool's id; empty for the one that `files` name.
    pub tool: String,
    /// The tool's configuration files, path → text.
    pub files: BTreeMap<String, String>,
    /// The current version; empty for none.
    pub version: String,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
}

/// The panel of a case; `None` where its forge is not known, or where the next module has to preview it.
#[must_use]
pub fn playground(case: &PlaygroundCase) -> Option<PanelView> {
    let forge: &dyn Forge = by_id(&case.forge)?;
    let page = example(forge);
    let tool = tool::by_id(&case.tool);
    let settings = RepositorySettings { tool: tool.map(|tool| tool.id().to_owned()), tag_pattern: None };
    // The version before is a tag like any other; a tool that names its tags otherwise finds it under its own pattern.
    let tag = (!case.version.is_empty()).then(|| Tag { name: format!("v{}", case.version), sha: String::new() });
    let since = tag.as_ref().map(|tag| tag.name.clone());
    let commit =
        |message: &String| Commit { sha: "0".repeat(40), message: message.clone(), parents: 1, ..Commit::default() };
    let mut facts = vec![
        Fact::PullRequest {
            title: case.title.clone(),
            description: case.description.clone(),
            base: "main".to_owned(),
            head: "topic".to_owned(),
            state: State::Open,
            author: String::new(),
            base_sha: String::new(),
        },
        Fact::Commits { commits: case.commits.iter().map(commit).collect(), complete: true },
        Fact::Settings(case.squash.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect()),
        Fact::Tags { tags: tag.into_iter().collect(), complete: true },
        Fact::Tree { paths: case.files.keys().cloned().collect() },
        Fact::History {
            since,
            commits: case.history.iter().map(commit).collect(),
            complete: true,
            from: 0,
            total: None,
        },
    ];
    facts.extend(case.files.iter().map(|(path, text)| Fact::File { path: path.clone(), text: Some(text.clone()) }));
    // A change file that is there is the pull request's own.
    #[cfg(feature = "more")]
    {
        let change = |path: &String| Change { path: path.clone(), removed: false };
        let changes = case.files.keys().map(change).collect();
        facts.push(Fact::Changes { changes, complete: true, at: String::new() });
        facts.extend(case.files.iter().map(|(path, text)| Fact::OwnFile {
            at: String::new(),
            path: path.clone(),
            text: text.clone(),
        }));
    }
    let mut answers = [Answer { key: String::new(), what: "case".to_owned(), facts, at: 0 }];
    let mut input = Input::answered(&page, &settings, &mut answers, &case.date);
    let mut preview = preview(&mut input).filter(|preview| !preview.elsewhere)?;
    // Nothing is asked and nothing fetched here.
    preview.requests.clear();
    preview.sources.clear();
    Some(panel(&preview))
}
