//! What the operating system lets the process have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// File descriptors that are kept for the database, files and listeners.
const RESERVED: u64 = 256;
/// The most file descriptors that a connection takes: its own, and the one by which it can be cut off.
const PER_CONNECTION: u64 = 2;
/// The most connections that one thread serves.
const MOST: u64 = 100_000;

/// Takes as many file descriptors as the process may have: the usual limit of 1,024 is meant for programs
/// that wait with `select`. Returns how many connections each of `workers` threads may hold, so that what the
/// service itself opens never fails for want of descriptors.
pub(crate) fn connections_per_worker(workers: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "failed to raise the limit of open files");
    }
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let workers = u64::try_from(workers).unwrap_or(1).max(1);
    let connections = descriptors.saturating_sub(RESERVED) / PER_CONNECTION / workers;
    usize::try_from(connections.clamp(16, MOST)).unwrap_or(16)
}
