//! The body of the response that became a WebSocket: what is sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

use super::frame::Frame;
use super::send_queue::Outgoing;
use super::shared::SharedConnection;

/// Sends what is queued. It ends only when the connection is finished: a server closes soon after a body's
/// end.
pub(super) struct Body(pub(super) Rc<SharedConnection>);

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        if self.0.is_finished() {
            return Poll::Ready(None);
        }
        let frame = match ready!(self.0.send_queue().poll_next(context)) {
            Outgoing::Frame(frame) => frame,
            Outgoing::Close(code, reason) => {
                self.0.hand_last_word();
                Frame::close(code, reason)
            }
        };
        Poll::Ready(Some(Ok(frame.bytes().clone())))
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.0.lose();
    }
}
