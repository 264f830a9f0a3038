//! Uploaded files, without their bytes.

use crate::entity::Upload;
use crate::id::{AttachmentId, UserId};
use crate::port::StoreResult;
use crate::time::Timestamp;

/// Keeps what is known of uploaded files.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait AttachmentRepository {
    /// The file with this id.
    fn find(&mut self, id: AttachmentId) -> StoreResult<Option<Upload>>;

    /// The files with these ids that exist, kept from others until the transaction ends, locked in the order
    /// of their ids.
    fn lock(&mut self, ids: &[AttachmentId]) -> StoreResult<Vec<Upload>>;

    /// Which of `ids` exist, in ascending order.
    fn list(&mut self, ids: &[AttachmentId]) -> StoreResult<Vec<AttachmentId>>;

    /// How many files of this user wait to be sent.
    fn count_waiting(&mut self, uploaded_by: UserId) -> StoreResult<u64>;

    /// Adds a file to a ticket that exists.
    fn insert(&mut self, upload: &Upload) -> StoreResult<()>;

    /// Stores the state of a file that was locked before; a message that is named there exists.
    fn save(&mut self, upload: &Upload) -> StoreResult<()>;

    /// Deletes at most `limit` files, the oldest first, that are `stale`, and returns their ids in ascending
    /// order.
    fn prune(&mut self, stale: PruneCriteria, limit: u32) -> StoreResult<Vec<AttachmentId>>;
}

/// Files that nobody will ask for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PruneCriteria {
    /// Those that wait to be sent since before this moment.
    Waiting(Timestamp),
    /// Those in quarantine since before this moment.
    Quarantined(Timestamp),
}
