//! A pull request, whatever its forge calls it.

use crate::history::Commit;
use serde::{Deserialize, Serialize};

/// Where a repository lives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Scheme and host without a slash at the end: `https://github.com`.
    pub origin: String,
    /// User, organisation, workspace or group (with its sub-groups).
    pub owner: String,
    /// The repository's own name.
    pub name: String,
}

impl Repository {
    /// `https://github.com/acme/widgets`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}/{}", self.origin, self.owner, self.name)
    }
    /// `acme/widgets`.
    #[must_use]
    pub fn slug(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

/// Where a pull request stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum State {
    /// Can be merged.
    #[default]
    Open,
    /// Open, marked as not ready.
    Draft,
    /// Done.
    Merged,
    /// Declined.
    Closed,
}

/// Another pull request of the repository that is open, as far as a list tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPullRequest {
    /// The number within the repository.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The branch it goes to.
    pub base: String,
}

/// What is to be merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PullRequest {
    /// The number within its repository.
    pub number: u64,
    /// The title, as it stands (or as it is being typed).
    pub title: String,
    /// The description as its author wrote it (Markdown source).
    pub description: String,
    /// The branch it goes to.
    pub base: String,
    /// The branch it comes from.
    pub head: String,
    /// Where it stands.
    pub state: State,
    /// The name or login of who opened it, where known.
    pub author: String,
    /// The branch's commits, oldest first, merge commits included.
    pub commits: Vec<Commit>,
    /// The paths it changes, where known.
    pub files: Option<Vec<String>>,
}
