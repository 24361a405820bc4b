//! The commit a forge will write when a pull request is squashed, and why it is that one.

use crate::text::Text;

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

impl SquashMessage {
    /// A message from its subject and body, as Git stores them: a blank line between, none at the end.
    #[must_use]
    pub fn compose(subject: &str, body: &str) -> String {
        if body.trim().is_empty() { subject.to_owned() } else { format!("{subject}\n\n{body}") }
    }
}
