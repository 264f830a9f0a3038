//! Files of tickets, from their arrival to their end: [`Attachments::upload`], [`Attachments::download`] and
//! [`Attachments::collect`]. Of the desk it knows only [`support_domain`]; whatever brings a file is a
//! [`FileSource`].
//!
//! Files come from strangers: they are taken in bounded memory, checked by their content, scanned for malware
//! if there is a scanner, and kept in a directory or in S3-compatible storage. What arrives is written to a
//! file without a name, which is gone when it is closed, whatever ends the process; so it can be read as
//! often as the checks need, a few kilobytes at a time. What is kept is sealed by a key of the file's own,
//! which its row holds. Bytes go to storage and come from it in `storage.rs` alone, in chunks of 64 KiB.
//!
//! To allow another type: add it to `kind.rs` with its names, and its check to `check/`, which must look at
//! the whole file, from its first byte to the last.

mod attachment_store;
mod attachments;
mod check;
mod chunks;
mod clamd;
mod collect;
mod download;
mod error;
mod incoming;
mod kind;
mod limits;
mod name;
mod read_at;
mod seal;
mod storage;
mod upload;

pub use attachment_store::{AttachmentStore, Settings};
pub use attachments::{Attachments, AttachmentsDeps};
pub use chunks::Chunks;
pub use clamd::Clamd;
pub use collect::Collected;
pub use download::Download;
pub use error::{Error, OpenError, Refused, ServiceError};
pub use kind::Kind;
pub use limits::MAX_BYTES;
pub use storage::StorageLocation;
pub use upload::FileSource;
