//! Limits of what callers may do, as they find them. Every address of 127.0.0.0/8 is a client of its own.
#![cfg(test)]

mod accounts;
mod logins;
mod scene;
