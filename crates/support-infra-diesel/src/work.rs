//! Queues of transactions, and the threads that run them.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use support_domain::error::StoreError;
use tokio::sync::oneshot;
use tracing::Span;

use crate::error::Fault;
use crate::job::{AllRepositories, Job, Undone};

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// How a transaction ended.
pub(crate) struct Outcome {
    /// Unless this is `Ok`, it must be undone.
    pub(crate) result: Result<(), Undone>,
    /// The worst thing that a statement met.
    pub(crate) fault: Option<Fault>,
    /// Whether it replaced a data key that others may remember.
    pub(crate) replaced_key: bool,
}

/// A transaction that waits for its turn, and whoever waits for it.
pub(crate) struct Task {
    pub(crate) access: Access,
    job: Job,
    answer: oneshot::Sender<Result<(), Undone>>,
    /// The span of the caller, in which its statements are traced.
    span: Span,
}

impl Task {
    /// Whether nobody waits for it any more. It need not begin then.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    /// Ends the wait.
    pub(crate) fn answer(self, result: Result<(), Undone>) {
        // Whoever asked may have gone; the outcome stands all the same.
        let _gone = self.answer.send(result);
    }

    /// Does `work` with the job, in the caller's span. A panic becomes an error, so that it harms no other
    /// transaction.
    pub(crate) fn attempt(&mut self, work: impl FnOnce(&mut Job) -> Outcome) -> Outcome {
        let span = self.span.clone();
        let job = &mut self.job;
        let outcome = catch_unwind(AssertUnwindSafe(|| span.in_scope(|| work(job))));
        outcome.unwrap_or_else(|_| Outcome {
            result: Err(StoreError::Internal("a job panicked".to_owned()).into()),
            fault: None,
            replaced_key: false,
        })
    }
}

/// A bounded queue and the threads that empty it. Dropping it runs what waits in it and ends them.
pub(crate) struct Queue {
    /// `None` once closed.
    sender: RwLock<Option<Sender<Task>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Queue {
    /// Starts a thread for each of `workers`, which take tasks from a queue of `depth` until it is closed and
    /// empty.
    ///
    /// # Errors
    /// When the operating system refuses a thread.
    pub(crate) fn start<W>(name: &str, depth: usize, workers: impl IntoIterator<Item = W>) -> io::Result<Self>
    where
        W: FnOnce(Receiver<Task>) + Send + 'static,
    {
        let (sender, receiver) = bounded(depth.max(1));
        let start = |(n, worker): (usize, W)| {
            let receiver = receiver.clone();
            thread::Builder::new().name(format!("{name}-{n}")).spawn(move || worker(receiver))
        };
        let threads = workers.into_iter().enumerate().map(start).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { sender: RwLock::new(Some(sender)), threads: Mutex::new(threads) })
    }

    /// Puts a job into the queue; the answer comes when its transaction has ended. If the job fails, its last
    /// run's own error comes back.
    pub(crate) fn submit<E>(
        &self,
        access: Access,
        mut job: impl FnMut(&mut dyn AllRepositories) -> Result<(), E> + Send + 'static,
    ) -> Pin<Box<dyn Future<Output = Result<(), E>> + Send + '_>>
    where
        E: From<StoreError> + Send + 'static,
    {
        let refusal = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&refusal);
        let job: Job = Box::new(move |tx| {
            job(tx).map_err(|error| {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Undone::Refused
            })
        });
        let (answer, waiting) = oneshot::channel();
        let submitted = self.put(Task { access, job, answer, span: Span::current() });
        Box::pin(async move {
            submitted?;
            // A worker answers every task that it takes; a missing answer means that it is gone.
            match waiting.await.unwrap_or(Err(Undone::Failed(StoreError::Unavailable))) {
                Ok(()) => Ok(()),
                Err(Undone::Failed(error)) => Err(error.into()),
                Err(Undone::Refused) => {
                    let refusal = refusal.lock().unwrap_or_else(PoisonError::into_inner).take();
                    let lost = || StoreError::Internal("a job failed without an error".to_owned()).into();
                    Err(refusal.unwrap_or_else(lost))
                }
            }
        })
    }

    fn put(&self, task: Task) -> Result<(), StoreError> {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        match sender.as_ref().map(|sender| sender.try_send(task)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(StoreError::Overloaded),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(StoreError::Unavailable),
        }
    }

    /// Takes no more, runs what waits, and ends the threads.
    pub(crate) fn close(&self) {
        drop(self.sender.write().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let own = thread::current().id();
        // The last owner may be a job's own; a thread cannot wait for its own end.
        for thread in threads.into_iter().filter(|thread| thread.thread().id() != own) {
            // A worker that panicked has no more work to finish.
            let _panicked = thread.join();
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}
