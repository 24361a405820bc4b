//! git-cliff.

use super::{Facts, Plan, Recognition, Tool};
use crate::files::Files;
use crate::history::Tag;

/// git-cliff.
#[derive(Clone, Copy, Debug)]
pub struct GitCliff;

impl Tool for GitCliff {
    fn id(&self) -> &'static str {
        "git-cliff"
    }
    fn name(&self) -> &'static str {
        "git-cliff"
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
/// next_version as git-cliff sets it where cliff.toml says nothing.
#[must_use]
pub fn default_updater() -> super::next_version::Updater {
    super::next_version::Updater { features_always_minor: true, breaking_always_major: true, ..Default::default() }
}
