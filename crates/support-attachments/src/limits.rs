//! Sizes of files and of the parts they are handled in.

/// The most bytes of a file.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// The most characters of a name as it was sent; longer ones are refused, for no program makes them.
pub(crate) const MAX_NAME: usize = 255;
/// How many bytes are held at a time: every chunk of a file has as many, but for the last.
pub(crate) const CHUNK: usize = 64 * 1024;
