use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::error::{Doing, run};
use crate::{Error, Result};

/// Whom the `PostgreSQL` programs run as: they refuse to run as root.
#[derive(Clone, Copy, Debug)]
pub(super) enum Account {
    /// The one that runs the tests.
    Own,
    /// An unprivileged one that root lends to them.
    Other { uid: u32, gid: u32 },
}

impl Account {
    pub(super) fn choose() -> Result<Self> {
        if own_uid()? != 0 {
            return Ok(Self::Own);
        }
        ["postgres", "nobody"].into_iter().find_map(Self::named).ok_or_else(|| {
            Error::Missing(
                "PostgreSQL refuses to run as root and there is no account postgres or nobody".into(),
            )
        })
    }

    fn named(name: &str) -> Option<Self> {
        let id = |which| run(Command::new("id").args([which, name])).ok()?.trim().parse().ok();
        Some(Self::Other { uid: id("-u")?, gid: id("-g")? })
    }

    pub(super) fn own(self, path: &Path) -> Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid } => {
                chown(path, Some(uid), Some(gid)).doing(|| format!("give {} away", path.display()))
            }
        }
    }

    /// Makes a command run as this account. The standard library drops root's other groups with the id.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        command
    }
}

/// The effective user id of this process.
pub(super) fn own_uid() -> Result<u32> {
    let this = std::fs::metadata("/proc/self").doing(|| "read /proc/self".into())?;
    Ok(this.uid())
}
