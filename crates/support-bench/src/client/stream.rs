//! A connection with what was read of it and not yet understood.

use std::cell::RefCell;
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::ready;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};

use crate::failure::{Failure, Result};

/// How much is read at once.
const READ: usize = 64 * 1024;
/// How much the kernel keeps for a client that hardly reads, in bytes.
const NARROW: u32 = 4_096;

thread_local! {
    /// What is read into, by all connections of a thread: none of them holds more memory than it needs.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Stream {
    socket: TcpStream,
    pending: Vec<u8>,
}

impl Stream {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self> {
        Self::over(TcpStream::connect(address).await?)
    }

    /// From an address of this machine's, such as any of 127.0.0.0/8.
    pub(crate) async fn connect_from(source: IpAddr, address: SocketAddr) -> Result<Self> {
        let socket = if source.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.bind(SocketAddr::new(source, 0))?;
        Self::over(socket.connect(address).await?)
    }

    /// With hardly any room for what the client does not read.
    pub(crate) async fn connect_narrow(address: SocketAddr) -> Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_recv_buffer_size(NARROW)?;
        Self::over(socket.connect(address).await?)
    }

    fn over(socket: TcpStream) -> Result<Self> {
        socket.set_nodelay(true)?;
        Ok(Self { socket, pending: Vec::new() })
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.socket.write_all(bytes).await?)
    }

    /// Waits for more bytes. Nothing is lost when it is given up.
    pub(crate) async fn fill(&mut self) -> Result<()> {
        let Self { socket, pending } = self;
        let count = poll_fn(|context| {
            SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                let read = ready!(Pin::new(&mut *socket).poll_read(context, &mut buffer));
                pending.extend_from_slice(buffer.filled());
                std::task::Poll::Ready(read.map(|()| buffer.filled().len()))
            })
        });
        match count.await? {
            0 => Err(Failure::new("the server hung up")),
            _ => Ok(()),
        }
    }

    /// Whether the server has ended the connection, whatever was not read of it.
    pub(crate) fn is_cut(&self) -> Result<bool> {
        let mut polled = [PollFd::new(&self.socket, PollFlags::RDHUP)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        Ok(poll(&mut polled, Some(&at_once))? > 0)
    }

    /// What was read and not consumed.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Forgets the first bytes.
    pub(crate) fn consume(&mut self, count: usize) {
        self.pending.drain(..count.min(self.pending.len()));
    }
}
