//! Files that arrive.

use std::collections::VecDeque;

use bytes::Bytes;
use support_attachments::{Error, FileSource, Refused, ServiceError};
use support_domain::error::Error as DeskError;
use support_testkit::files;

use crate::hooks::Hook;

/// Why a file was not taken.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It did not come whole.
    CutOff,
    Service(ServiceError),
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl Failure {
    /// What the desk says.
    pub(crate) fn desk(self) -> DeskError {
        match self {
            Self::Service(ServiceError::Desk(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    /// What the file, the scanner or the storage is at fault of.
    pub(crate) fn file(self) -> Error {
        match self {
            Self::Service(ServiceError::File(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    /// Why the file is refused.
    pub(crate) fn refused(self) -> Refused {
        match self.file() {
            Error::Refused(refused) => refused,
            other => panic!("{other:?}"),
        }
    }
}

/// A file that comes in pieces.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) pieces: VecDeque<Bytes>,
    /// Runs when the last piece was given.
    pub(crate) at_end: Option<Hook>,
    /// Whether the transport fails behind the last piece.
    pub(crate) is_cut_off: bool,
    /// Whether anything of it was asked for.
    pub(crate) is_touched: bool,
}

impl File {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let pieces = bytes.chunks(1_000).map(Bytes::copy_from_slice).collect();
        Self { name: name.to_owned(), pieces, at_end: None, is_cut_off: false, is_touched: false }
    }

    /// A small image.
    pub(crate) fn png() -> Self {
        Self::new("a.png", &files::png(b"a comment"))
    }
}

impl FileSource for File {
    type Error = Failure;

    async fn name(&mut self) -> Result<String, Failure> {
        self.is_touched = true;
        Ok(self.name.clone())
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        if let Some(piece) = self.pieces.pop_front() {
            return Ok(Some(piece));
        }
        if let Some(hook) = self.at_end.take() {
            hook.await.unwrap();
        }
        if self.is_cut_off { Err(Failure::CutOff) } else { Ok(None) }
    }
}
