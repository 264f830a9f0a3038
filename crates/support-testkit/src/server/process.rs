use std::io;
use std::process::{Child, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};

use crate::Result;
use crate::error::Doing;

/// A child that does not outlive this value.
#[derive(Debug)]
pub(super) struct Process(pub(super) Child);

impl Process {
    /// Its exit status, once it has ended.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.0.try_wait().doing(|| "wait for support-server".into())
    }

    pub(super) fn signal(&self, signal: Signal) -> Result<()> {
        // The child is not reaped before this value goes, so the id is still its own.
        kill_process(Pid::from_child(&self.0), signal)
            .map_err(io::Error::from)
            .doing(|| "signal support-server".into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both only fail for a child that has ended and was waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
