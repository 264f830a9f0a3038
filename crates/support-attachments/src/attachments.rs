//! The service around the storage: which files there are, who may have them, and the order of its steps.

use std::sync::Arc;

use support_domain::desk::Desk;
use support_domain::id::IdSource;
use support_domain::time::Clock;

use crate::attachment_store::AttachmentStore;

/// What the service is made of.
pub struct AttachmentsDeps {
    /// Who may upload and read, and the rows of files.
    pub desk: Arc<Desk>,
    /// The bytes of files.
    pub store: AttachmentStore,
    /// What time it is. It must not be a day away from the storage's own time.
    pub clock: Arc<dyn Clock>,
    /// Where the ids of files come from.
    pub ids: Arc<dyn IdSource>,
}

/// Files of tickets: takes them in, gives them out, and deletes those that nothing refers to.
///
/// What is known of a file is a row, kept by the desk; its bytes are in the storage, under the same id. No
/// transaction covers both, so the order of the steps keeps them together:
///
/// - an upload stores the bytes, then writes the row;
/// - a deletion deletes the row, then the bytes.
///
/// So every row has its bytes at any time, whenever the process ends. What can be left is bytes without a
/// row. Nobody is served them, and [`Attachments::collect`] deletes them when they are a day old: bytes that
/// are younger may be those of an upload whose row is about to be written.
pub struct Attachments {
    pub(crate) desk: Arc<Desk>,
    pub(crate) store: AttachmentStore,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

impl Attachments {
    /// Puts the service together.
    #[must_use]
    pub fn new(deps: AttachmentsDeps) -> Self {
        let AttachmentsDeps { desk, store, clock, ids } = deps;
        Self { desk, store, clock, ids }
    }
}
