//! release-please.

pub mod notes;
pub mod version;

use super::{Facts, Plan, Recognition, Tool};
use crate::files::Files;
use crate::history::Tag;

/// release-please.
#[derive(Clone, Copy, Debug)]
pub struct ReleasePlease;

impl Tool for ReleasePlease {
    fn id(&self) -> &'static str {
        "release-please"
    }
    fn name(&self) -> &'static str {
        "release-please"
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
