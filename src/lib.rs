//! squashcast: what merging a pull request will really do to the next release.
//!
//! The preview is the release tool's verdict on the forge's commit, never ours. Two halves therefore stand side by
//! side: what will the forge commit ([`forge`], [`squash`]) and what will the tool make of it ([`reading`], [`tool`]).
//! The core does no I/O and keeps no clock: [`preview`] says which answers it wants, somebody else fetches them.
//!
//! Imports go down only, in the order of this list from the bottom to the top; `tests/tidy.rs` holds that.

pub mod message;
pub mod text;
// The plain values.
pub mod bump;
pub mod changelog;
pub mod collation;
pub mod files;
pub mod history;
pub mod javascript;
pub mod letters;
pub mod page;
pub mod pull_request;
pub mod version;
// The rooms.
pub mod squash;

pub mod reading;

pub mod tool;

pub mod forge;

pub mod check;

pub mod preview;

pub mod view;

pub mod playground;

pub mod wire;

#[cfg(target_arch = "wasm32")]
mod web;
