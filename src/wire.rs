//! What crosses from TypeScript to the core. What crosses back is [`crate::view::PanelView`].

use crate::pull_request::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the content script read on the page. Everything but the address may be missing; nothing in it is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct PageContext {
    /// The page's address.
    pub url: String,
    /// The id of the page adapter that read it: `github`.
    pub forge: String,
    /// The title as it stands, or as it is being typed.
    pub title: Option<String>,
    /// Whether `title` is being typed: it then wins over the stored one.
    pub title_edited: bool,
    /// The description's source, only while it is being edited on the page.
    pub description: Option<String>,
    /// The branch it goes to.
    pub base: Option<String>,
    /// The branch it comes from.
    pub head: Option<String>,
    /// Where it stands.
    pub state: Option<State>,
    /// How many commits it has, where the page says so.
    pub commits: Option<u32>,
    /// The merge dialog, while it is open.
    pub dialog: Option<Dialog>,
}

/// The open merge dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Dialog {
    /// The subject's box; null where the forge has one box for the whole message.
    pub title: Option<String>,
    /// The body's box, or the whole message's.
    pub body: Option<String>,
    /// How it merges: `squash`, `merge`, `rebase`; null where the page does not say.
    pub method: Option<String>,
}

/// What the user has chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Settings {
    /// By repository, `https://github.com/acme/widgets`.
    pub repositories: BTreeMap<String, RepositorySettings>,
}

/// What the user has chosen for one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct RepositorySettings {
    /// The release tool's id; null for the one that is recognised.
    pub tool: Option<String>,
    /// The tag pattern, `v{version}`; null for the tool's own.
    pub tag_pattern: Option<String>,
}

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
    /// The forge's id.
    pub forge: String,
    /// The forge's settings of the squash message, by its own names (`squash_merge_commit_title`, …).
    pub squash: BTreeMap<String, String>,
    /// The release tool's id.
    pub tool: String,
    /// The tool's configuration files, path → text.
    pub files: BTreeMap<String, String>,
    /// The current version; empty for none.
    pub version: String,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
}
