//! Malware scanning by `ClamAV`'s daemon, over its socket (`clamd(8)`, command `INSTREAM`).

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::chunks::Chunks;
use crate::error::{Error, OpenError};

/// How long the scanner may take to let a connection in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long it may take for a file.
const SCAN_TIMEOUT: Duration = Duration::from_mins(1);
/// The most bytes of an answer; real ones are a line.
const MAX_ANSWER: u64 = 4 * 1024;

/// Where the daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clamd {
    /// At a host and port.
    Tcp(String),
    /// At a socket file.
    Unix(PathBuf),
}

/// What the scanner says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It knows nothing against it.
    Clean,
    /// It found what has this name.
    Infected(String),
}

impl Clamd {
    /// Reads `tcp://host:port` or `unix:///path`.
    ///
    /// # Errors
    /// [`OpenError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, OpenError> {
        if let Some(address) = text.strip_prefix("tcp://") {
            let port = address
                .rsplit_once(':')
                .and_then(|(host, port)| Some(port).filter(|_| !host.is_empty())?.parse::<u16>().ok());
            if port.is_some_and(|port| port != 0) {
                return Ok(Self::Tcp(address.to_owned()));
            }
        }
        if let Some(path) = text.strip_prefix("unix://").filter(|path| path.starts_with('/')) {
            return Ok(Self::Unix(PathBuf::from(path)));
        }
        Err(OpenError("it must be tcp://HOST:PORT or unix:///PATH".to_owned()))
    }

    /// Has a file scanned.
    pub(crate) async fn scan(&self, chunks: Chunks) -> Result<Verdict, Error> {
        let connection = timeout(CONNECT_TIMEOUT, self.connect()).await;
        let connection =
            connection.map_err(|_| late())?.map_err(|error| Error::Scanner(error.to_string()))?;
        let answer = timeout(SCAN_TIMEOUT, exchange(connection, chunks)).await.map_err(|_| late())??;
        read_answer(&answer)
    }

    async fn connect(&self) -> std::io::Result<Box<dyn Connection>> {
        Ok(match self {
            Self::Tcp(address) => Box::new(TcpStream::connect(address).await?),
            Self::Unix(path) => Box::new(UnixStream::connect(path).await?),
        })
    }
}

trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

fn late() -> Error {
    Error::Scanner("no answer in time".to_owned())
}

/// Sends a file: each chunk behind its length, and a length of zero at the end.
async fn exchange(mut connection: Box<dyn Connection>, mut chunks: Chunks) -> Result<Vec<u8>, Error> {
    let sent = send(&mut connection, &mut chunks).await;
    // A scanner that has had enough says why and closes, so its answer counts before the failure to send.
    let mut answer = Vec::new();
    let read = connection.take(MAX_ANSWER).read_to_end(&mut answer).await;
    match (answer.is_empty(), sent, read) {
        (false, ..) => Ok(answer),
        (true, Err(error), _) => Err(error),
        (true, Ok(()), Err(error)) => Err(Error::Scanner(error.to_string())),
        (true, Ok(()), Ok(_)) => Err(Error::Scanner("it closed without an answer".to_owned())),
    }
}

async fn send(connection: &mut Box<dyn Connection>, chunks: &mut Chunks) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Scanner(error.to_string());
    connection.write_all(b"zINSTREAM\0").await.map_err(failed)?;
    while let Some(chunk) = chunks.next().await? {
        let length = u32::try_from(chunk.len()).map_err(|error| Error::Scanner(error.to_string()))?;
        connection.write_all(&length.to_be_bytes()).await.map_err(failed)?;
        connection.write_all(&chunk).await.map_err(failed)?;
    }
    connection.write_all(&[0; 4]).await.map_err(failed)?;
    connection.flush().await.map_err(failed)
}

/// Reads `stream: OK`, `stream: NAME FOUND`, or what went wrong. Whatever is not understood is no clean bill.
fn read_answer(answer: &[u8]) -> Result<Verdict, Error> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_end_matches(['\0', '\n']);
    match text.strip_prefix("stream: ") {
        Some("OK") => Ok(Verdict::Clean),
        Some(found) if found.ends_with(" FOUND") => {
            Ok(Verdict::Infected(found.trim_end_matches(" FOUND").to_owned()))
        }
        _ => Err(Error::Scanner(format!("it answered: {}", text.escape_debug()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_anything_else() {
        assert_eq!(Clamd::parse("tcp://127.0.0.1:3310").ok(), Some(Clamd::Tcp("127.0.0.1:3310".to_owned())));
        assert_eq!(Clamd::parse("tcp://[::1]:3310").ok(), Some(Clamd::Tcp("[::1]:3310".to_owned())));
        assert_eq!(Clamd::parse("unix:///run/clamd.ctl").ok(), Some(Clamd::Unix("/run/clamd.ctl".into())));
        for bad in
            ["", "127.0.0.1:3310", "tcp://host", "tcp://:1", "tcp://host:0", "unix://run/x", "http://x:1"]
        {
            assert!(Clamd::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_clean_bill_is_one() {
        assert_eq!(read_answer(b"stream: OK\0"), Ok(Verdict::Clean));
        let found = Verdict::Infected("Eicar-Test-Signature".to_owned());
        assert_eq!(read_answer(b"stream: Eicar-Test-Signature FOUND\0"), Ok(found));
        for other in [
            &b"INSTREAM size limit exceeded. ERROR\0"[..],
            b"stream: Can't allocate memory ERROR\0",
            b"OK",
            b"",
            b"stream: OKAY",
            b"\xff",
        ] {
            assert!(matches!(read_answer(other), Err(Error::Scanner(_))), "{other:?}");
        }
    }
}
