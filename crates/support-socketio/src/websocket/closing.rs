//! The closing handshake (RFC 6455, section 7), and what happens when the client does not take part.

use std::rc::Rc;
use std::time::Duration;

use actix_web::rt::time;
use tokio::task::yield_now;

use super::intake::{Ending, FrameSource};
use super::shared::SharedConnection;

/// How often a full socket is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Brings a connection to its end: orderly if the client does its part within `grace`, by force if not.
pub(super) async fn close_down(wire: Rc<SharedConnection>, mut source: FrameSource, grace: Duration) {
    match time::timeout(grace, orderly(&wire, &mut source)).await {
        Ok(()) => wire.line().shut_down(),
        Err(_) => wire.line().cut(),
    }
    wire.finish();
}

async fn orderly(wire: &SharedConnection, source: &mut FrameSource) {
    wire.last_word().await;
    while !wire.is_gone() {
        match source.ending() {
            // The client's close frame may be the answer, so the last word need not have been sent when it
            // came.
            Ending::Open => source.skip().await,
            Ending::Closed => return sent(wire).await,
            Ending::Broken => {
                sent(wire).await;
                // Closing a socket with unread bytes in it would destroy the last word on its way.
                wire.line().shut_down_sending();
                source.discard().await;
            }
            Ending::Gone => return,
        }
    }
}

/// Waits until the server has passed the last word on to the system. It tries as soon as it is handed
/// something, and keeps what a full socket does not take until the socket has room again: of the two who may
/// notice that first, it gets its turn before this returns.
async fn sent(wire: &SharedConnection) {
    loop {
        yield_now().await;
        if wire.is_gone() || wire.line().is_writable() {
            break yield_now().await;
        }
        time::sleep(LOOK_AGAIN).await;
    }
}
