//! Sizes of files and of the parts they are handled in.

/// The most bytes of a file.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// How many bytes are held at a time: every chunk of a file has as many, but for the last.
pub(crate) const CHUNK: usize = 64 * 1024;
