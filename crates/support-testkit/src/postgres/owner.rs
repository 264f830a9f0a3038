use std::fs;
use std::os::unix::process::parent_id;

/// The programs that run tests and outlive each of them.
const RUNNERS: [&str; 2] = ["cargo", "cargo-nextest"];

/// The process whose end is the end of a cluster. The start time tells it from a later process with its id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Owner {
    /// Process id.
    pub(super) pid: u32,
    /// Clock ticks from boot to the start of the process, as in field 22 of `/proc/PID/stat`.
    pub(super) started: u64,
}

impl Owner {
    /// The test runner when one runs this process, so that all its tests name the same owner; else this
    /// process.
    pub(super) fn run() -> Option<Self> {
        let parent = parent_id();
        let name = fs::read_to_string(format!("/proc/{parent}/comm")).ok()?;
        if RUNNERS.contains(&name.trim()) { Self::of(parent) } else { Self::this_process() }
    }

    pub(super) fn this_process() -> Option<Self> {
        Self::of(std::process::id())
    }

    /// The owner that an earlier process wrote down as [`Owner::line`].
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (pid, started) = line.trim().split_once(' ')?;
        Some(Self { pid: pid.parse().ok()?, started: started.parse().ok()? })
    }

    pub(super) fn line(self) -> String {
        format!("{} {}", self.pid, self.started)
    }

    pub(super) fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// `None` when there is no such process, or only the zombie of one.
    pub(super) fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // Field 2, the name, is in parentheses and may itself contain spaces and parentheses.
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let state = fields.next()?;
        let started = fields.nth(18)?.parse().ok()?;
        (state != "Z" && state != "X").then_some(Self { pid, started })
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn survives_being_written_down() {
        let owner = Owner::this_process().unwrap();
        assert_eq!(Owner::parse(&owner.line()), Some(owner));
        assert!(owner.is_alive());
    }

    #[test]
    fn the_run_is_the_test_runner() {
        let run = Owner::run().unwrap();
        assert_eq!(run.pid, parent_id(), "this test is run by cargo or by nextest");
        assert!(run.is_alive());
    }

    #[test]
    fn a_zombie_and_a_reused_id_are_not_alive() {
        let mut child = Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let owner = Owner::of(child.id()).unwrap();
        assert!(owner.is_alive());
        assert!(!Owner { started: owner.started + 1, ..owner }.is_alive());
        drop(child.stdin.take());
        // Waits for the end without reaping, so that what is left is a zombie.
        let id = rustix::process::WaitId::Pid(rustix::process::Pid::from_child(&child));
        let options = rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        rustix::process::waitid(id, options).unwrap();
        assert!(!owner.is_alive());
        child.wait().unwrap();
        assert!(!owner.is_alive());
    }
}
