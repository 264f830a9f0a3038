//! The server under test.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support_socketio::admission::Admission;
use support_socketio::engine::{self, Client, Handler, Message, Settings};
use tokio::sync::Semaphore;

use crate::common::polling::Poller;
use crate::common::{Raw, Server, admission, eventually};

pub(crate) const PATH: &str = "/engine.io/";

/// Sends every message back, but for a few.
pub(crate) struct Echo {
    /// `wait` is processed when it gets a permit of this.
    pub(crate) waiting: Semaphore,
    /// How many times the processing of `wait` began.
    pub(crate) begun: AtomicUsize,
    /// How many times it came to its end.
    pub(crate) waited: AtomicUsize,
    pub(crate) closed: AtomicUsize,
    pub(crate) clients: Mutex<Vec<Client>>,
}

impl Handler for Echo {
    type State = ();

    fn open(&self, client: &Client) {
        self.clients.lock().unwrap().push(client.clone());
    }

    async fn message(&self, client: &Client, _state: &mut (), message: Message<'_>) {
        match message {
            Message::Text("wait") => {
                self.begun.fetch_add(1, Ordering::SeqCst);
                self.waiting.acquire().await.unwrap().forget();
                self.waited.fetch_add(1, Ordering::SeqCst);
            }
            Message::Text("authenticate") => client.mark_authenticated(),
            Message::Text("panic") => panic!("as it was told"),
            Message::Text("close") => client.send_queue().close(4_000, "as it was told"),
            Message::Text(text) => drop(client.send_text(text)),
            Message::Binary(bytes) => drop(client.send_binary(&bytes)),
        }
    }

    fn close(&self, _client: &Client, _state: ()) {
        self.closed.fetch_add(1, Ordering::SeqCst);
    }
}

/// A running server and what is behind it.
pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) admission: Arc<Admission>,
    pub(crate) echo: Arc<Echo>,
}

/// So long that nothing of the kind happens in a test.
pub(crate) const NEVER: Duration = Duration::from_mins(10);

/// Settings under which nothing happens by itself.
pub(crate) fn quiet() -> Settings {
    Settings {
        path: PATH.to_owned(),
        ping_interval: NEVER,
        ping_timeout: NEVER,
        max_payload: 1_000,
        upgrade_timeout: NEVER,
        authentication_timeout: None,
        close_grace: NEVER,
        ..Settings::default()
    }
}

impl Stage {
    pub(crate) fn set(settings: Settings) -> Self {
        Self::behind(admission(), settings)
    }

    pub(crate) fn behind(admission: Arc<Admission>, settings: Settings) -> Self {
        let echo = Arc::new(Echo {
            waiting: Semaphore::new(0),
            begun: AtomicUsize::new(0),
            waited: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            clients: Mutex::default(),
        });
        let engine = Arc::new(engine::Server::new(Arc::clone(&echo), Arc::clone(&admission), settings));
        let server = Server::start(move |config| engine.configure(config));
        Self { server, admission, echo }
    }

    pub(crate) fn poller(&self) -> Poller {
        Poller::open(self.server.address, PATH)
    }

    /// A session on a WebSocket, after its first packet.
    pub(crate) fn websocket(&self) -> Raw {
        let mut raw = Raw::open(self.server.address, &format!("{PATH}?EIO=4&transport=websocket"));
        assert!(raw.next_text().starts_with("0{"));
        raw
    }

    /// The client of the last session that began.
    pub(crate) fn client(&self) -> Client {
        self.echo.clients.lock().unwrap().last().unwrap().clone()
    }

    /// Fails unless the handler is told of so many ends, and no connection is left.
    pub(crate) fn has_ended(&self, sessions: usize) {
        eventually("the handler is told of the end", || self.echo.closed.load(Ordering::SeqCst) >= sessions);
        eventually("nobody is connected", || self.admission.connections() == 0);
        assert_eq!(self.echo.closed.load(Ordering::SeqCst), sessions);
    }
}
