//! wasm32 only: what JavaScript calls, and the I/O that the core asks for. No decisions.
