//! What happens around every request.

mod cors;
mod detach;
mod envelope;
mod request_id;

pub(crate) use cors::cors;
pub(crate) use detach::detach;
pub(crate) use envelope::{PROBLEM_JSON, envelope};
pub(crate) use request_id::RequestId;
