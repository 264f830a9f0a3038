use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::account::Account;
use super::directory::{base, create, lock, remove, sweep, watch, write};
use super::owner::Owner;
use super::programs::Programs;
use crate::error::{Doing, run};
use crate::{Error, Result};

/// The one account of a cluster. It is a superuser and needs no password; the directory keeps others out.
const USER: &str = "support";
/// Written last: the cluster in this directory takes connections.
const READY: &str = "ready";

/// Whether what a transaction wrote must outlive a crash of `PostgreSQL`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durability {
    /// No: nothing waits for the disk. For tests of behaviour.
    Relaxed,
    /// Yes, as `PostgreSQL` does by default. For tests of what a crash leaves behind.
    Full,
}

/// A running `PostgreSQL` that belongs to the tests. Clones are the same cluster.
#[derive(Clone, Debug)]
pub struct Cluster(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    programs: Programs,
    account: Account,
    /// Ends with the last clone of it, not with the run.
    private: bool,
}

impl Cluster {
    /// The cluster of this test run, of relaxed durability. Created by the first test that asks.
    ///
    /// # Errors
    /// [`Error::Missing`] when `PostgreSQL` is not installed; those of its programs.
    pub fn shared() -> Result<Self> {
        static SHARED: Mutex<Option<Cluster>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cluster) = &*shared {
            return Ok(cluster.clone());
        }
        let owner = Owner::run().ok_or_else(no_proc)?;
        let base = base()?;
        let directory = base.join(format!("run-{}-{}", owner.pid, owner.started));
        let cluster = Self(Arc::new(Inner::new(directory, false)?));
        {
            let _turn = lock(&base.join("lock"))?;
            if !cluster.0.directory.join(READY).exists() {
                sweep(&base);
                remove(&cluster.0.directory)?;
                cluster.0.create(owner, Durability::Relaxed)?;
            }
        }
        *shared = Some(cluster.clone());
        Ok(cluster)
    }

    /// A cluster for one test, gone with the last clone of it.
    ///
    /// # Errors
    /// [`Error::Missing`] when `PostgreSQL` is not installed; those of its programs.
    pub fn private(durability: Durability) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let owner = Owner::this_process().ok_or_else(no_proc)?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory = base()?.join(format!("own-{}-{}-{count}", owner.pid, owner.started));
        let inner = Inner::new(directory, true)?;
        inner.create(owner, durability)?;
        Ok(Self(Arc::new(inner)))
    }

    /// The address of a database of this cluster, in the form that libpq and `SUPPORT_DATABASE_URL` take.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user={USER}", self.0.data().display())
    }

    /// Runs SQL with `psql` and returns its output: a line a row, the columns separated by `|`.
    ///
    /// # Errors
    /// [`Error::Program`] with `PostgreSQL`'s message when a statement fails.
    pub fn sql(&self, database: &str, statements: &str) -> Result<String> {
        let mut psql = Command::new(self.0.programs.path("psql"));
        psql.args(["--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1"]);
        psql.arg(format!("--dbname={}", self.url(database))).arg(format!("--command={statements}"));
        run(&mut psql)
    }

    /// Ends `PostgreSQL` as a crash would: no checkpoint, open connections cut. [`Cluster::start`] brings it
    /// back.
    ///
    /// # Errors
    /// Those of `pg_ctl`; [`Error::Missing`] on the shared cluster, which other tests are using.
    pub fn crash(&self) -> Result<()> {
        if !self.0.private {
            return Err(Error::Missing("only a private cluster may be crashed".into()));
        }
        self.0.stop()
    }

    /// Starts `PostgreSQL` again after [`Cluster::crash`], through its crash recovery, and waits until it is
    /// ready.
    ///
    /// # Errors
    /// Those of `pg_ctl`.
    pub fn start(&self) -> Result<()> {
        self.0.start()
    }

    /// The process id of the server.
    ///
    /// # Errors
    /// [`Error::Io`] when it does not run.
    pub fn pid(&self) -> Result<u32> {
        let file = self.0.data().join("postmaster.pid");
        let content = fs::read_to_string(&file).doing(|| "read postmaster.pid".into())?;
        let line = content.lines().next().unwrap_or_default();
        line.trim().parse().map_err(|_| Error::Missing("postmaster.pid names no process".into()))
    }

    /// Where the cluster keeps everything; gone after it has ended.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// Holds a lock of this cluster, among all the processes of the run, until the returned file is dropped.
    pub(super) fn lock(&self, name: &str) -> Result<File> {
        lock(&self.0.directory.join(format!("{name}.lock")))
    }
}

impl Inner {
    fn new(directory: PathBuf, private: bool) -> Result<Self> {
        Ok(Self { directory, programs: Programs::find()?, account: Account::choose()?, private })
    }

    /// The data directory, which is also that of the socket.
    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn create(&self, owner: Owner, durability: Durability) -> Result<()> {
        create(&self.directory, 0o711)?;
        write(&self.directory.join("owner"), &owner.line())?;
        // Before there is anything to end, so that no kill of this process can come in between.
        watch(owner, &self.directory)?;
        create(&self.data(), 0o700)?;
        self.account.own(&self.data())?;
        run(self.command("initdb").args([
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth=trust",
            "--no-sync",
            &format!("--username={USER}"),
        ]))?;
        let configuration = self.data().join("postgresql.conf");
        OpenOptions::new()
            .append(true)
            .open(&configuration)
            .and_then(|mut file| file.write_all(settings(&self.data(), durability).as_bytes()))
            .doing(|| format!("write {}", configuration.display()))?;
        self.start()?;
        write(&self.directory.join(READY), "")
    }

    fn start(&self) -> Result<()> {
        let log = self.data().join("server.log");
        // Its output goes to the log: a server that kept a pipe of ours open would keep the test runner
        // waiting.
        let status = self
            .command("pg_ctl")
            .args(["start", "--wait", "--timeout=120", "--silent"])
            .arg(format!("--log={}", log.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .doing(|| "run pg_ctl start".into())?;
        if status.success() {
            return Ok(());
        }
        let output = fs::read_to_string(&log).unwrap_or_else(|_| "no log was written".into());
        Err(Error::Program { program: "pg_ctl start".into(), status, output })
    }

    fn stop(&self) -> Result<()> {
        run(self.command("pg_ctl").args(["stop", "--wait", "--mode=immediate", "--silent"])).map(drop)
    }

    /// A `PostgreSQL` program, working on the data directory.
    fn command(&self, program: &str) -> Command {
        let mut command = self.account.command(&self.programs.path(program));
        // As an argument and not as `PGDATA`: it ends up in the server's command line, where the watchdog
        // looks.
        command.arg("--pgdata").arg(self.data()).current_dir(self.data()).env("LC_ALL", "C.UTF-8");
        command
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.private {
            // Best effort: a crashed cluster is down already, and the watchdog ends what is left.
            let _ = self.stop();
            let _ = remove(&self.directory);
        }
    }
}

fn settings(socket_directory: &Path, durability: Durability) -> String {
    let socket_directory = socket_directory.display();
    // A time zone far from UTC, so that a query which depends on the session's zone fails its test.
    let common = format!(
        "listen_addresses = ''\n\
         unix_socket_directories = '{socket_directory}'\n\
         unix_socket_permissions = 0700\n\
         max_connections = 500\n\
         timezone = 'Pacific/Kiritimati'\n"
    );
    match durability {
        Durability::Full => common,
        Durability::Relaxed => {
            common + "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_wal_size = 4GB\n"
        }
    }
}

fn no_proc() -> Error {
    Error::Missing("/proc does not tell about the processes of this run".into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Child;
    use std::time::Duration;

    use super::*;
    use crate::wait;

    /// Stands for a test runner: it lives until it is killed.
    fn owner() -> (Child, Owner) {
        let child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let owner = Owner::of(child.id()).unwrap();
        (child, owner)
    }

    fn gone(cluster: &Cluster, pid: u32) {
        wait::until(Duration::from_mins(1), "the cluster is gone", || {
            let running = fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty());
            Ok((!running && !cluster.directory().exists()).then_some(()))
        })
        .unwrap();
    }

    #[test]
    fn a_cluster_does_not_outlive_an_owner_that_is_killed() {
        let (mut child, owner) = owner();
        let directory = base().unwrap().join(format!("test-{}", owner.pid));
        let cluster = Cluster(Arc::new(Inner::new(directory, false).unwrap()));
        cluster.0.create(owner, Durability::Relaxed).unwrap();
        let pid = cluster.pid().unwrap();
        assert_eq!(cluster.sql("postgres", "SELECT 1").unwrap(), "1\n");
        child.kill().unwrap();
        child.wait().unwrap();
        gone(&cluster, pid);
    }

    #[test]
    fn a_cluster_that_lost_its_watchdog_is_swept_away() {
        let (mut child, owner) = owner();
        let base = tempfile::tempdir().unwrap();
        fs::set_permissions(base.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let directory = base.path().join("lost");
        let cluster = Cluster(Arc::new(Inner::new(directory.clone(), false).unwrap()));
        cluster.0.create(Owner::this_process().unwrap(), Durability::Relaxed).unwrap();
        let pid = cluster.pid().unwrap();
        write(&directory.join("owner"), &owner.line()).unwrap();
        sweep(base.path());
        assert_eq!(cluster.sql("postgres", "SELECT 1").unwrap(), "1\n", "its owner lives");
        child.kill().unwrap();
        child.wait().unwrap();
        sweep(base.path());
        gone(&cluster, pid);
    }
}
