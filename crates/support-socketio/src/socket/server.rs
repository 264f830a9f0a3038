//! The server, to be mounted in an actix-web application.

use std::fmt;
use std::sync::Arc;

use actix_web::web::ServiceConfig;

use super::protocol::Protocol;
use super::{Application, Settings};
use crate::admission::Admission;
use crate::engine;

/// A Socket.IO server. All workers share it.
pub struct Server<A: Application> {
    engine: Arc<engine::Server<Protocol<A>>>,
}

impl<A: Application> Server<A> {
    /// A server for the clients of an application whom `admission` lets in.
    #[must_use]
    pub fn new(application: Arc<A>, admission: Arc<Admission>, settings: Settings) -> Self {
        let protocol = Protocol { application, max_attachments: settings.max_attachments };
        let settings = engine::Settings {
            path: settings.path,
            ping_interval: settings.ping_interval,
            ping_timeout: settings.ping_timeout,
            max_payload: settings.max_payload,
            upgrade_timeout: settings.upgrade_timeout,
            authentication_timeout: Some(settings.connect_timeout),
            queue: settings.queue,
            close_grace: settings.close_grace,
        };
        Self { engine: Arc::new(engine::Server::new(Arc::new(protocol), admission, settings)) }
    }

    /// Registers every method on the path, with and without the slash at its end.
    pub fn configure(self: &Arc<Self>, config: &mut ServiceConfig) {
        self.engine.configure(config);
    }
}

impl<A: Application> fmt::Debug for Server<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("engine", &self.engine).finish()
    }
}
