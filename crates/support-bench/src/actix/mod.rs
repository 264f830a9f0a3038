//! What the server is measured against besides the bare loop: a room on actix-ws, as its users write one.

mod process;
mod server;

pub(crate) use process::ActixServer;
pub(crate) use server::serve;
