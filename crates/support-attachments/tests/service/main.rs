//! The service as a whole, over the domain's store in memory and a real directory: what it keeps, whatever
//! fails or ends in between.
#![cfg(test)]

mod collect;
mod crash;
mod download;
mod file;
mod hooks;
mod scanner;
mod upload;
mod world;
