//! release-plz.

use super::{Facts, Plan, Recognition, Tool};
use crate::files::Files;
use crate::history::Tag;

/// release-plz.
#[derive(Clone, Copy, Debug)]
pub struct ReleasePlz;

impl Tool for ReleasePlz {
    fn id(&self) -> &'static str {
        "release-plz"
    }
    fn name(&self) -> &'static str {
        "release-plz"
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
/// next_version as release-plz sets it where release-plz.toml says nothing.
#[must_use]
pub fn default_updater() -> super::next_version::Updater {
    super::next_version::Updater::default()
}
