//! A file that arrives.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;

use crate::error::{Error, Refused};
use crate::limits::{CHUNK, MAX_BYTES};

/// A file that arrives piece by piece. It has no name on the disk, so it is gone when this is dropped.
pub(crate) struct UploadWriter {
    /// `None` while it is written to, and after that failed.
    spool: Option<Spool>,
    held: Vec<u8>,
    size: u64,
    permit: OwnedSemaphorePermit,
}

/// What has arrived.
struct Spool {
    file: File,
    hash: Sha256,
}

/// A file that has arrived.
pub(crate) struct Spooled {
    pub(crate) file: Arc<File>,
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
    _permit: OwnedSemaphorePermit,
}

impl UploadWriter {
    pub(crate) fn new(file: File, permit: OwnedSemaphorePermit) -> Self {
        let spool = Some(Spool { file, hash: Sha256::new() });
        Self { spool, held: Vec::with_capacity(CHUNK), size: 0, permit }
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`Refused::TooLarge`] as soon as more came than a file may have; [`Error::Storage`] when the disk
    /// fails.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.size += piece.len() as u64;
        if self.size > MAX_BYTES {
            return Err(Refused::TooLarge.into());
        }
        let mut rest = piece;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(CHUNK - self.held.len()));
            self.held.extend_from_slice(now);
            rest = later;
            if self.held.len() == CHUNK {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Ends it.
    pub(crate) async fn finish(mut self) -> Result<Spooled, Error> {
        self.flush().await?;
        let Some(spool) = self.spool.take() else { return Err(failed()) };
        if self.size == 0 {
            return Err(Refused::Empty.into());
        }
        let sha256 = spool.hash.finalize().into();
        Ok(Spooled { file: Arc::new(spool.file), size: self.size, sha256, _permit: self.permit })
    }

    /// Writes what is held to the disk.
    async fn flush(&mut self) -> Result<(), Error> {
        let (Some(mut spool), mut held) = (self.spool.take(), std::mem::take(&mut self.held)) else {
            return Err(failed());
        };
        let write = move || -> io::Result<(Spool, Vec<u8>)> {
            spool.file.write_all(&held)?;
            spool.hash.update(&held);
            held.clear();
            Ok((spool, held))
        };
        let written = spawn_blocking(write).await.map_err(|error| Error::task(&error))?;
        let (spool, held) = written.map_err(Error::storage)?;
        (self.spool, self.held) = (Some(spool), held);
        Ok(())
    }
}

fn failed() -> Error {
    Error::Storage("an earlier piece could not be written".to_owned())
}
