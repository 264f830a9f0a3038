//! One file for each command.

pub(crate) mod admin;
pub(crate) mod asyncapi;
pub(crate) mod audit;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod serve;
pub(crate) mod token;

use std::future::Future;
use std::sync::Arc;

use support_domain::desk::{Desk, DeskDeps};
use support_domain::event::{Event, Publisher};
use support_domain::port::Store;
use support_domain::usecase::Policy;

use crate::failure::Failure;
use support_domain::system::{SystemClock, UuidV7Ids};

/// Nobody watches the command line.
struct NullPublisher;

impl Publisher for NullPublisher {
    fn publish(&self, _events: &[Event]) {}
}

/// A desk over `store` for a single command.
pub(crate) fn desk(store: Arc<dyn Store>) -> Desk {
    Desk::new(DeskDeps {
        store,
        publisher: Arc::new(NullPublisher),
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids),
        policy: Policy::default(),
    })
}

/// Runs a future to its end on a small runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failure::new(format!("no runtime: {error}")))?.block_on(future))
}
