//! What lies on a branch: commits and tags.

use serde::{Deserialize, Serialize};

/// A commit, as far as a release tool looks at one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The full hash; empty where the commit does not exist yet (the squash commit to come).
    pub sha: String,
    /// The whole message, as stored.
    pub message: String,
    /// The description of the pull request it was merged by, where known: some tools read that instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The author's name, where known.
    #[serde(default)]
    pub author: String,
    /// The author's mail address, where known: co-author lines are made of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// The author's login at the forge; empty where the forge knows no account of that address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub login: String,
    /// When it was committed: RFC 3339; empty where unknown.
    #[serde(default)]
    pub date: String,
    /// How many parents it has; two or more make it a merge commit.
    #[serde(default)]
    pub parents: u32,
    /// Whether it lies on the first-parent line of its branch, where known.
    #[serde(default)]
    pub first_parent: Option<bool>,
    /// The paths it changed, where known.
    #[serde(default)]
    pub files: Option<Vec<String>>,
}

/// A tag and the commit it points to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The short name: `v1.2.3`.
    pub name: String,
    /// The commit's hash; empty where the forge gave only the tag object's.
    #[serde(default)]
    pub sha: String,
}

/// The commits of the base branch since its last release, oldest first, and the tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Oldest first. In a preview the last one is the squash commit to come, with an empty hash.
    pub commits: Vec<Commit>,
    /// All tags known, in no order.
    pub tags: Vec<Tag>,
    /// The tag the commits begin after; `None` where they begin at the root or where that is not known.
    pub since: Option<String>,
    /// Whether every commit since that tag is here; false where a limit cut the oldest off.
    pub complete: bool,
}

impl History {
    /// The commits that came after the tag: all of them where the history begins at it, those behind its commit where
    /// that stands among them, and all where the tag is older than everything here.
    #[must_use]
    pub fn after(&self, tag: &Tag) -> &[Commit] {
        if self.since.as_deref() == Some(tag.name.as_str()) || tag.sha.is_empty() {
            return &self.commits;
        }
        let start = self.commits.iter().position(|commit| commit.sha == tag.sha).map_or(0, |at| at + 1);
        self.commits.get(start..).unwrap_or_default()
    }
}
