//! The wire types of the helpdesk: what the HTTP interface, the sockets, tests and Rust clients share.
//!
//! Answers are made from the domain's entities by `From`. Requests are read by [`reader`], which turns JSON
//! into the domain's commands and names everything that is wrong with it, not only the first thing. Every
//! type describes itself to the OpenAPI document.
//!
//! To add a request: write its struct in `request/`, derive `ToSchema` with `deny_unknown_fields`, implement
//! [`reader::Request`], and name it in the test in `request/mod.rs` that holds struct and reader together.

pub mod agent;
pub mod authentication;
pub mod choice;
pub mod customer;
pub mod department;
pub mod health;
pub mod history;
pub mod list;
pub mod live;
pub mod message;
pub mod names;
pub mod notification;
pub mod problem;
mod problem_kind;
pub mod reader;
pub mod request;
pub mod schema;
pub mod second_factor;
pub mod session;
pub mod statistics;
pub mod text;
pub mod ticket;
