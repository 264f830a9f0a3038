//! What the operating system lets the process have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Takes as many file descriptors as the process may have: each connection needs one or two, and the usual limit of
/// 1,024 is meant for programs that wait with `select`.
pub(crate) fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "failed to raise the limit of open files");
    }
}
