//! The commit a forge will write when a pull request is merged, and why it is that one.

use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The commit message a forge will write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SquashMessage {
    /// The whole message: subject, blank line, body.
    pub text: String,
    /// How sure that is.
    pub source: Source,
    /// The rule that made it, to be said to the reader: a message id `squash_…`.
    pub rule: Text,
    /// What the commit's subject was taken from.
    pub subject_from: SubjectFrom,
}

/// Where a squash message comes from, the best source last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Composed from the forge's own defaults: the repository's settings could not be read.
    #[default]
    Assumed,
    /// Composed from the repository's settings.
    Composed,
    /// The forge's own suggestion for this pull request.
    Suggested,
    /// What stands in the open merge dialog.
    Dialog,
}

/// What a squash commit's subject was taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SubjectFrom {
    /// The pull request's title (with what the forge puts around it).
    #[default]
    Title,
    /// The only commit of the branch: the title does not count. Holds its place in the pull request's commits.
    Commit(usize),
    /// A text of the forge's own (`Merged in …`): neither counts.
    Forge,
    /// The merge dialog.
    Dialog,
}

/// How a pull request's commits come onto the base branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// As one new commit.
    #[default]
    Squash,
    /// As one new commit, and a merge commit behind it.
    SquashMerge,
    /// As they are, and a merge commit behind them.
    Merge,
    /// Each written anew on top of the base branch.
    Rebase,
    /// Each written anew on top of the base branch, and a merge commit behind them.
    RebaseMerge,
    /// As they are; the base branch is moved to the last of them.
    FastForward,
}

impl Method {
    /// The method of this name: `squash`, `squash-merge`, `merge`, `rebase`, `rebase-merge`, `fast-forward`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "squash" => Self::Squash,
            "squash-merge" => Self::SquashMerge,
            "merge" => Self::Merge,
            "rebase" => Self::Rebase,
            "rebase-merge" => Self::RebaseMerge,
            "fast-forward" => Self::FastForward,
            _ => return None,
        })
    }

    /// Whether the branch's own commits land, instead of one that is made of them.
    #[must_use]
    pub fn keeps_commits(self) -> bool {
        !matches!(self, Self::Squash | Self::SquashMerge)
    }

    /// Whether a merge commit is written behind what lands.
    #[must_use]
    pub fn writes_merge(self) -> bool {
        matches!(self, Self::Merge | Self::RebaseMerge | Self::SquashMerge)
    }
}

/// Where the method is known from, the best source last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodFrom {
    /// Nowhere: squashing is assumed.
    #[default]
    Assumed,
    /// What the repository allows or prefers.
    Repository,
    /// What the page's merge button is set to.
    Button,
    /// The open merge dialog.
    Dialog,
}

impl SquashMessage {
    /// A message from its subject and body, as Git stores them: a blank line between, none at the end.
    #[must_use]
    pub fn compose(subject: &str, body: &str) -> String {
        if body.trim().is_empty() { subject.to_owned() } else { format!("{subject}\n\n{body}") }
    }
}
