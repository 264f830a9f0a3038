//! Both transports, ready to be put into an application.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, Data, ServiceConfig};
use support_socketio::admission::Admission;
use support_socketio::{socket, websocket};

use crate::gateway::Gateway;
use crate::plain::{self, PlainTransport};
use crate::socketio::SocketIoTransport;

/// The address of the plain transport.
pub const PLAIN_PATH: &str = "/support/ws";
/// The address of the Socket.IO transport.
pub const SOCKETIO_PATH: &str = "/socket.io/";

/// How long a Socket.IO client may take to join the namespace.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The plain transport and the Socket.IO transport to one gateway. Cheap to clone.
#[derive(Clone)]
pub struct LiveEndpoints {
    plain: Data<PlainTransport>,
    socketio: Arc<socket::Server<SocketIoTransport>>,
}

impl LiveEndpoints {
    /// Transports to `gateway` behind `admission`, with the limits of `docs/contract.md`, section 4.5: frames
    /// of 64 KiB, heartbeats every 25 s, dead after 20 s more.
    #[must_use]
    pub fn new(gateway: &Arc<Gateway>, admission: &Arc<Admission>) -> Self {
        let plain = PlainTransport {
            gateway: Arc::clone(gateway),
            admission: Arc::clone(admission),
            settings: websocket::Settings::default(),
        };
        let settings = socket::Settings {
            path: SOCKETIO_PATH.to_owned(),
            connect_timeout: CONNECT_TIMEOUT,
            ..socket::Settings::default()
        };
        let application = Arc::new(SocketIoTransport { gateway: Arc::clone(gateway) });
        let socketio = socket::Server::new(application, Arc::clone(admission), settings);
        Self { plain: Data::new(plain), socketio: Arc::new(socketio) }
    }

    /// Registers the addresses of both.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config.service(
            web::resource(PLAIN_PATH).app_data(self.plain.clone()).route(web::get().to(plain::open)),
        );
        self.socketio.configure(config);
    }
}
