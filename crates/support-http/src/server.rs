//! The application and the server around it.

use std::any::Any;
use std::io;
use std::net::TcpListener;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::body::BoxBody;
use actix_web::dev::{Extensions, Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};
use rustls::ServerConfig;

use crate::limits::{DISCONNECT_TIMEOUT, HEAD_TIMEOUT, KEEP_ALIVE, SHUTDOWN_TIMEOUT, TLS_HANDSHAKE_TIMEOUT};
use crate::meta::openapi::Document;
use crate::middleware::{cors, envelope};
use crate::state::State;
use crate::{openapi, routes};

/// The application: every address of this crate, and those that `live_endpoints` adds, such as a socket's.
/// What they answer gets request ids, problem documents and log lines as well.
pub fn app(
    state: web::Data<State>,
    live_endpoints: impl FnOnce(&mut ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let cors = cors(&state.settings.origins);
    // The last one wrapped is the outermost.
    App::new()
        .app_data(state)
        .wrap(cors)
        .wrap(from_fn(envelope))
        .configure(live_endpoints)
        .configure(configure)
}

/// Registers every address of this crate.
pub fn configure(config: &mut ServiceConfig) {
    config.app_data(web::Data::new(Document(openapi::openapi)));
    routes::register(config);
}

/// How much of the machine the server takes.
#[derive(Clone, Copy, Debug)]
pub struct Threads {
    /// Threads that answer requests.
    pub workers: usize,
    /// How many connections each of them holds; further ones wait to be accepted.
    pub connections_per_worker: usize,
}

/// Serves the application on `listeners`, with the limits of [`crate::limits`], until its handle tells it to
/// stop; requests in flight are finished then. Signals are left to the caller, who may have more to end.
/// `on_connect` is called with each connection's `TcpStream`.
///
/// With `tls` the listeners speak nothing else. HTTP/1.1 is the one protocol that is offered there (ALPN, RFC
/// 7301), for a WebSocket is opened by its `Upgrade`.
///
/// # Errors
/// When a listener cannot be used.
pub fn serve<D, C>(
    state: web::Data<State>,
    listeners: Vec<TcpListener>,
    tls: Option<&ServerConfig>,
    threads: Threads,
    live_endpoints: D,
    on_connect: C,
) -> io::Result<Server>
where
    D: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    C: Fn(&dyn Any, &mut Extensions) + Send + Sync + 'static,
{
    let mut server = HttpServer::new(move || {
        let live_endpoints = live_endpoints.clone();
        app(state.clone(), move |config| live_endpoints(config))
    })
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(SHUTDOWN_TIMEOUT.as_secs())
    // A caller that hangs up is gone: what waits for it, such as a long poll, ends at once.
    .h1_allow_half_closed(false)
    .on_connect(move |connection, extensions| on_connect(socket(connection), extensions))
    .tls_handshake_timeout(TLS_HANDSHAKE_TIMEOUT)
    // Those that have not finished their handshake are bounded by all connections: a bound of their own would
    // let silent ones keep everybody else out.
    .max_connection_rate(threads.connections_per_worker)
    .disable_signals();
    server = server.workers(threads.workers).max_connections(threads.connections_per_worker);
    for listener in listeners {
        server = match tls {
            Some(tls) => server.listen_rustls_0_23(listener, tls.clone())?,
            None => server.listen(listener)?,
        };
    }
    Ok(server.run())
}

/// The socket under a connection, which is the same for TLS and without.
fn socket(connection: &dyn Any) -> &dyn Any {
    match connection.downcast_ref::<TlsStream<TcpStream>>() {
        Some(stream) => stream.get_ref().0,
        None => connection,
    }
}
