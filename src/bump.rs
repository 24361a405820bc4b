//! How far a version moves.

use serde::{Deserialize, Serialize};

/// How far a version moves: the domain's order, `None < Patch < Minor < Major`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum Bump {
    /// No release comes of it.
    #[default]
    None,
    /// `1.2.3` → `1.2.4`.
    Patch,
    /// `1.2.3` → `1.3.0`.
    Minor,
    /// `1.2.3` → `2.0.0`.
    Major,
}

impl Bump {
    /// The bump of that [`Self::name`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::None, Self::Patch, Self::Minor, Self::Major].into_iter().find(|bump| bump.name() == name)
    }

    /// The bump's name in lower case, as every tool spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}
