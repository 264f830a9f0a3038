//! The program as a process of its own, so that its memory and its processor time can be told from ours.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::client::{Exchange, request};
use crate::failure::{Failure, Result};

/// A running server on actix-ws. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct ActixServer {
    process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
}

impl ActixServer {
    /// Starts one that will send these texts, none of which may hold a line break.
    pub(crate) fn start(texts: &[Vec<u8>]) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        let process = command.arg("actix-ws").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let pid = process.id();
        // From here on the process ends with the value, whatever fails.
        let mut server = Self { process, address: SocketAddr::from(([0; 4], 0)), pid };
        let gone = || Failure::new("the server on actix-ws is gone");
        let input = server.process.stdin.as_mut().ok_or_else(gone)?;
        for text in texts {
            input.write_all(text)?;
            input.write_all(b"\n")?;
        }
        input.write_all(b"\n")?;
        let mut line = String::new();
        BufReader::new(server.process.stdout.take().ok_or_else(gone)?).read_line(&mut line)?;
        server.address = line.trim().parse()?;
        Ok(server)
    }

    /// How many are in its room.
    pub(crate) async fn members(&self) -> Result<u32> {
        let mut exchange = Exchange::connect(self.address).await?;
        Ok(serde_json::from_slice(&exchange.expect(&request("GET", "/members", "", ""), 200).await?)?)
    }

    /// Ends it.
    pub(crate) fn stop(mut self) -> Result<()> {
        drop(self.process.stdin.take());
        let status = self.process.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!("the server on actix-ws ended with {status}")))
        }
    }
}

impl Drop for ActixServer {
    fn drop(&mut self) {
        // After `stop` there is nothing to kill.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
