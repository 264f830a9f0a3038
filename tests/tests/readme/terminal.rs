//! Programs that a reader has open: what they print is read line by line, and lines are typed into them
//! meanwhile.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use std::{env, fs, thread};

use rustix::process::{Pid, Signal, kill_process_group};
use support_tests::workspace;
use tempfile::TempDir;

/// No line takes this long; it only turns a hang into a failure.
const DEADLINE: Duration = Duration::from_mins(1);

/// What a terminal's shell prints when a block has ended, before its exit status.
const ENDED: &str = "-- ended with ";

/// A program in a process group of its own, which does not outlive this value.
pub(crate) struct Program {
    child: Child,
    input: ChildStdin,
    output: Receiver<String>,
}

impl Program {
    pub(crate) fn start(mut command: Command) -> Self {
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("failed to start {command:?}: {error}"));
        let (input, printed) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, output) = channel();
        thread::spawn(move || {
            BufReader::new(printed).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, input, output }
    }

    pub(crate) fn type_line(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// What it prints, up to and with the first line that is as it should be.
    #[track_caller]
    fn lines_until(&mut self, is_last: impl Fn(&str) -> bool) -> Vec<String> {
        let mut printed = Vec::new();
        while !printed.last().is_some_and(|line: &String| is_last(line)) {
            match self.output.recv_timeout(DEADLINE) {
                Ok(line) => printed.push(line),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended after printing {printed:#?}"),
                Err(RecvTimeoutError::Timeout) => panic!("it hangs after printing {printed:#?}"),
            }
        }
        printed
    }

    /// What it prints, up to and with the first line that ends so. A block must not end before.
    #[track_caller]
    pub(crate) fn until(&mut self, end: &str) -> Vec<String> {
        let printed = self.lines_until(|line| line.ends_with(end) || line.starts_with(ENDED));
        assert!(printed.last().unwrap().ends_with(end), "no {end:?} in {printed:#?}");
        printed
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // What a shell has started is in its group. Both fail only where all of it has ended.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// A shell in the checkout, into which blocks are put one after the other.
pub(crate) struct Terminal {
    shell: Program,
    directory: TempDir,
}

impl Terminal {
    pub(crate) fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        write_cargo(&directory.path().join("cargo"));
        let path = format!("{}:{}", directory.path().display(), env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        // A proxy in the environment is not meant for a server on this machine.
        command.current_dir(workspace()).env("PATH", path).env("no_proxy", "*");
        let mut shell = Program::start(command);
        shell.type_line("exec 2>&1");
        Self { shell, directory }
    }

    /// Starts a block, which may go on to read what is typed.
    pub(crate) fn begin(&mut self, block: &str) -> &mut Program {
        let file = self.directory.path().join("block.sh");
        fs::write(&file, block).unwrap();
        // The shell has read all of this line before the block begins, so that the rest of its input is the
        // block's.
        self.shell.type_line(&format!(". '{}'; printf '\\n{ENDED}%s\\n' $?", file.display()));
        &mut self.shell
    }

    /// Waits for the end of a block, which must be a success, and returns what was still printed.
    #[track_caller]
    pub(crate) fn end(&mut self) -> String {
        let mut printed = self.shell.lines_until(|line| line.starts_with(ENDED));
        let status = printed.pop().unwrap();
        assert_eq!(status, format!("{ENDED}0"), "{printed:#?}");
        printed.join("\n").trim().to_owned()
    }

    /// Runs a block to its end and returns what it printed.
    #[track_caller]
    pub(crate) fn run(&mut self, block: &str) -> String {
        self.begin(block);
        self.end()
    }

    /// The value of a variable.
    #[track_caller]
    pub(crate) fn value(&mut self, variable: &str) -> String {
        self.run(&format!("printf %s \"${variable}\""))
    }
}

/// Stands in for cargo, so that a block's command runs as it is written. The test must not build: the example
/// is built with the tests, while the real cargo might wait for the one that runs them.
fn write_cargo(file: &Path) {
    // `<target>/<profile>/deps/<test>`
    let test = env::current_exe().unwrap();
    let example = test.parent().unwrap().with_file_name("examples").join("chat");
    assert!(example.is_file(), "`cargo build -p support-realtime --example chat` builds {example:?}");
    let script = format!(
        "#!/bin/sh\n\
         if [ \"$1 $2 $3 $4 $5 $6\" != 'run -p support-realtime --example chat --' ]; then\n\
             echo \"this is not how the chat is started: cargo $*\" >&2; exit 2\n\
         fi\n\
         shift 6\n\
         exec '{}' \"$@\"\n",
        example.display()
    );
    fs::write(file, script).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}
