//! The command line.

use std::env;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::client::Transport;
use crate::failure::Result;

/// Where the kit that starts servers looks for the binary.
pub(crate) const SERVER_VARIABLE: &str = "SUPPORT_SERVER_BIN";

/// Measures a support-server from outside: memory, frames and messages a second.
///
/// Each command starts servers of its own, on empty SQLite files in temporary directories; all but `logins`
/// without rate limits.
#[derive(Debug, Parser)]
#[command(name = "support-bench", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) work: Work,
    /// The server to measure [default: support-server beside this program]
    #[arg(long, global = true, env = SERVER_VARIABLE, value_name = "PATH")]
    server: Option<PathBuf>,
    /// How often to repeat, each time with a fresh server.
    #[arg(long, global = true, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) runs: u32,
}

impl Cli {
    /// The server to measure.
    pub(crate) fn server(&self) -> Result<PathBuf> {
        match &self.server {
            Some(path) => Ok(path.clone()),
            None => Ok(env::current_exe()?.with_file_name("support-server")),
        }
    }
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum Work {
    /// Memory of the server for each idle connection that has joined a room.
    Idle(Idle),
    /// Frames a second delivered to one room, against a bare loop.
    Fanout(Fanout),
    /// Durable messages a second over each transport, against HTTP.
    Messages(Messages),
    /// What others notice of wrong passwords, on a server with its limits.
    Logins(Logins),
    /// What clients cost that send a frame slowly, or take nothing, against a bare server on actix-ws.
    Hostile(Hostile),
    /// The bare server on actix-ws, which the other commands start.
    #[command(hide = true)]
    ActixWs,
}

/// The load of `idle`.
#[derive(Debug, Args)]
pub(crate) struct Idle {
    /// Connections whose memory is measured.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=12_000))]
    pub(crate) connections: u32,
    /// Connections before them, which are not measured.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=12_000))]
    pub(crate) warm_up: u32,
    /// How many times as many connections come once more, after those before have left.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(..=1_000))]
    pub(crate) waves: u32,
    /// Connections in a room.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) room: u32,
    /// Which transport.
    #[arg(long, value_enum, default_value_t = Transports::All)]
    pub(crate) transport: Transports,
}

/// The load of `fanout`.
#[derive(Debug, Args)]
pub(crate) struct Fanout {
    /// Who listens in the room.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=12_000))]
    pub(crate) members: u32,
    /// Messages in each part of a run: with a full window, and one at a time.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) messages: u32,
    /// How many messages may be on their way at once.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) window: u32,
    /// Connections that send.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) senders: u32,
    /// Which transport the members use.
    #[arg(long, value_enum, default_value_t = Transports::All)]
    pub(crate) transport: Transports,
}

/// The load of `messages`.
#[derive(Debug, Args)]
pub(crate) struct Messages {
    /// Clients that send at the same time, each into a ticket of its own and one message after the other.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) clients: u32,
    /// Messages of each client over each way in each round.
    #[arg(long = "messages", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) each: u32,
    /// Rounds in a run: all ways take turns, so that they find the machine in the same state.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) rounds: u32,
}

/// The load of `logins`.
#[derive(Debug, Args)]
pub(crate) struct Logins {
    /// Wrong passwords a minute.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub(crate) rate: u32,
    /// How long each part of a run takes, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub(crate) seconds: u32,
    /// Clients that read a ticket, each every ten milliseconds.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) clients: u32,
}

/// The load of `hostile`.
#[derive(Debug, Args)]
pub(crate) struct Hostile {
    /// Connections that each begin a frame of a gibibyte.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) connections: u32,
    /// How much each of them sends of it, in MiB.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) mebibytes: u32,
    /// Members of a room besides the one who takes nothing.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) members: u32,
    /// Messages to that room, one after the other.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub(crate) messages: u32,
    /// How long a message may take until the room is given up, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) patience: u32,
    /// How long to watch whether the one who takes nothing is cut off, after the last message, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=600))]
    pub(crate) watch: u32,
}

/// Which transports to measure.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Transports {
    /// The plain WebSocket.
    Plain,
    /// Socket.IO over WebSocket.
    Socketio,
    /// Socket.IO over long-polling.
    Polling,
    /// All of them, one after the other.
    All,
}

impl Transports {
    /// Each transport that is meant.
    pub(crate) const fn each(self) -> &'static [Transport] {
        match self {
            Self::Plain => &[Transport::Plain],
            Self::Socketio => &[Transport::SocketIo],
            Self::Polling => &[Transport::Polling],
            Self::All => &[Transport::Plain, Transport::SocketIo, Transport::Polling],
        }
    }
}
