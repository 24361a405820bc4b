//! The changelog entry a release tool prints.

/// A changelog entry: the exact Markdown the tool will write for one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The text, byte for byte.
    pub markdown: String,
}
