//! Uploaded files.

use crate::entity::{Upload, UploadState};
use crate::error::{Entity, StoreError};
use crate::id::{AttachmentId, UserId};
use crate::memory::state::State;
use crate::port::{AttachmentRepository, PruneCriteria, StoreResult};

impl AttachmentRepository for State {
    fn find(&mut self, id: AttachmentId) -> StoreResult<Option<Upload>> {
        Ok(self.uploads.get(&id).cloned())
    }

    fn lock(&mut self, ids: &[AttachmentId]) -> StoreResult<Vec<Upload>> {
        Ok(self.list_uploads(ids).cloned().collect())
    }

    fn list(&mut self, ids: &[AttachmentId]) -> StoreResult<Vec<AttachmentId>> {
        Ok(self.list_uploads(ids).map(|upload| upload.id).collect())
    }

    fn count_waiting(&mut self, uploaded_by: UserId) -> StoreResult<u64> {
        let waiting =
            |upload: &&Upload| upload.uploaded_by == uploaded_by && upload.state == UploadState::Waiting;
        Ok(u64::try_from(self.uploads.values().filter(waiting).count()).unwrap_or(u64::MAX))
    }

    fn insert(&mut self, upload: &Upload) -> StoreResult<()> {
        if self.uploads.contains(&upload.id) {
            return Err(StoreError::Conflict { entity: Entity::Attachment, field: "id" });
        }
        if !self.tickets.contains(&upload.ticket_id) {
            return Err(StoreError::Internal(format!("attachment {} has no ticket", upload.id)));
        }
        self.uploads.put(upload.id, upload.clone());
        Ok(())
    }

    fn save(&mut self, upload: &Upload) -> StoreResult<()> {
        let Some(stored) = self.uploads.get(&upload.id).cloned() else {
            return Err(StoreError::Internal(format!("attachment {} was never inserted", upload.id)));
        };
        self.uploads.put(upload.id, Upload { state: upload.state, ..stored });
        Ok(())
    }

    fn prune(&mut self, stale: PruneCriteria, limit: u32) -> StoreResult<Vec<AttachmentId>> {
        let (kind, before) = match stale {
            PruneCriteria::Waiting(before) => (UploadState::Waiting, before),
            PruneCriteria::Quarantined(before) => (UploadState::Quarantined, before),
        };
        let is_stale = |upload: &&Upload| upload.state == kind && upload.created_at < before;
        let mut found: Vec<_> =
            self.uploads.values().filter(is_stale).map(|upload| (upload.created_at, upload.id)).collect();
        found.sort_unstable();
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let mut gone: Vec<AttachmentId> = found.into_iter().map(|(_, id)| id).collect();
        gone.sort_unstable();
        for id in &gone {
            self.uploads.remove(id);
        }
        Ok(gone)
    }
}

impl State {
    /// Those with one of `ids`, by id.
    fn list_uploads(&self, ids: &[AttachmentId]) -> impl Iterator<Item = &Upload> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().filter_map(|id| self.uploads.get(&id))
    }
}
