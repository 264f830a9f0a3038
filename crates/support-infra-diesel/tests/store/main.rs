//! The store as its users see it, on both databases.
#![cfg(test)]

mod common;
mod contract_postgres;
mod contract_sqlite;
mod damage;
mod history;
mod migrations;
mod outage;
mod queue;
mod sealed;
mod tampering;
