//! Where a byte stands in a text: most of what reading a message costs.

/// The place of the first such byte.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    memchr::memchr(byte, text)
}

/// The place of the first such byte. The crate's own search weighs more here than it gains.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    text.iter().position(|other| *other == byte)
}
