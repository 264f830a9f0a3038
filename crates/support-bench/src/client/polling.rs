//! Engine.IO v4 over long-polling, on one connection: what is said goes out between two polls.

use serde::Deserialize;

use super::http::{Exchange, request};
use super::stream::Stream;
use crate::failure::{Failure, Result};

const PATH: &str = "/socket.io/?EIO=4&transport=polling";
/// Stands between the packets of a body.
const SEPARATOR: u8 = 0x1E;

/// A session.
#[derive(Debug)]
pub(crate) struct Polling {
    exchange: Exchange,
    path: String,
    poll: Vec<u8>,
}

#[derive(Deserialize)]
struct Open {
    sid: String,
}

impl Polling {
    pub(crate) async fn open(stream: Stream) -> Result<Self> {
        let mut exchange = Exchange::over(stream);
        let body = exchange.expect(&request("GET", PATH, "", ""), 200).await?;
        let open = body.strip_prefix(b"0").ok_or_else(|| Failure::new("no open packet"))?;
        let Open { sid } = serde_json::from_slice(open)?;
        let path = format!("{PATH}&sid={sid}");
        Ok(Self { exchange, poll: request("GET", &path, "", ""), path })
    }

    /// Sends a packet.
    pub(crate) async fn send(&mut self, packet: &str) -> Result<()> {
        let request = request("POST", &self.path, "Content-Type: text/plain;charset=UTF-8\r\n", packet);
        self.exchange.expect(&request, 200).await.map(drop)
    }

    /// Waits for packets and hands on each that has come.
    pub(crate) async fn receive(&mut self, on: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let body = self.exchange.expect(&self.poll, 200).await?;
        body.split(|byte| *byte == SEPARATOR).try_for_each(on)
    }
}
