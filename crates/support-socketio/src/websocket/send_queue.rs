//! The bounded queue towards a client.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::code;
use super::frame::Frame;
use super::waker_set::WakerSet;

/// How many frames an empty queue keeps room for.
const ROOM: usize = 16;

/// The connection is closed, or about to be: nothing more is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is closed")]
pub struct Closed;

/// What may wait for a client.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// The most frames.
    pub frames: usize,
    /// The most bytes. No frame counts as more than half of that, so that a long one finds room in a queue
    /// that is nearly empty, and leaves room for what follows.
    pub bytes: usize,
}

impl QueueLimits {
    fn weight(self, frame: &Frame) -> usize {
        frame.bytes().len().min(self.bytes / 2)
    }
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { frames: 4_096, bytes: 1024 * 1024 }
    }
}

/// The queue towards a client. Clones are the same queue; any thread may push.
#[derive(Clone, Debug)]
pub struct SendQueue(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: QueueLimits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Frame>,
    /// What the frames weigh.
    bytes: usize,
    /// The code and the reason, once the connection is to be closed.
    closing: Option<(u16, &'static str)>,
    /// Whether the last word was handed over.
    said: bool,
    writers: WakerSet,
    watchers: WakerSet,
    patient: WakerSet,
}

/// What comes next on the way to the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Frame(Frame),
    /// The last word. It comes once.
    Close(u16, &'static str),
}

impl SendQueue {
    /// An empty queue.
    pub(crate) fn new(limits: QueueLimits) -> Self {
        Self(Arc::new(Shared { limits, state: Mutex::default() }))
    }

    /// Queues a frame. If there is no room the client is too slow: what is queued is dropped, and the
    /// connection is closed with 1013.
    ///
    /// # Errors
    /// [`Closed`] when the connection is closed, be it by this very frame.
    pub fn push(&self, frame: Frame) -> Result<(), Closed> {
        self.push_all(&[frame])
    }

    /// Queues frames that belong together: none of another caller comes between, and either all of them are
    /// queued or none.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub(crate) fn push_all(&self, frames: &[Frame]) -> Result<(), Closed> {
        let limits = self.0.limits;
        self.change(|state| {
            if state.closing.is_some() {
                return Err(Closed);
            }
            let bytes: usize = frames.iter().map(|frame| limits.weight(frame)).sum();
            let has_room =
                state.frames.len() + frames.len() <= limits.frames && state.bytes + bytes <= limits.bytes;
            if !has_room && !state.frames.is_empty() {
                state.empty();
                state.close(code::TRY_AGAIN, "too slow");
                return Err(Closed);
            }
            state.bytes += bytes;
            state.frames.extend(frames.iter().cloned());
            state.writers.call();
            Ok(())
        })
    }

    /// Queues a frame that may get lost: it is dropped without a word when the queue is more than half full
    /// or closed.
    pub fn push_droppable(&self, frame: Frame) {
        let limits = self.0.limits;
        self.change(|state| {
            let is_busy = state.frames.len() > limits.frames / 2 || state.bytes > limits.bytes / 2;
            let fits = state.bytes + limits.weight(&frame) <= limits.bytes;
            if state.closing.is_none() && !is_busy && fits {
                state.bytes += limits.weight(&frame);
                state.frames.push_back(frame);
                state.writers.call();
            }
        });
    }

    /// Closes the connection once what is queued has been sent, with this code and reason (RFC 6455, section
    /// 7.4). Nothing can be pushed any more. Whoever closes first decides the code.
    pub fn close(&self, code: u16, reason: &'static str) {
        self.change(|state| state.close(code, reason));
    }

    /// Whether the connection is closed, or about to be.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.lock().closing.is_some()
    }

    /// Waits until nothing is queued, or the connection is closed: for who has much to say, and would rather
    /// wait than be too much for the client.
    pub async fn drained(&self) {
        std::future::poll_fn(|context| {
            let mut state = self.lock();
            if state.frames.is_empty() || state.closing.is_some() {
                return Poll::Ready(());
            }
            state.patient.add(context.waker());
            Poll::Pending
        })
        .await;
    }

    /// The connection is gone: what is queued goes nowhere.
    pub(crate) fn abandon(&self) {
        self.change(|state| {
            state.empty();
            state.close(code::ABNORMAL, "");
            state.said = true;
            state.writers.call();
        });
    }

    /// What is to be sent next. Returns nothing more after the last word.
    pub(crate) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Outgoing> {
        let limits = self.0.limits;
        self.change(|state| {
            if let Some(frame) = state.frames.pop_front() {
                state.bytes -= limits.weight(&frame);
                if state.frames.is_empty() {
                    state.patient.call();
                    state.frames.shrink_to(ROOM);
                }
                return Poll::Ready(Outgoing::Frame(frame));
            }
            match state.closing {
                Some((code, reason)) if !state.said => {
                    state.said = true;
                    Poll::Ready(Outgoing::Close(code, reason))
                }
                _ => {
                    state.writers.add(context.waker());
                    Poll::Pending
                }
            }
        })
    }

    /// All that is queued, and whether the connection is to be closed after it.
    pub(crate) fn take(&self) -> (VecDeque<Frame>, bool) {
        self.change(|state| (state.empty(), state.closing.is_some()))
    }

    /// Puts frames before those that are queued. They were taken from a queue, so they have had their room.
    pub(crate) fn put_back(&self, frames: VecDeque<Frame>) {
        let limits = self.0.limits;
        self.change(|state| {
            for frame in frames.into_iter().rev() {
                state.bytes += limits.weight(&frame);
                state.frames.push_front(frame);
            }
            state.writers.call();
        });
    }

    /// Wakes the calling task when there is something to send or to decide.
    pub(crate) fn register_writer(&self, context: &Context<'_>) {
        self.lock().writers.add(context.waker());
    }

    /// Wakes the calling task when the connection is closed, or on [`Self::nudge`].
    pub(crate) fn register_watcher(&self, context: &Context<'_>) {
        self.lock().watchers.add(context.waker());
    }

    /// Whether the connection is closed; wakes the calling task when it is.
    pub(crate) fn poll_closed(&self, context: &Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.closing.is_some() {
            return Poll::Ready(());
        }
        state.watchers.add(context.waker());
        Poll::Pending
    }

    /// Wakes everyone to look again at what is not in the queue.
    pub(crate) fn nudge(&self) {
        self.change(|state| {
            state.writers.call();
            state.watchers.call();
        });
    }

    /// Changes the state, and then wakes those whom that concerns, who may want the lock themselves.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let changed = change(&mut state);
        let (writers, watchers) = (state.writers.called(), state.watchers.called());
        let patient = state.patient.called();
        drop(state);
        writers.into_iter().chain(watchers).chain(patient).for_each(Waker::wake);
        changed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn close(&mut self, code: u16, reason: &'static str) {
        if self.closing.is_none() {
            self.closing = Some((code, reason));
            self.writers.call();
            self.watchers.call();
            self.patient.call();
        }
    }

    fn empty(&mut self) -> VecDeque<Frame> {
        self.bytes = 0;
        self.patient.call();
        std::mem::take(&mut self.frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(send_queue: &SendQueue) -> Option<Outgoing> {
        match send_queue.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outgoing) => Some(outgoing),
            Poll::Pending => None,
        }
    }

    fn of(frames: usize, bytes: usize) -> SendQueue {
        SendQueue::new(QueueLimits { frames, bytes })
    }

    #[test]
    fn what_is_queued_comes_out_in_order_and_then_the_last_word_once() {
        let send_queue = of(4, 100);
        assert_eq!(next(&send_queue), None);
        send_queue.push(Frame::text("a")).unwrap();
        send_queue.push(Frame::text("b")).unwrap();
        send_queue.close(1_001, "away");
        send_queue.close(1_002, "later");
        assert_eq!(send_queue.push(Frame::text("c")), Err(Closed));
        assert_eq!(next(&send_queue), Some(Outgoing::Frame(Frame::text("a"))));
        assert_eq!(next(&send_queue), Some(Outgoing::Frame(Frame::text("b"))));
        assert_eq!(next(&send_queue), Some(Outgoing::Close(1_001, "away")));
        assert_eq!(next(&send_queue), None);
    }

    #[test]
    fn one_frame_too_many_empties_the_queue_and_closes() {
        let send_queue = of(2, 100);
        send_queue.push(Frame::text("a")).unwrap();
        send_queue.push(Frame::text("b")).unwrap();
        assert_eq!(send_queue.push(Frame::text("c")), Err(Closed));
        assert_eq!(next(&send_queue), Some(Outgoing::Close(1_013, "too slow")));
    }

    #[test]
    fn bytes_are_counted_and_given_back() {
        let send_queue = of(100, 20);
        for _ in 0..10 {
            send_queue.push(Frame::text("12345678")).unwrap();
            send_queue.push(Frame::text("12345678")).unwrap();
            assert!(next(&send_queue).is_some() && next(&send_queue).is_some());
        }
        send_queue.push(Frame::text("12345678")).unwrap();
        send_queue.push(Frame::text("12345678")).unwrap();
        assert_eq!(send_queue.push(Frame::text("")), Err(Closed));
    }

    #[test]
    fn a_frame_beyond_all_limits_counts_as_half_a_queue() {
        let send_queue = of(9, 10);
        let long = || Frame::text("longer than ten bytes");
        send_queue.push(Frame::text("")).unwrap();
        send_queue.push(long()).unwrap();
        send_queue.push(Frame::text("")).unwrap();
        assert_eq!(send_queue.push(long()), Err(Closed));
        let send_queue = of(9, 10);
        send_queue.push(long()).unwrap();
        send_queue.push(long()).unwrap();
        assert_eq!(send_queue.push(Frame::text("")), Err(Closed));
    }

    #[actix_web::test]
    async fn who_has_much_to_say_can_wait_until_nothing_is_queued() {
        let send_queue = of(9, 100);
        send_queue.drained().await;
        send_queue.push(Frame::text("a")).unwrap();
        send_queue.push(Frame::text("b")).unwrap();
        let mut drained = Box::pin(send_queue.drained());
        let mut is_drained = || drained.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        assert!(!is_drained() && next(&send_queue).is_some() && !is_drained());
        let mut woken = Box::pin(send_queue.drained());
        let ((), frame) = tokio::join!(&mut woken, async { next(&send_queue) });
        assert!(frame.is_some() && is_drained());
        send_queue.push(Frame::text("c")).unwrap();
        tokio::join!(send_queue.drained(), async { send_queue.close(1_000, "") });
    }

    #[test]
    fn what_may_get_lost_does_so_beyond_half() {
        let send_queue = of(4, 1_000);
        for _ in 0..10 {
            send_queue.push_droppable(Frame::text("typing"));
        }
        assert!(!send_queue.is_closed());
        assert_eq!(send_queue.take().0.len(), 3);
        send_queue.close(1_000, "");
        send_queue.push_droppable(Frame::text("typing"));
        assert_eq!(send_queue.take().0.len(), 0);
    }

    #[test]
    fn a_group_is_queued_whole_or_not_at_all() {
        let send_queue = of(3, 1_000);
        send_queue.push(Frame::text("a")).unwrap();
        let group = [Frame::text("b"), Frame::binary(b"c"), Frame::binary(b"d")];
        assert_eq!(send_queue.push_all(&group), Err(Closed));
        assert_eq!(send_queue.take().0.len(), 0);
        let send_queue = of(3, 1_000);
        send_queue.push_all(&group).unwrap();
        assert_eq!(send_queue.take().0.len(), 3);
    }

    #[test]
    fn what_is_put_back_comes_first() {
        let send_queue = of(3, 1_000);
        send_queue.push(Frame::text("a")).unwrap();
        let (taken, _) = send_queue.take();
        send_queue.push(Frame::text("b")).unwrap();
        send_queue.put_back(taken);
        assert_eq!(next(&send_queue), Some(Outgoing::Frame(Frame::text("a"))));
    }
}
