//! Rate limits: a number at once, and then a rate.
//!
//! - `policy`: one limit as arithmetic, for whoever keeps a bucket themselves.
//! - `table`: the buckets of all callers under one limit, in bounded memory.
//!
//! Time is in nanoseconds since a start of the caller's choice, so that tests can hold it still.

mod policy;
mod table;

pub use policy::{FullAt, Policy, Quota, nanos};
pub use table::{CAPACITY, Table};
