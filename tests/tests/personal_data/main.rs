//! Personal data: sealed at rest, given out and erased on request, under keys that change while the service
//! runs.
#![cfg(test)]

mod at_rest;
mod customers;
mod rotation;
