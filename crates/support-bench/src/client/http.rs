//! One request after the other on a connection (RFC 9112).

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use super::stream::Stream;
use crate::failure::{Failure, Result};

/// A connection for requests.
#[derive(Debug)]
pub(crate) struct Exchange(Stream);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Exchange {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self> {
        Ok(Self::over(Stream::connect(address).await?))
    }

    pub(crate) const fn over(stream: Stream) -> Self {
        Self(stream)
    }

    pub(crate) async fn connect_from(source: IpAddr, address: SocketAddr) -> Result<Self> {
        Ok(Self(Stream::connect_from(source, address).await?))
    }

    /// Sends a request made by [`request`] and reads the whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.0.send(request).await?;
        loop {
            if let Some((status, body)) = parse(self.0.pending())? {
                let end = body.end;
                let body = self.0.pending().get(body).unwrap_or_default().to_vec();
                self.0.consume(end);
                return Ok(Answer { status, body });
            }
            self.0.fill().await?;
        }
    }

    /// The body of an answer that must have this status.
    pub(crate) async fn expect(&mut self, request: &[u8], status: u16) -> Result<Vec<u8>> {
        let answer = self.ask(request).await?;
        if answer.status == status {
            return Ok(answer.body);
        }
        let body = String::from_utf8_lossy(&answer.body);
        Err(Failure::new(format!("status {} instead of {status}: {body}", answer.status)))
    }

    /// The connection, for another protocol.
    pub(crate) fn into_stream(self) -> Stream {
        self.0
    }
}

/// A request as it goes over the wire. `headers` are whole lines, each with its end.
pub(crate) fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        .into()
}

/// The status, and where the body lies; none while bytes are missing. Bodies of other than known length are
/// refused.
fn parse(bytes: &[u8]) -> Result<Option<(u16, Range<usize>)>> {
    const END: &[u8] = b"\r\n\r\n";
    let Some(end) = bytes.windows(END.len()).position(|window| window == END) else { return Ok(None) };
    let head = std::str::from_utf8(bytes.get(..end).unwrap_or_default())?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
    let status = status.ok_or_else(|| Failure::new("an answer that is not HTTP"))?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = match (length, status) {
        (Some(length), _) => length,
        (None, 101) => 0,
        (None, _) => return Err(Failure::new("an answer of unknown length")),
    };
    let body = end + END.len()..end + END.len() + length;
    Ok((bytes.len() >= body.end).then_some((status, body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_cut_out_by_its_length() {
        let bytes = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nx: y\r\n\r\nokHTTP";
        assert_eq!(
            parse(bytes).unwrap().map(|(status, body)| (status, &bytes[body])),
            Some((201, &b"ok"[..]))
        );
        for missing in [&bytes[..20], &bytes[..bytes.len() - 5]] {
            assert!(parse(missing).unwrap().is_none());
        }
    }

    #[test]
    fn only_a_switch_of_protocols_needs_no_length() {
        assert_eq!(parse(b"HTTP/1.1 101 Go\r\n\r\n\x81").unwrap(), Some((101, 19..19)));
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(parse(b"nonsense\r\n\r\n").is_err());
    }
}
