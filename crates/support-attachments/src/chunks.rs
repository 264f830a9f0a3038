//! Bytes on their way to storage and back, a fixed number at a time.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_core::stream::BoxStream;
use tokio::task::spawn_blocking;

use crate::error::Error;
use crate::limits::CHUNK;
use crate::read_at::fill_at;
use crate::seal::{Sealing, TAG};

/// The bytes of one file, from the first to the last, in chunks of 64 KiB.
pub struct Chunks {
    source: Source,
    turn: Transform,
    /// One that was read before it was asked for.
    ahead: Option<Bytes>,
}

/// What is done to chunks on their way.
enum Transform {
    Nothing,
    Seal(Sealing),
    Open(Sealing),
}

enum Source {
    /// A file on this machine, from an offset on.
    File { file: Arc<File>, offset: u64 },
    /// An object that comes in pieces of any size.
    Stream { stream: BoxStream<'static, object_store::Result<Bytes>>, held: BytesMut },
    /// Nothing more.
    Ended,
}

impl Chunks {
    /// Those of a file.
    pub(crate) const fn of_file(file: Arc<File>) -> Self {
        Self { source: Source::File { file, offset: 0 }, turn: Transform::Nothing, ahead: None }
    }

    /// Those of an object, opened.
    pub(crate) fn of_stream(
        stream: BoxStream<'static, object_store::Result<Bytes>>,
        opening: Sealing,
    ) -> Self {
        Self {
            source: Source::Stream { stream, held: BytesMut::new() },
            turn: Transform::Open(opening),
            ahead: None,
        }
    }

    /// These, sealed.
    pub(crate) fn sealed(self, sealing: Sealing) -> Self {
        Self { turn: Transform::Seal(sealing), ..self }
    }

    /// These, with the first one read: so that a file which cannot be read at all shows before its answer
    /// begins.
    pub(crate) async fn begun(mut self) -> Result<Self, Error> {
        self.ahead = self.next().await?;
        Ok(self)
    }

    /// They as a stream, which ends behind the first failure.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        Streamed { next: Some(Box::pin(step(self))) }
    }

    /// The next one; `None` behind the last.
    ///
    /// # Errors
    /// [`Error::Storage`] when they cannot be read, [`Error::Damaged`] when they are not what was kept.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if self.ahead.is_some() {
            return Ok(self.ahead.take());
        }
        let chunk = self.read().await?;
        match (&mut self.turn, chunk) {
            (Transform::Nothing, chunk) => Ok(chunk),
            (Transform::Seal(sealing), Some(chunk)) => sealing.seal(&chunk).map(Some),
            (Transform::Open(opening), Some(chunk)) => opening.open(&chunk).map(Some),
            (Transform::Seal(turn) | Transform::Open(turn), None) => turn.finish().map(|()| None),
        }
    }

    /// The next chunk as it is where it comes from.
    async fn read(&mut self) -> Result<Option<Bytes>, Error> {
        let whole = if matches!(self.turn, Transform::Open(_)) { CHUNK + TAG } else { CHUNK };
        let chunk = match &mut self.source {
            Source::File { file, offset } => {
                let chunk = read_chunk(Arc::clone(file), *offset).await?;
                *offset += chunk.len() as u64;
                chunk
            }
            Source::Stream { stream, held } => {
                while held.len() < whole
                    && let Some(piece) =
                        std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
                {
                    held.extend_from_slice(&piece.map_err(Error::storage)?);
                }
                held.split_to(held.len().min(whole)).freeze()
            }
            Source::Ended => Bytes::new(),
        };
        if chunk.len() < whole {
            self.source = Source::Ended;
        }
        Ok(Some(chunk).filter(|chunk| !chunk.is_empty()))
    }
}

type Step = Pin<Box<dyn Future<Output = (Result<Option<Bytes>, Error>, Chunks)> + Send>>;

/// Chunks that are asked for by polling.
struct Streamed {
    /// `None` behind the end.
    next: Option<Step>,
}

async fn step(mut chunks: Chunks) -> (Result<Option<Bytes>, Error>, Chunks) {
    (chunks.next().await, chunks)
}

impl Stream for Streamed {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = &mut self.next else { return Poll::Ready(None) };
        let (chunk, chunks) = ready!(next.as_mut().poll(context));
        self.next = matches!(chunk, Ok(Some(_))).then(|| Box::pin(step(chunks)) as Step);
        Poll::Ready(chunk.transpose())
    }
}

async fn read_chunk(file: Arc<File>, offset: u64) -> Result<Bytes, Error> {
    let read = move || -> io::Result<Bytes> {
        let mut buffer = vec![0; CHUNK];
        let length = fill_at(&file, &mut buffer, offset)?;
        buffer.truncate(length);
        Ok(buffer.into())
    };
    spawn_blocking(read).await.map_err(|error| Error::task(&error))?.map_err(Error::storage)
}
