//! cocogitto.

use super::{Facts, Plan, Recognition, Tool};
use crate::files::Files;
use crate::history::Tag;

/// cocogitto.
#[derive(Clone, Copy, Debug)]
pub struct Cocogitto;

impl Tool for Cocogitto {
    fn id(&self) -> &'static str {
        "cocogitto"
    }
    fn name(&self) -> &'static str {
        "cocogitto"
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
