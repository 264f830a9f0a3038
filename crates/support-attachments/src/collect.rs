//! Deleting what nothing refers to.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::TimeDelta;
use support_domain::id::AttachmentId;

use crate::attachments::Attachments;
use crate::error::ServiceError;
use crate::storage::Folder;

/// The age at which bytes without a row are deleted. An upload writes its row within seconds of its bytes.
const AGE: TimeDelta = TimeDelta::hours(24);
/// How many files are looked at together.
const BATCH: u32 = 500;

/// How much was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Files with their rows: those that were not sent in time, and those whose quarantine is over.
    pub expired: usize,
    /// Bytes without a row.
    pub orphans: usize,
    /// Temporary files of writes that never ended.
    pub temporary: usize,
}

impl Attachments {
    /// Deletes files that were not sent within a day, those that were in quarantine for a month, and what is
    /// a day old and belongs to no row: bytes, and temporary files of writes that never ended. To be called
    /// again and again; several processes may do so at once.
    ///
    /// # Errors
    /// Those of the desk and of the storage. What was not deleted is deleted by a later call: bytes whose row
    /// is gone are bytes without a row.
    pub async fn collect(&self) -> Result<Collected, ServiceError> {
        let expired = self.prune().await?;
        let moment = self.clock.now().plus(-AGE).as_micros();
        let moment = UNIX_EPOCH + Duration::from_micros(u64::try_from(moment).unwrap_or_default());
        let mut orphans = 0;
        for folder in Folder::ALL {
            orphans += self.remove_orphans(*folder, moment).await?;
        }
        let temporary = self.store.remove_temporary(moment).await?;
        Ok(Collected { expired, orphans, temporary })
    }

    /// Deletes rows whose time is over, then their bytes.
    async fn prune(&self) -> Result<usize, ServiceError> {
        let mut count = 0;
        loop {
            let pruned = self.desk.prune_attachments(BATCH).await?;
            for (folder, ids) in
                [(Folder::Objects, &pruned.unsent), (Folder::Quarantine, &pruned.quarantined)]
            {
                for id in ids {
                    self.store.remove(folder, id.uuid()).await?;
                }
            }
            match pruned.unsent.len() + pruned.quarantined.len() {
                0 => return Ok(count),
                some => count += some,
            }
        }
    }

    /// Deletes bytes that are stored since before `moment` and have no row.
    async fn remove_orphans(&self, folder: Folder, moment: SystemTime) -> Result<usize, ServiceError> {
        let mut listing = self.store.list(folder, moment);
        let mut count = 0;
        loop {
            let ids = listing.next(BATCH as usize).await?;
            if ids.is_empty() {
                return Ok(count);
            }
            let asked = ids.iter().map(|id| AttachmentId::new(*id)).collect();
            let known = self.desk.known_attachments(asked).await?;
            for id in ids {
                if known.binary_search(&AttachmentId::new(id)).is_err() {
                    self.store.remove(folder, id).await?;
                    count += 1;
                }
            }
        }
    }
}
