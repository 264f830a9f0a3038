//! One file for each command.

pub(crate) mod admin;
pub(crate) mod asyncapi;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod serve;
pub(crate) mod token;

use std::future::Future;

use crate::failure::Failure;

/// Runs a future to its end on a small runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failure::new(format!("no runtime: {error}")))?.block_on(future))
}
