use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};

use crate::error::Doing;
use crate::{Error, Result};

/// No answer of a server takes this long; it only turns a hang into a failure.
const DEADLINE: Duration = Duration::from_mins(1);

/// What came back on a connection, as far as it can be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawResponse {
    /// The status of the first response; `None` when the server closed without one.
    pub status: Option<u16>,
    /// Status line and headers, without the empty line that ends them.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl RawResponse {
    /// One header; `None` when it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Sends bytes on a connection of their own, well-formed or not, and reads one response or to the end.
///
/// # Errors
/// [`Error::Io`] when the server cannot be reached; [`Error::TimedOut`] when it neither answers nor closes.
pub fn raw_exchange(address: SocketAddr, bytes: &[u8]) -> Result<RawResponse> {
    exchange(TcpStream::connect(address).doing(|| format!("connect to {address}"))?, address, bytes)
}

/// The same from an address of this machine's, such as any of 127.0.0.0/8.
///
/// # Errors
/// As [`raw_exchange`]; also when the address is none of this machine's.
pub fn raw_exchange_from(source: IpAddr, address: SocketAddr, bytes: &[u8]) -> Result<RawResponse> {
    let family = if source.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let connected = || {
        let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        bind(&socket, &SocketAddr::new(source, 0))?;
        connect(&socket, &address)?;
        Ok(TcpStream::from(socket))
    };
    let failed = |error: rustix::io::Errno| std::io::Error::from(error);
    let stream = connected().map_err(failed).doing(|| format!("connect to {address} from {source}"))?;
    exchange(stream, address, bytes)
}

fn exchange(mut stream: TcpStream, address: SocketAddr, bytes: &[u8]) -> Result<RawResponse> {
    let end = Instant::now() + DEADLINE;
    match stream.write_all(bytes) {
        // The server may refuse and close before it has read everything, which is what such a test is about.
        Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {}
        other => other.doing(|| format!("send to {address}"))?,
    }
    let mut received = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(response) = complete(&received) {
            return Ok(response);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::TimedOut { awaited: format!("{address} answers or closes") });
        }
        stream.set_read_timeout(Some(left)).doing(|| "set a time-out".into())?;
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(at_end(&received)),
            Ok(count) => received.extend(chunk.iter().take(count)),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(at_end(&received)),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error).doing(|| format!("read from {address}")),
        }
    }
}

/// A response whose end shows, by its `Content-Length`.
fn complete(received: &[u8]) -> Option<RawResponse> {
    let response = split(received)?;
    let length = response.header("content-length")?.parse::<usize>().ok()?;
    (response.body.len() >= length).then_some(response)
}

fn at_end(received: &[u8]) -> RawResponse {
    split(received).unwrap_or_else(|| RawResponse {
        status: None,
        head: String::from_utf8_lossy(received).into_owned(),
        body: Vec::new(),
    })
}

fn split(received: &[u8]) -> Option<RawResponse> {
    const END: &[u8] = b"\r\n\r\n";
    let at = received.windows(END.len()).position(|window| window == END)?;
    let head = String::from_utf8_lossy(received.get(..at)?).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Some(RawResponse { status, head, body: received.get(at + END.len()..)?.to_vec() })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn exchange_with(answer: &'static [u8], keep_open: bool) -> RawResponse {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 5];
            stream.read_exact(&mut request).unwrap();
            assert_eq!(&request, b"GARB\n");
            stream.write_all(answer).unwrap();
            keep_open.then_some(stream)
        });
        let response = raw_exchange(address, b"GARB\n").unwrap();
        drop(server.join().unwrap());
        response
    }

    #[test]
    fn reads_one_response_of_a_connection_that_stays_open() {
        let response = exchange_with(b"HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\nno", true);
        assert_eq!((response.status, response.body.as_slice()), (Some(400), b"no".as_slice()));
    }

    #[test]
    fn reads_to_the_end_of_a_connection_that_closes() {
        let response = exchange_with(b"HTTP/1.1 400 Bad\r\n\r\nno length", false);
        assert_eq!((response.status, response.body.as_slice()), (Some(400), b"no length".as_slice()));
    }

    #[test]
    fn comes_from_the_address_that_it_is_told_to() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, peer) = listener.accept().unwrap();
            stream.write_all(b"HTTP/1.1 204 No\r\nX-A: b\r\n\r\n").unwrap();
            peer.ip().to_string()
        });
        let response = raw_exchange_from("127.0.0.7".parse().unwrap(), address, b"").unwrap();
        assert_eq!((response.header("x-a"), response.header("x-b")), (Some("b"), None));
        assert_eq!(server.join().unwrap(), "127.0.0.7");
    }

    #[test]
    fn tells_when_there_was_no_response() {
        assert_eq!(exchange_with(b"", false).status, None);
    }
}
