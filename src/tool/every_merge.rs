//! every-merge.

use super::{Facts, Plan, Recognition, Tool};
use crate::files::Files;
use crate::history::Tag;

/// every-merge.
#[derive(Clone, Copy, Debug)]
pub struct EveryMerge;

impl Tool for EveryMerge {
    fn id(&self) -> &'static str {
        "every-merge"
    }
    fn name(&self) -> &'static str {
        "every-merge"
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
