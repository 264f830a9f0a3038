//! What can go wrong with a file.

use support_domain::error::Error as DeskError;
use uuid::Uuid;

use crate::kind::Kind;

/// Why a file is not taken: its sender's to mend. The text is for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its name has more characters than any program gives one.
    #[error("the file's name must have at most {} characters", crate::limits::MAX_NAME)]
    NameTooLong,
    /// Nothing came.
    #[error("the file is empty")]
    Empty,
    /// More came than a file may have.
    #[error("a file must have at most {} bytes", crate::limits::MAX_BYTES)]
    TooLarge,
    /// Of a type that is not allowed, whatever its name or its sender says.
    #[error("the content is of none of the allowed types")]
    NotAllowed,
    /// Of an allowed type, but not as files of this type are.
    #[error("the content begins like {kind}, but {why}")]
    Malformed {
        /// The type.
        kind: Kind,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The scanner found it to be harmful.
    #[error("the scanner found the file to be harmful; it was put into quarantine")]
    Infected,
}

/// Why a file was not taken or not found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// As many files arrive as may arrive at once.
    #[error("too many files arrive at once")]
    Busy,
    /// The scanner does not answer, or not as it should: a file that was not scanned is not taken. The text
    /// is for the log.
    #[error("the scanner: {0}")]
    Scanner(String),
    /// The storage, or the disk that files arrive on, fails. The text is for the log.
    #[error("the storage of attachments: {0}")]
    Storage(String),
    /// What is kept of the file is not what was kept. The id is for the log.
    #[error("the attachment {0} is damaged in its storage")]
    Damaged(Uuid),
    /// There is no such file.
    #[error("there is no such file in the storage of attachments")]
    Missing,
}

impl Error {
    pub(crate) fn storage(error: impl std::fmt::Display) -> Self {
        Self::Storage(error.to_string())
    }

    /// A task that did not end by itself.
    pub(crate) fn task(error: &tokio::task::JoinError) -> Self {
        Self::Storage(format!("a task failed: {error}"))
    }
}

/// Why the service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The desk refuses it, or its store fails.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The file, the scanner or the storage is at fault.
    #[error(transparent)]
    File(#[from] Error),
}

/// Why the storage or the scanner cannot be used, in a line for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub(crate) String);
