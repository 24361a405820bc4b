//! Knope.

use super::{Facts, Plan, Recognition, Tool};
use crate::files::Files;
use crate::history::Tag;

/// Knope.
#[derive(Clone, Copy, Debug)]
pub struct Knope;

impl Tool for Knope {
    fn id(&self) -> &'static str {
        "Knope"
    }
    fn name(&self) -> &'static str {
        "Knope"
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
/// How far a message moves a stable version; `None` where knope passes over it.
#[must_use]
pub fn bump_of(message: &str) -> Option<crate::bump::Bump> {
    use crate::bump::Bump;
    let commit = crate::reading::spec::read(message.trim()).ok()?;
    if commit.breaking() {
        Some(Bump::Major)
    } else if commit.is("feat") {
        Some(Bump::Minor)
    } else {
        commit.is("fix").then_some(Bump::Patch)
    }
}
