//! semantic-release.

use super::{Facts, Plan, Recognition, Tool};
use crate::files::Files;
use crate::history::Tag;

pub mod analysis;
pub mod glob;

/// semantic-release.
#[derive(Clone, Copy, Debug)]
pub struct SemanticRelease;

impl Tool for SemanticRelease {
    fn id(&self) -> &'static str {
        "semantic-release"
    }
    fn name(&self) -> &'static str {
        "semantic-release"
    }
    fn files(&self) -> &'static [&'static str] {
        &[]
    }
    fn recognise(&self, _files: &Files) -> Option<Recognition> {
        None
    }
    fn last_release<'a>(
        &self,
        _files: &Files,
        _branch: &str,
        _tags: &'a [Tag],
        _over: Option<&str>,
    ) -> Option<&'a Tag> {
        None
    }
    fn plan(&self, _facts: &Facts<'_>) -> Plan {
        Plan::default()
    }
}
