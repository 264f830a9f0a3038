//! The real `support-server` binary as a child process.

mod binary;
mod process;

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{env, thread};

use rustix::process::Signal;
use tempfile::TempDir;

use self::process::Process;
use crate::error::{Doing, run};
use crate::{Error, Http, Result, wait};

/// The HS256 secret of every server that tests start, unless a test sets another.
pub const JWT_SECRET: &str = "a secret of the tests, known to everyone";
/// The master key of every server that tests start: 32 bytes in base64.
pub const MASTER_KEY: &str = "dGhlIHRlc3RzJyBvd24gbWFzdGVyIGtleSwgMzIgYi4=";

/// What the server prints first, before its address, and whether it speaks TLS then.
const ANNOUNCEMENTS: [(&str, bool); 2] = [("listening on http://", false), ("listening on https://", true)];
/// Long enough for any machine. Passing it is a hang, not slowness.
const DEADLINE: Duration = Duration::from_mins(2);
/// Printed with a failed test; more is in nobody's interest.
const SHOWN_LINES: usize = 60;

/// How a server is to be started. Each start of it is a server with a data directory of its own.
#[derive(Clone, Debug)]
#[must_use = "`start` starts it"]
pub struct ServerBuilder {
    database: Option<String>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    unset: Vec<String>,
}

impl ServerBuilder {
    /// Uses this database, given as `SUPPORT_DATABASE_URL`, instead of a file in the data directory.
    pub fn database(mut self, url: impl Into<String>) -> Self {
        self.database = Some(url.into());
        self
    }

    /// Adds an argument after `serve`.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Sets an environment variable, over what tests set by themselves.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Leaves an environment variable out that tests set by themselves.
    pub fn unset(mut self, name: &str) -> Self {
        self.unset.push(name.to_owned());
        self
    }

    /// Makes the data directory, and a server that does not run yet.
    ///
    /// # Errors
    /// [`Error::Missing`] when the binary is not built.
    pub fn prepare(self) -> Result<Server> {
        let directory = TempDir::with_prefix("support-server-").doing(|| "create a data directory".into())?;
        Ok(Server { settings: self, binary: binary::find()?, directory, starts: 0, running: None })
    }

    /// Starts a server and waits until it is ready.
    ///
    /// # Errors
    /// [`Error::Missing`] when the binary is not built; [`Error::Server`] when it ends before it is ready.
    pub fn start(self) -> Result<Server> {
        let mut server = self.prepare()?;
        server.start()?;
        Ok(server)
    }
}

/// A `support-server` with its data directory. Dropping it kills the process and removes the directory.
#[derive(Debug)]
pub struct Server {
    settings: ServerBuilder,
    binary: PathBuf,
    directory: TempDir,
    starts: u32,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    process: Process,
    address: SocketAddr,
    speaks_tls: bool,
}

impl Server {
    /// A server as most tests want it: a database file of its own, known secrets, no rate limits, nothing
    /// inherited from the environment of the tests.
    pub fn builder() -> ServerBuilder {
        ServerBuilder { database: None, arguments: Vec::new(), environment: Vec::new(), unset: Vec::new() }
    }

    /// Starts it, on the data that earlier starts have left, and waits until it is ready; with TLS, which
    /// [`Http`] does not speak, until it listens. The port is another one each time.
    ///
    /// # Errors
    /// [`Error::Server`] when it ends before it is ready, or runs already.
    pub fn start(&mut self) -> Result<()> {
        if self.running.is_some() {
            return Err(self.failure("runs already"));
        }
        self.starts += 1;
        let mut command = self.command(&["serve"]);
        command.args(&self.settings.arguments).stdin(Stdio::null());
        command.stdout(self.create("stdout")?).stderr(self.create("stderr")?);
        let child = command.spawn().doing(|| format!("start {}", self.binary.display()))?;
        let mut process = Process(child);
        let mut check = |state| match process.ended()? {
            Some(status) => Err(self.failure(&format!("ended with {status} before it {state}"))),
            None => Ok(()),
        };
        let (address, speaks_tls) = wait::until(DEADLINE, "support-server listens", || {
            let announced = self.announced()?;
            if announced.is_none() {
                check("listened")?;
            }
            Ok(announced)
        })?;
        let http = Http::new(&format!("http://{address}"));
        wait::until(DEADLINE, "support-server is ready", || {
            check("was ready")?;
            let is_ready = || http.get("/readyz").is_ok_and(|response| response.status == 200);
            Ok((speaks_tls || is_ready()).then_some(()))
        })?;
        self.running = Some(Running { process, address, speaks_tls });
        Ok(())
    }

    /// Where it listens.
    ///
    /// # Errors
    /// [`Error::Server`] when it does not run.
    pub fn address(&self) -> Result<SocketAddr> {
        match &self.running {
            Some(running) => Ok(running.address),
            None => Err(self.failure("does not run")),
        }
    }

    /// A client of it, without a token.
    ///
    /// # Errors
    /// [`Error::Server`] when it does not run, or speaks TLS, which the client does not.
    pub fn http(&self) -> Result<Http> {
        if self.running.as_ref().is_some_and(|running| running.speaks_tls) {
            return Err(self.failure("speaks TLS"));
        }
        Ok(Http::new(&format!("http://{}", self.address()?)))
    }

    /// Asks it to end (SIGTERM) and waits for its exit status.
    ///
    /// # Errors
    /// [`Error::Server`] when it does not run, or does not end; then it is killed.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        self.ask_to_stop()?;
        self.ended()
    }

    /// Asks it to end (SIGTERM), and leaves it at that.
    ///
    /// # Errors
    /// [`Error::Server`] when it does not run.
    pub fn ask_to_stop(&self) -> Result<()> {
        self.signal(Signal::TERM)
    }

    /// Asks it to read its certificate again (SIGHUP), and leaves it at that.
    ///
    /// # Errors
    /// [`Error::Server`] when it does not run.
    pub fn ask_to_reload(&self) -> Result<()> {
        self.signal(Signal::HUP)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        match &self.running {
            Some(running) => running.process.signal(signal),
            None => Err(self.failure("does not run")),
        }
    }

    /// Waits for the exit status of a server that was asked to end.
    ///
    /// # Errors
    /// [`Error::Server`] when it does not run, or does not end; then it is killed.
    pub fn ended(&mut self) -> Result<ExitStatus> {
        let Some(Running { mut process, .. }) = self.running.take() else {
            return Err(self.failure("does not run"));
        };
        match wait::until(DEADLINE, "support-server ends", || process.ended()) {
            Err(Error::TimedOut { .. }) => Err(self.failure("did not end when asked to")),
            ended => ended,
        }
    }

    /// Kills it on the spot (SIGKILL), as a crash would, and waits until it is gone.
    ///
    /// # Errors
    /// [`Error::Server`] when it does not run.
    pub fn kill(&mut self) -> Result<()> {
        let running = self.running.take();
        running.map(drop).ok_or_else(|| self.failure("does not run"))
    }

    /// The process id.
    ///
    /// # Errors
    /// [`Error::Server`] when it does not run.
    pub fn pid(&self) -> Result<u32> {
        match &self.running {
            Some(running) => Ok(running.process.0.id()),
            None => Err(self.failure("does not run")),
        }
    }

    /// The binary with any arguments, in this server's environment: for its other commands.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        // Not the caller's directory, where a `support.toml` may lie.
        command.args(arguments).current_dir(self.directory.path());
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("SUPPORT_") {
                command.env_remove(name);
            }
        }
        let sqlite = format!("sqlite://{}", self.data_directory().join("support.db").display());
        command
            .env("SUPPORT_LISTEN", "127.0.0.1:0")
            .env("SUPPORT_DATA_DIR", self.data_directory())
            .env("SUPPORT_DATABASE_URL", self.settings.database.as_ref().unwrap_or(&sqlite))
            .env("SUPPORT_JWT_SECRET", JWT_SECRET)
            .env("SUPPORT_MASTER_KEY", MASTER_KEY)
            .env("SUPPORT_RATE_LIMITS", "off")
            .envs(self.settings.environment.iter().map(|(name, value)| (name, value)));
        for name in &self.settings.unset {
            command.env_remove(name);
        }
        command
    }

    /// Runs another command of the binary to its end and returns what it printed to standard output.
    ///
    /// # Errors
    /// [`Error::Program`] when it fails.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        run(&mut self.command(arguments))
    }

    /// What it is told to keep its data in; it exists once the server has made it.
    #[must_use]
    pub fn data_directory(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Everything that it has printed, over all its starts.
    #[must_use]
    pub fn log(&self) -> String {
        let read = |(start, stream)| fs::read(self.output(start, stream)).unwrap_or_default();
        let files = (1..=self.starts).flat_map(|start| [(start, "stdout"), (start, "stderr")]);
        files.map(read).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }

    fn output(&self, start: u32, stream: &str) -> PathBuf {
        self.directory.path().join(format!("{stream}-{start}.log"))
    }

    fn create(&self, stream: &str) -> Result<File> {
        let path = self.output(self.starts, stream);
        File::create(&path).doing(|| format!("create {}", path.display()))
    }

    /// The address that the newest start has announced, in its first line, and whether it speaks TLS.
    fn announced(&self) -> Result<Option<(SocketAddr, bool)>> {
        let path = self.output(self.starts, "stdout");
        let printed = fs::read_to_string(&path).doing(|| format!("read {}", path.display()))?;
        let Some((line, _)) = printed.split_once('\n') else { return Ok(None) };
        let announced = ANNOUNCEMENTS.iter().find_map(|(announcement, speaks_tls)| {
            Some((line.strip_prefix(announcement)?.trim().parse().ok()?, *speaks_tls))
        });
        match announced {
            Some(announced) => Ok(Some(announced)),
            None => Err(self.failure(&format!("should first print where it is listening, not `{line}`"))),
        }
    }

    fn failure(&self, what: &str) -> Error {
        Error::Server { what: what.to_owned(), log: self.log() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.kill());
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let shown = lines.len().saturating_sub(SHOWN_LINES);
            eprintln!("support-server printed, at the end:");
            lines.iter().skip(shown).for_each(|line| eprintln!("  {line}"));
        }
    }
}
