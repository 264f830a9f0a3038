//! How much memory the server takes while a test does something to it.

use std::fs;

use support_tests::Desk;

pub(crate) const MIB: u64 = 1024 * 1024;

/// The memory of a server from some moment on.
pub(crate) struct Memory {
    process: u32,
    before: u64,
}

impl Memory {
    /// Begins to watch.
    pub(crate) fn of(desk: &Desk) -> Self {
        let process = desk.server.pid().unwrap();
        // The highest level of memory begins anew (proc(5), `/proc/pid/clear_refs`).
        fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
        Self { process, before: bytes(process, "VmRSS:") }
    }

    /// By how many bytes it has grown at the most, whatever of it was given back since.
    pub(crate) fn growth(&self) -> u64 {
        bytes(self.process, "VmHWM:").saturating_sub(self.before)
    }

    #[track_caller]
    pub(crate) fn stays_within(&self, most: u64) {
        let growth = self.growth();
        eprintln!("the server's memory has grown by {} KiB at the most", growth / 1024);
        assert!(
            growth < most,
            "the server's memory should not grow by {most} bytes; it has grown by {growth}"
        );
    }
}

/// A line of a process's status, which counts in KiB (proc(5)).
fn bytes(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}
