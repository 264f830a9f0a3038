//! The desk: the only way to change anything.
//!
//! Each method runs one use case in one transaction and publishes its events after the commit. The methods
//! are async because a store may wait; nothing here needs a particular runtime.

mod agents;
mod attachments;
mod audit;
mod customers;
mod directory;
#[cfg(test)]
mod store_failure;
mod tickets;
mod users;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::actor::Actor;
use crate::error::{Error, StoreError};
use crate::event::Publisher;
use crate::id::IdSource;
use crate::port::{Repositories, Store};
use crate::time::Clock;
use crate::usecase::{Policy, PostCommitEffects, UseCaseContext, dispatch};
use crate::value::DepartmentName;

use self::directory::Directory;

/// What a desk is made of.
pub struct DeskDeps {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Who is told of events.
    pub publisher: Arc<dyn Publisher>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: Arc<dyn IdSource>,
    /// What the operator decided.
    pub policy: Policy,
}

/// The helpdesk. Cheap to share behind an [`Arc`].
pub struct Desk {
    store: Arc<dyn Store>,
    publisher: Arc<dyn Publisher>,
    shared: Arc<Shared>,
    directory: Directory,
}

/// What every transaction needs, owned by its closure.
struct Shared {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    policy: Policy,
}

impl Desk {
    /// Puts a desk together.
    #[must_use]
    pub fn new(parts: DeskDeps) -> Self {
        let DeskDeps { store, publisher, clock, ids, policy } = parts;
        let directory = Directory::new(!policy.shared_store);
        Self { store, publisher, shared: Arc::new(Shared { clock, ids, policy }), directory }
    }

    /// Answers when the store does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Overloaded`] when it does not.
    pub async fn ready(&self) -> Result<(), Error> {
        self.store.read(Box::new(|tx| tx.departments().list().map(drop).map_err(Error::from))).await
    }

    /// Gives waiting tickets of every department to agents with room. To be called at start: a process that
    /// ended between a commit and its dispatch leaves tickets waiting.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn dispatch_all(&self) -> Result<(), Error> {
        let system = Actor::system();
        let names = self.read(&system, |work| {
            Ok(work.tx.departments().list()?.into_iter().map(|department| department.name).collect())
        });
        self.dispatch(names.await?).await
    }

    /// Runs a use case that changes something, then does what it left to be done.
    async fn write<T, F>(&self, actor: &Actor, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut UseCaseContext<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (value, effects) = self.commit(actor, run).await?;
        let waiting = self.after_commit(effects);
        // The command itself is committed and must be answered as such: a dispatch that fails is tried again
        // with the next one.
        let _ = self.dispatch(waiting).await;
        Ok(value)
    }

    /// Runs a use case that only looks.
    async fn read<T, F>(&self, actor: &Actor, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut UseCaseContext<'_>) -> Result<T, Error> + Send + 'static,
    {
        let slot = ResultSlot::default();
        let job = job(&self.shared, actor, run, &slot);
        self.store.read(job).await?;
        slot.take().map(|(value, _)| value)
    }

    async fn commit<T, F>(&self, actor: &Actor, run: F) -> Result<(T, PostCommitEffects), Error>
    where
        T: Send + 'static,
        F: Fn(&mut UseCaseContext<'_>) -> Result<T, Error> + Send + 'static,
    {
        let slot = ResultSlot::default();
        let job = job(&self.shared, actor, run, &slot);
        self.store.write(job).await?;
        slot.take()
    }

    /// Publishes events; returns where a waiting ticket may now find an agent.
    fn after_commit(&self, effects: PostCommitEffects) -> BTreeSet<DepartmentName> {
        if effects.directory_changed {
            self.directory.invalidate();
        }
        if !effects.events.is_empty() {
            self.publisher.publish(&effects.events);
        }
        effects.dispatch
    }

    /// Assigns waiting tickets, one a transaction, until no agent has room or none waits.
    async fn dispatch(&self, departments: BTreeSet<DepartmentName>) -> Result<(), Error> {
        let system = Actor::system();
        for department in departments {
            loop {
                let name = department.clone();
                let (more, effects) = self.commit(&system, move |work| dispatch::next(work, &name)).await?;
                // Assigning never makes room where there was none, so there is nothing further to dispatch.
                self.after_commit(effects);
                if !more {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Where a job leaves its answer; the last run counts.
struct ResultSlot<T>(Arc<Mutex<Option<(T, PostCommitEffects)>>>);

impl<T> Default for ResultSlot<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }
}

impl<T> ResultSlot<T> {
    fn take(&self) -> Result<(T, PostCommitEffects), Error> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(|| StoreError::Internal("the store did not run the job".to_owned()).into())
    }
}

fn job<T, F>(shared: &Arc<Shared>, actor: &Actor, run: F, slot: &ResultSlot<T>) -> crate::port::TransactionFn
where
    T: Send + 'static,
    F: Fn(&mut UseCaseContext<'_>) -> Result<T, Error> + Send + 'static,
{
    let (shared, actor, slot) = (Arc::clone(shared), actor.clone(), Arc::clone(&slot.0));
    Box::new(move |tx: &mut dyn Repositories| {
        let mut work = UseCaseContext {
            tx,
            actor: &actor,
            now: shared.clock.now(),
            ids: shared.ids.as_ref(),
            policy: &shared.policy,
            effects: PostCommitEffects::default(),
        };
        let value = run(&mut work)?;
        let effects = work.effects;
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((value, effects));
        Ok(())
    })
}
