//! The application and the server around it.

use std::io;
use std::net::TcpListener;

use actix_web::body::BoxBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};

use crate::limits::{DISCONNECT_TIMEOUT, HEAD_TIMEOUT, KEEP_ALIVE, SHUTDOWN_TIMEOUT};
use crate::middleware::{cors, envelope};
use crate::routes;
use crate::state::State;

/// The application: every address of this crate, and those that `doors` adds, such as a socket's. What they answer gets
/// request ids, problem documents and log lines as well.
pub fn app(
    state: web::Data<State>,
    doors: impl FnOnce(&mut ServiceConfig),
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
        .configure(doors)
        .configure(routes::configure)
}

/// Serves the application on `listeners`, with the limits of [`crate::limits`], until the server is told to stop: by its
/// handle, or by SIGTERM or SIGINT, whereupon requests in flight are finished.
///
/// # Errors
/// When a listener cannot be used.
pub fn serve<D>(
    state: web::Data<State>,
    listeners: Vec<TcpListener>,
    workers: Option<usize>,
    doors: D,
) -> io::Result<Server>
where
    D: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let mut server = HttpServer::new(move || {
        let doors = doors.clone();
        app(state.clone(), move |config| doors(config))
    })
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(SHUTDOWN_TIMEOUT.as_secs());
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}
