//! Measures a real `support-server` from outside: memory, frames and messages a second, and what guessed
//! passwords cost.
//!
//! Each command starts servers of its own on empty `SQLite` files in temporary directories, repeats itself
//! and prints medians. What counts are the ratios within a run: the server and these clients share the cores
//! of one machine.
//!
//! - [`idle`], [`fanout`], [`messages`], [`logins`], [`hostile`]: the commands.
//! - [`client`]: light clients of every transport; [`crowd`]: many of them in one thread; [`ledger`]: who has
//!   heard what.
//! - [`sender`], [`flow`]: those who write, as fast as those who listen can follow.
//! - [`bare`], [`actix`]: the loop and the server on actix-ws that the real one is measured against;
//!   [`target`]: one of both servers.
//!
//! **Invariant:** no part of the product depends on this crate. It reads `/proc` and runs on Linux only.

mod actix;
mod bare;
mod cli;
mod client;
mod crowd;
mod desk;
mod failure;
mod fanout;
mod flow;
mod hostile;
mod idle;
mod ledger;
mod logins;
mod messages;
mod process;
mod sender;
mod statistics;
mod table;
mod target;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, thread};

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Cli, SERVER_VARIABLE, Work};
use crate::failure::{Failure, Result};

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("support-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    if matches!(cli.work, Work::ActixWs) {
        process::raise_descriptors()?;
        return actix::serve();
    }
    choose_server(&cli.server()?)?;
    process::raise_descriptors()?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("The server and the clients that measure it share {cores} cores. Medians of {} runs", cli.runs);
    println!("(least – most).");
    if cfg!(debug_assertions) {
        println!("Not optimised: these figures say little.");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        // What was started ends with the work that is dropped.
        tokio::select! {
            done = work(cli) => done,
            _ = terminate.recv() => Err(Failure::new("terminated")),
            _ = interrupt.recv() => Err(Failure::new("interrupted")),
        }
    })
}

async fn work(cli: &Cli) -> Result<()> {
    match &cli.work {
        Work::Idle(load) => idle::run(load, cli.runs).await,
        Work::Fanout(load) => fanout::run(load, cli.runs).await,
        Work::Logins(load) => logins::run(load, cli.runs).await,
        Work::Messages(load) => messages::run(load, cli.runs).await,
        Work::Hostile(load) => hostile::run(load, cli.runs).await,
        // It is no measurement, and done already.
        Work::ActixWs => Ok(()),
    }
}

/// Goes on only as a process whose environment names this server: a process cannot safely change its own.
fn choose_server(server: &Path) -> Result<()> {
    if !server.is_file() {
        let hint = "build it with `cargo build --release --package support-server`";
        return Err(Failure::new(format!("{} is not there: {hint}", server.display())));
    }
    if env::var_os(SERVER_VARIABLE).map(PathBuf::from).as_deref() == Some(server) {
        return Ok(());
    }
    let mut again = Command::new(env::current_exe()?);
    Err(again.args(env::args_os().skip(1)).env(SERVER_VARIABLE, server).exec().into())
}
