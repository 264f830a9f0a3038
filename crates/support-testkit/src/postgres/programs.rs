use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::{Error, Result};

const NEEDED: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];
/// Where Debian keeps one directory for each major version, off the `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The `PostgreSQL` programs, all out of one directory and so of one version.
#[derive(Clone, Debug)]
pub(super) struct Programs(PathBuf);

impl Programs {
    pub(super) fn find() -> Result<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let found = env::split_paths(&path).chain(debian()).find(|directory| is_complete(directory));
        found.map(Self).ok_or_else(|| {
            Error::Missing(format!(
                "tests need a PostgreSQL server ({}) on the PATH or under {DEBIAN}: install postgresql",
                NEEDED.join(", ")
            ))
        })
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }
}

/// The newest version first.
fn debian() -> Vec<PathBuf> {
    let entries = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, path)| path).collect()
}

fn is_complete(directory: &Path) -> bool {
    NEEDED.iter().all(|program| directory.join(program).is_file())
}
