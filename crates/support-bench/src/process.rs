//! What the kernel says of a process (proc(5)), and the limits of this one.

use std::fs;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::failure::{Failure, Result};

/// Memory of a process that is resident. What the kernel keeps for its sockets is in none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    /// All of it, in KiB.
    pub(crate) resident: u32,
    /// What it has allocated, without the pages of its files, in KiB.
    pub(crate) anonymous: u32,
}

impl Memory {
    /// That of a process.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/status"))?)
            .ok_or_else(|| Failure::new("/proc/PID/status has another form than in proc(5)"))
    }

    fn parse(status: &str) -> Option<Self> {
        let kib = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            value.trim().strip_suffix(" kB")?.parse().ok()
        };
        Some(Self { resident: kib("VmRSS")?, anonymous: kib("RssAnon")? })
    }
}

/// How long a process has been on the processors, in user and kernel mode together.
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let ticks =
        ticks(&stat).ok_or_else(|| Failure::new("/proc/PID/stat has another form than in proc(5)"))?;
    let frequency = u32::try_from(clock_ticks_per_second())?;
    Ok(Duration::from_secs(1) * ticks / frequency)
}

/// `utime` and `stime`, the 14th and 15th field. The second, the name of the program, may hold spaces and
/// brackets.
fn ticks(stat: &str) -> Option<u32> {
    let (_, from_the_third) = stat.rsplit_once(") ")?;
    let mut fields = from_the_third.split_ascii_whitespace().skip(11).map(str::parse::<u32>);
    Some(fields.next()?.ok()? + fields.next()?.ok()?)
}

/// Takes as many file descriptors as this process may have: each connection needs one.
pub(crate) fn raise_descriptors() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_by_name() {
        let status = "Name:\tVmRSS: 1 kB\nVmHWM:\t  900 kB\nVmRSS:\t  812 kB\nRssAnon:\t     524 kB\n";
        assert_eq!(Memory::parse(status), Some(Memory { resident: 812, anonymous: 524 }));
        assert_eq!(Memory::parse("VmRSS:\t 812 kB\n"), None);
        assert_eq!(Memory::parse("VmRSS:\t 812 MB\nRssAnon:\t 5 kB\n"), None);
    }

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a) b) (c) S 1 7 7 0 -1 4194560 100 0 5 0 21 13 0 0 20 0 3 0 99 1000 200";
        assert_eq!(ticks(stat), Some(34));
        assert_eq!(ticks("7 (a) S 1 7 7"), None);
        assert_eq!(ticks("7 (a) S 1 7 7 0 -1 4194560 100 0 5 0 x 13"), None);
    }

    #[test]
    fn this_process_has_memory() {
        let memory = Memory::of(std::process::id()).unwrap();
        assert!(memory.resident >= memory.anonymous && memory.anonymous > 0);
        cpu(std::process::id()).unwrap();
    }
}
