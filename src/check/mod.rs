//! The warnings, one file each.
