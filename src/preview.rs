//! The only place that orders the work.
