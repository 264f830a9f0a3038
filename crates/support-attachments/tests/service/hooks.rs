//! A store in memory whose next transaction can be made to fail, or to wait for something.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use support_domain::error::{Error, StoreError};
use support_domain::memory::MemoryStore;
use support_domain::port::{Store, StoreFuture, TransactionFn};
use tokio::sync::Notify;

/// What is done beside a transaction; if it fails, so does the transaction's caller.
pub(crate) type Hook = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

#[derive(Default)]
pub(crate) struct HookedStore {
    inner: MemoryStore,
    /// Before the next transaction that changes something.
    pub(crate) before_write: Mutex<Option<Hook>>,
    /// Behind its commit.
    pub(crate) after_write: Mutex<Option<Hook>>,
    /// Behind the next transaction that only reads.
    pub(crate) after_read: Mutex<Option<Hook>>,
}

fn take(hook: &Mutex<Option<Hook>>) -> Hook {
    hook.lock().unwrap().take().unwrap_or_else(|| Box::pin(async { Ok(()) }))
}

impl Store for HookedStore {
    fn write(&self, job: TransactionFn) -> StoreFuture<'_> {
        let (before, after) = (take(&self.before_write), take(&self.after_write));
        Box::pin(async move {
            before.await.map_err(Error::from)?;
            self.inner.write(job).await?;
            after.await.map_err(Error::from)
        })
    }

    fn read(&self, job: TransactionFn) -> StoreFuture<'_> {
        let after = take(&self.after_read);
        Box::pin(async move {
            self.inner.read(job).await?;
            after.await.map_err(Error::from)
        })
    }
}

/// Fails.
pub(crate) fn fails(error: StoreError) -> Hook {
    Box::pin(async { Err(error) })
}

/// Runs `step`.
pub(crate) fn runs(step: impl Future<Output = ()> + Send + 'static) -> Hook {
    Box::pin(async {
        step.await;
        Ok(())
    })
}

/// Never ends, as if the process did; what is returned is told when it is reached.
pub(crate) fn hangs() -> (Hook, Arc<Notify>) {
    let reached = Arc::new(Notify::new());
    let tell = Arc::clone(&reached);
    let hook = runs(async move {
        tell.notify_one();
        std::future::pending::<()>().await;
    });
    (hook, reached)
}
