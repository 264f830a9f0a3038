//! The files and the watchdog of a cluster.

use std::fs::{self, DirBuilder, File};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::own_uid;
use super::owner::Owner;
use crate::error::Doing;
use crate::{Error, Result};

const WATCHDOG: &str = include_str!("watchdog.sh");

/// The directory of all the clusters of this user. It is short, because a socket's path has at most 107
/// bytes, and everyone may pass through it, because `PostgreSQL` does not run as root.
pub(super) fn base() -> Result<PathBuf> {
    let uid = own_uid()?;
    let base = std::env::temp_dir().join(format!("support-tests-{uid}"));
    match create(&base, 0o711) {
        Err(Error::Io { source, .. }) if source.kind() == ErrorKind::AlreadyExists => {}
        other => other?,
    }
    let found = fs::symlink_metadata(&base).doing(|| format!("read {}", base.display()))?;
    if found.is_dir() && found.uid() == uid {
        Ok(base)
    } else {
        Err(Error::Missing(format!("{} is not a directory of this user", base.display())))
    }
}

/// Removes what is left of clusters whose owner is gone and whose watchdog did not live to see it.
pub(super) fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let line = fs::read_to_string(entry.path().join("owner")).unwrap_or_default();
        if let Some(owner) = Owner::parse(&line)
            && !owner.is_alive()
        {
            // It finds the owner gone at once. A failure leaves litter behind and harms no test.
            let _ = watch(owner, &entry.path());
        }
    }
}

/// Starts the watchdog in the background, in a process group of its own that no signal to the tests reaches.
pub(super) fn watch(owner: Owner, directory: &Path) -> Result<()> {
    let mut shell = Command::new("sh");
    // The shell leaves it behind and ends, so it is nobody's child that would have to be waited for.
    shell.args(["-c", "sh -c \"$0\" support-tests-watchdog \"$@\" &", WATCHDOG]);
    shell.args([owner.pid.to_string(), owner.started.to_string()]).arg(directory);
    shell.current_dir("/").process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
    let status = shell.stdin(Stdio::null()).status().doing(|| "start the watchdog".into())?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Program { program: "sh".into(), status, output: String::new() })
}

pub(super) fn create(path: &Path, mode: u32) -> Result<()> {
    DirBuilder::new().mode(mode).create(path).doing(|| format!("create {}", path.display()))
}

pub(super) fn write(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).doing(|| format!("write {}", path.display()))
}

pub(super) fn remove(directory: &Path) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other.doing(|| format!("remove {}", directory.display())),
    }
}

pub(super) fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).doing(|| format!("create {}", path.display()))?;
    file.lock().doing(|| format!("lock {}", path.display()))?;
    Ok(file)
}
