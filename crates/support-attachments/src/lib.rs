//! Files from strangers: taken in bounded memory, checked by their content, scanned for malware if there is a
//! scanner, and kept in a directory or in S3-compatible storage. It knows nothing of tickets: a file is an id
//! and bytes.
//!
//! A file goes through [`AttachmentStore::receive`], [`UploadWriter::write`] and [`AttachmentStore::accept`].
//! What arrives is written to a file without a name, which is gone when it is closed, whatever ends the
//! process; so it can be read as often as the checks need, a few kilobytes at a time. What is kept is sealed
//! by a key of the file's own ([`FileKey`]), which whoever keeps the rest that is known of the file must keep
//! as well. Bytes go to storage and come from it in `storage.rs` alone, in chunks of 64 KiB.
//!
//! To allow another type: add it to `kind.rs` with its names, and its check to `check/`, which must look at
//! the whole file, from its first byte to the last.

mod attachment_store;
mod check;
mod chunks;
mod clamd;
mod error;
mod incoming;
mod kind;
mod limits;
mod name;
mod read_at;
mod seal;
mod storage;

pub use attachment_store::{Accepted, AttachmentStore, Listing, Settings};
pub use chunks::Chunks;
pub use clamd::{Clamd, Verdict};
pub use error::{Error, OpenError, Refused};
pub use incoming::UploadWriter;
pub use kind::Kind;
pub use limits::MAX_BYTES;
pub use name::{NameTooLong, clean};
pub use seal::FileKey;
pub use storage::{Folder, StorageLocation};
