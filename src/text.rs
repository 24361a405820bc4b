//! What is to be said to a person, without saying it: a message id and its arguments.
//!
//! The sentences stand in `extension/_locales/*/messages.json`; the core only names them. `tests/tidy.rs` checks that
//! every id written here as a literal stands there, with as many places as arguments.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A message id of `_locales` and what fills its places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Text {
    /// The key in `messages.json`: lower case, underscores, beginning with the room that speaks (`squash_…`, `tool_…`).
    /// Every one is written in the core; only what was remembered brings its own copy.
    pub id: Cow<'static, str>,
    /// Fills `$1`, `$2`, … in order. Plain text, shown as text only.
    pub args: Vec<String>,
}

impl Text {
    /// A message with its arguments, in the order of its places.
    pub fn new<const N: usize>(id: &'static str, args: [&str; N]) -> Self {
        Self { id: Cow::Borrowed(id), args: args.map(str::to_owned).into() }
    }
}
