//! Who is measured: the real server, or the one on actix-ws.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::sleep;

use crate::actix::ActixServer;
use crate::client::Transport;
use crate::desk::Desk;
use crate::failure::{Failure, Result};
use crate::process::Memory;

/// How often the memory is looked at until it rests.
const INTERVAL: Duration = Duration::from_millis(250);
/// What still counts as rest, in KiB.
const REST: u32 = 16;
/// After how many looks it is taken as it is.
const MOST_LOOKS: u32 = 40;

/// A running server.
#[derive(Debug)]
pub(crate) enum Target {
    Desk(Box<Desk>),
    Actix(ActixServer),
}

impl Target {
    /// Starts the server that this transport leads to. One on actix-ws will send these texts.
    pub(crate) fn start(transport: Transport, texts: &[Vec<u8>]) -> Result<Self> {
        Ok(match transport {
            Transport::ActixWs => Self::Actix(ActixServer::start(texts)?),
            _ => Self::Desk(Box::new(Desk::start()?)),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Desk(desk) => desk.address,
            Self::Actix(server) => server.address,
        }
    }

    /// The memory once it does not change any more.
    pub(crate) async fn memory_at_rest(&self) -> Result<Memory> {
        let mut memory = self.memory()?;
        for _ in 0..MOST_LOOKS {
            sleep(INTERVAL).await;
            let now = self.memory()?;
            let change = now.resident.abs_diff(memory.resident);
            memory = now;
            if change <= REST {
                break;
            }
        }
        Ok(memory)
    }

    /// Waits until the server has noticed that at most so many are connected.
    pub(crate) async fn has_at_most(&self, connections: u32) -> Result<()> {
        for _ in 0..MOST_LOOKS {
            let connected = match self {
                Self::Desk(desk) => desk.sessions()?,
                Self::Actix(server) => server.members().await?,
            };
            if connected <= connections {
                return Ok(());
            }
            sleep(INTERVAL).await;
        }
        Err(Failure::new("the server keeps connections that are gone"))
    }

    /// Ends it.
    pub(crate) fn stop(self) -> Result<()> {
        match self {
            Self::Desk(desk) => desk.stop(),
            Self::Actix(server) => server.stop(),
        }
    }

    fn memory(&self) -> Result<Memory> {
        Memory::of(match self {
            Self::Desk(desk) => desk.pid,
            Self::Actix(server) => server.pid,
        })
    }
}
