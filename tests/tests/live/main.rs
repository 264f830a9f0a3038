//! The live desk from outside: who hears what, how a connection begins and ends, and what a client that does
//! not behave can do to the server and to everybody else.
#![cfg(test)]

mod access;
mod bounds;
mod endings;
mod entry;
mod figures;
mod frames;
mod gigabytes;
mod half_open;
mod handover;
mod memory;
mod order;
mod rooms;
mod scene;
mod slow;
mod subscriptions;
