//! Reads the parts of a request. Whatever does not fit becomes a problem document.
//!
//! Callers come first among a handler's parameters: they are known at once, so a request without a good token
//! is refused before anything else of it is looked at.

mod body;
mod caller;
mod guard;
mod headers;
mod limit;
mod no_duplicate_keys;
mod path;
mod query;

pub(crate) use body::Body;
pub(crate) use caller::{Admin, Caller, Staff};
pub(crate) use guard::guard;
pub(crate) use headers::{IDEMPOTENCY_KEY, IfMatch, IfNoneMatch, idempotency_key};
pub(crate) use limit::{Limit, SessionLimit};
pub(crate) use path::PathKey;
pub(crate) use query::{NoParams, Params, Query, integer};
