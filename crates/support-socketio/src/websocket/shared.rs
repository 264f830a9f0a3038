//! What a connection's two halves, its reader and the body of its response, know of each other.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::send_queue::SendQueue;
use crate::tcp::SocketHandle;

/// The writing half as both see it. Both run on the connection's own worker.
#[derive(Debug)]
pub(super) struct SharedConnection {
    line: SocketHandle,
    send_queue: RefCell<SendQueue>,
    /// The last word was handed to the server, which may not have sent it yet.
    was_last_word_handed: Cell<bool>,
    /// The server dropped the body: the connection is gone.
    is_gone: Cell<bool>,
    /// The body is to end.
    is_finished: Cell<bool>,
    closer: RefCell<Option<Waker>>,
}

impl SharedConnection {
    pub(super) fn new(line: SocketHandle, send_queue: SendQueue) -> Rc<Self> {
        Rc::new(Self {
            line,
            send_queue: RefCell::new(send_queue),
            was_last_word_handed: Cell::new(false),
            is_gone: Cell::new(false),
            is_finished: Cell::new(false),
            closer: RefCell::new(None),
        })
    }

    pub(super) fn line(&self) -> &SocketHandle {
        &self.line
    }

    pub(super) fn send_queue(&self) -> SendQueue {
        self.send_queue.borrow().clone()
    }

    /// From now on the body sends what is in `send_queue`. What the old queue still holds is sent first; it
    /// is closed.
    pub(super) fn switch(&self, send_queue: SendQueue) {
        let old = self.send_queue.replace(send_queue);
        let (rest, _) = old.take();
        self.send_queue.borrow().put_back(rest);
        old.abandon();
    }

    pub(super) fn is_finished(&self) -> bool {
        self.is_finished.get()
    }

    /// Lets the body end.
    pub(super) fn finish(&self) {
        self.is_finished.set(true);
        self.send_queue.borrow().abandon();
    }

    pub(super) fn hand_last_word(&self) {
        self.was_last_word_handed.set(true);
        self.wake_closer();
    }

    pub(super) fn lose(&self) {
        self.is_gone.set(true);
        self.send_queue.borrow().abandon();
        self.wake_closer();
    }

    pub(super) fn is_gone(&self) -> bool {
        self.is_gone.get()
    }

    /// Waits until the last word was handed to the server, or the connection is gone.
    pub(super) async fn last_word(&self) {
        std::future::poll_fn(|context| {
            if self.was_last_word_handed.get() || self.is_gone.get() {
                return Poll::Ready(());
            }
            *self.closer.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn wake_closer(&self) {
        if let Some(closer) = self.closer.borrow_mut().take() {
            closer.wake();
        }
    }
}
