//! Changelog entries as blocks to paint.
