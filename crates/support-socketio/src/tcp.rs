//! The socket under a connection.
//!
//! actix-web never gives up on a socket that takes nothing, and says nothing about what it has sent. A
//! duplicate of the descriptor lets the socket be shut down from outside, upon which actix-web drops the
//! connection.

use std::any::Any;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::net::{Shutdown, sockopt};

/// How many bytes the system may hold for a WebSocket's client, so that a slow one costs little.
const SEND_BUFFER_BYTES: usize = 256 * 1024;

/// What a connection keeps of its socket. It goes with the connection.
struct Remembered(Arc<OwnedFd>);

/// For `HttpServer::on_connect`: keeps a duplicate of the connection's descriptor in its extensions, by which
/// a stuck connection can be shut down, and sends small writes at once. Connections that are not plain TCP
/// are left alone.
pub fn remember(connection: &dyn Any, extensions: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection does not send at once");
    }
    match stream.as_fd().try_clone_to_owned() {
        Ok(descriptor) => {
            extensions.insert(Remembered(Arc::new(descriptor)));
        }
        Err(error) => tracing::warn!(%error, "a connection's descriptor was not duplicated"),
    }
}

/// The socket of a request's connection, as long as there is one.
#[derive(Clone, Debug, Default)]
pub(crate) struct SocketHandle(Weak<OwnedFd>);

impl SocketHandle {
    /// The line that a request came on.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self(
            request
                .conn_data::<Remembered>()
                .map(|remembered| Arc::downgrade(&remembered.0))
                .unwrap_or_default(),
        )
    }

    /// Limits what the system holds for the client.
    pub(crate) fn limit_send_buffer(&self) {
        if let Some(socket) = self.0.upgrade()
            && let Err(error) = sockopt::set_socket_send_buffer_size(&socket, SEND_BUFFER_BYTES)
        {
            tracing::debug!(%error, "a send buffer was not limited");
        }
    }

    /// Whether the system would take more bytes now. A socket that is not known is said to.
    pub(crate) fn is_writable(&self) -> bool {
        let Some(socket) = self.0.upgrade() else { return true };
        let mut polled = [PollFd::new(&socket, PollFlags::OUT)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        !matches!(rustix::event::poll(&mut polled, Some(&at_once)), Ok(0))
    }

    /// Ends what is sent, after what was sent before; the client may still send.
    pub(crate) fn shut_down_sending(&self) {
        self.shut(Shutdown::Write);
    }

    /// Ends both directions. What the system has taken is still sent.
    pub(crate) fn shut_down(&self) {
        self.shut(Shutdown::Both);
    }

    /// Ends both directions, and has the system forget what it still holds for a client that does not take
    /// it.
    pub(crate) fn cut(&self) {
        if let Some(socket) = self.0.upgrade()
            && let Err(error) = sockopt::set_socket_linger(&socket, Some(Duration::ZERO))
        {
            tracing::debug!(%error, "a connection that is cut lingers");
        }
        self.shut_down();
    }

    fn shut(&self, how: Shutdown) {
        // The only failure is that the client was faster.
        if let Some(socket) = self.0.upgrade() {
            let _ = rustix::net::shutdown(&socket, how);
        }
    }
}
