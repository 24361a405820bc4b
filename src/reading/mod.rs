//! The grammars: how a family of tools reads a message. One file each; nothing here knows a version or a file.

pub mod bytes;
pub mod changelogen;
pub mod cocogitto;
pub mod commitlint;
pub mod conventional_commits_parser;
pub mod header;
pub mod javascript_text;
pub mod letter_case;
#[cfg(feature = "more")]
pub mod librarian;
#[cfg(feature = "more")]
pub mod needle;
pub mod pattern;
pub mod python_semantic_release;
pub mod python_text;
pub mod release_please;
pub mod spec;
