//! What stands on the page, as the content script read it.

use crate::pull_request::State;
use serde::{Deserialize, Serialize};

/// What the content script read on the page. Everything but the address may be missing; nothing in it is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct PageContext {
    /// The page's address.
    pub url: String,
    /// The id of the page adapter that read it: `github`.
    pub forge: String,
    /// Where the pages of a forge of the user's own begin, `https://git.acme.org`: null at the forges everybody knows.
    /// The background says so, never the page.
    pub root: Option<String>,
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
    /// What the page's merge button is set to, by the names of [`crate::squash::Method`]; null where it does not say.
    pub method: Option<String>,
    /// The messages that the forge has put into the page for a dialog that is not open yet, one a method.
    pub suggestions: Vec<Dialog>,
}

/// The open merge dialog, or what would stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Dialog {
    /// The subject's box; null where the forge has one box for the whole message.
    pub title: Option<String>,
    /// The body's box, or the whole message's.
    pub body: Option<String>,
    /// How it merges, by the names of [`crate::squash::Method`]: `squash`, `merge`, `rebase`; null where the page does
    /// not say.
    pub method: Option<String>,
    /// The box of the merge commit behind a squash commit; null where the forge has none.
    #[cfg_attr(feature = "types", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merge: Option<String>,
}
