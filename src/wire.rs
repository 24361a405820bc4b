//! What crosses from TypeScript to the core, gathered. What crosses back is [`PanelView`].

pub use crate::page::{Dialog, PageContext};
pub use crate::playground::PlaygroundCase;
pub use crate::preview::RepositorySettings;
pub use crate::view::PanelView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the user has chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Settings {
    /// By repository, `https://github.com/acme/widgets`.
    pub repositories: BTreeMap<String, RepositorySettings>,
}
