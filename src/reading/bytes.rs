//! Where a byte stands in a text: most of what reading a message costs.

/// The place of the first such byte.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    memchr::memchr(byte, text)
}

/// The place of the first byte that is one of the two.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn find_either(one: u8, other: u8, text: &[u8]) -> Option<usize> {
    memchr::memchr2(one, other, text)
}

/// The place of the first byte that is one of the two.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn find_either(one: u8, other: u8, text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| *byte == one || *byte == other)
}

/// The place of the first such byte. The crate's own search weighs more here than it gains.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    text.iter().position(|other| *other == byte)
}
