//! The bytes of a client on their way to the reader.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::web::{Bytes, Payload};
use futures_core::Stream;

use super::reader::{Item, Reader, Violation};

/// Whether more can come from the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It can.
    Open,
    /// The client sent its close frame.
    Closed,
    /// The client broke the protocol, so what comes cannot be understood.
    Broken,
    /// The connection is gone.
    Gone,
}

/// What was read, or why nothing more is.
#[derive(Debug)]
pub(super) enum ReadEvent {
    Item(Item),
    /// A piece arrived, which may be part of something.
    Sign,
    Violation(Violation),
    Gone,
}

pub(super) struct FrameSource {
    payload: Payload,
    chunk: Bytes,
    reader: Reader,
    ending: Ending,
}

impl FrameSource {
    pub(super) fn new(payload: Payload, max_message: usize) -> Self {
        Self { payload, chunk: Bytes::new(), reader: Reader::new(max_message), ending: Ending::Open }
    }

    pub(super) fn ending(&self) -> Ending {
        self.ending
    }

    /// The next thing that the client sent.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<ReadEvent> {
        if self.ending != Ending::Open {
            return Poll::Ready(ReadEvent::Gone);
        }
        match self.reader.read(&mut self.chunk) {
            Ok(Some(item)) => {
                if matches!(item, Item::Close(_)) {
                    self.ending = Ending::Closed;
                }
                return Poll::Ready(ReadEvent::Item(item));
            }
            Ok(None) => {}
            Err(violation) => {
                self.ending = Ending::Broken;
                return Poll::Ready(ReadEvent::Violation(violation));
            }
        }
        match ready!(self.poll_chunk(context)) {
            Some(chunk) => {
                self.chunk = chunk;
                Poll::Ready(ReadEvent::Sign)
            }
            None => Poll::Ready(ReadEvent::Gone),
        }
    }

    /// Reads on for nothing but the client's close frame, the end, or what cannot be understood.
    pub(super) async fn skip(&mut self) {
        while self.ending == Ending::Open {
            std::future::poll_fn(|context| self.poll_next(context)).await;
        }
    }

    /// Throws away all that comes, until the client ends.
    pub(super) async fn discard(&mut self) {
        self.chunk = Bytes::new();
        while std::future::poll_fn(|context| self.poll_chunk(context)).await.is_some() {}
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let chunk = ready!(Pin::new(&mut self.payload).poll_next(context)).and_then(Result::ok);
        if chunk.is_none() {
            self.ending = Ending::Gone;
        }
        Poll::Ready(chunk)
    }
}
