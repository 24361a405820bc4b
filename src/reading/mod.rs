//! The grammars: how a family of tools reads a message. One file each; nothing here knows a version or a file.

pub mod cocogitto;
pub mod header;
pub mod spec;
pub mod conventional_commits_parser;
pub mod javascript_text;
pub mod release_please;
pub mod changelogen;
pub mod python_semantic_release;
pub mod python_text;
pub mod letter_case;
pub mod commitlint;
