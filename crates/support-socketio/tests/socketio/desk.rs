//! The server under test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::value::RawValue;
use support_socketio::admission::Admission;
use support_socketio::socket::{self, Application, ConnectError, Event, Settings, Socket};
use tokio::sync::Semaphore;

use crate::common::polling::{Poller, member};
use crate::common::{Raw, Server, admission, eventually};

pub(crate) const PATH: &str = "/socket.io/";
/// So long that nothing of the kind happens in a test.
const NEVER: Duration = Duration::from_mins(10);

/// Sends events back, and writes down what happened.
pub(crate) struct Desk {
    /// `wait` is processed when it gets a permit of this.
    pub(crate) waiting: Semaphore,
    pub(crate) log: Mutex<Vec<String>>,
    pub(crate) sockets: Mutex<Vec<Socket>>,
}

impl Desk {
    fn note(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }
}

impl Application for Desk {
    type Session = Socket;

    fn knows(&self, namespace: &str) -> bool {
        matches!(namespace, "/" | "/desk" | "/locked")
    }

    async fn connect(&self, socket: &Socket, auth: Option<&RawValue>) -> Result<Socket, ConnectError> {
        self.note(format!("connect {} {}", socket.namespace(), auth.map_or("-", RawValue::get)));
        if socket.namespace() == "/locked" {
            let data = RawValue::from_string(r#"{"code":"no_key"}"#.into()).ok();
            return Err(ConnectError { message: "locked".into(), data });
        }
        self.sockets.lock().unwrap().push(socket.clone());
        Ok(socket.clone())
    }

    async fn connected(&self, socket: &Arc<Socket>) {
        if socket.handshake().query().contains("greet") {
            let authorization = format!("{:?}", socket.handshake().authorization().unwrap_or_default());
            let authorization = RawValue::from_string(authorization).unwrap();
            socket.emit("hello", &[&authorization], &[]).unwrap();
        }
    }

    async fn event(&self, socket: &Arc<Socket>, event: Event) {
        self.note(format!("event {} {}", socket.namespace(), event.name));
        let args: Vec<&RawValue> = event.args.iter().map(AsRef::as_ref).collect();
        match event.name.as_str() {
            "wait" => self.waiting.acquire().await.unwrap().forget(),
            "leave" => socket.leave(),
            "close" => socket.send_queue().close(4_000, "as it was told"),
            _ => {}
        }
        let sent = match event.ack {
            Some(ack) => ack.send(&args, &event.attachments),
            None => socket.emit(&event.name, &args, &event.attachments),
        };
        if sent.is_err() {
            self.note(format!("nobody gets the answer to {}", event.name));
        }
    }

    fn disconnect(&self, socket: &Arc<Socket>) {
        self.note(format!("disconnect {}", socket.namespace()));
    }
}

/// A running server and what is behind it.
pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) admission: Arc<Admission>,
    pub(crate) desk: Arc<Desk>,
}

/// Settings under which nothing happens by itself.
pub(crate) fn quiet() -> Settings {
    Settings {
        ping_interval: NEVER,
        ping_timeout: NEVER,
        connect_timeout: NEVER,
        upgrade_timeout: NEVER,
        max_payload: 100_000,
        ..Settings::default()
    }
}

impl Stage {
    pub(crate) fn set(settings: Settings) -> Self {
        Self::behind(admission(), settings)
    }

    pub(crate) fn behind(admission: Arc<Admission>, settings: Settings) -> Self {
        let desk =
            Arc::new(Desk { waiting: Semaphore::new(0), log: Mutex::default(), sockets: Mutex::default() });
        let socket = Arc::new(socket::Server::new(Arc::clone(&desk), Arc::clone(&admission), settings));
        let server = Server::start(move |config| socket.configure(config));
        Self { server, admission, desk }
    }

    /// A connection in no namespace.
    pub(crate) fn outside(&self) -> Raw {
        let mut raw = Raw::open(self.server.address, "/socket.io/?EIO=4&transport=websocket");
        assert!(raw.next_text().starts_with("0{"));
        raw
    }

    /// A connection in `/`.
    pub(crate) fn inside(&self) -> Raw {
        let mut raw = self.outside();
        join(&mut raw, "/");
        raw
    }

    /// A session over polling in `/`.
    pub(crate) fn poller(&self) -> Poller {
        let poller = Poller::open(self.server.address, PATH);
        poller.say("40");
        assert!(poller.body().starts_with("40{\"sid\":"));
        poller
    }

    pub(crate) fn socket(&self) -> Socket {
        self.desk.sockets.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.desk.log.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, line: &str) -> usize {
        self.log().iter().filter(|known| *known == line).count()
    }

    /// Fails unless nobody is connected, and the application was told so of each namespace as often as of its
    /// joining.
    pub(crate) fn is_empty(&self) {
        eventually("nobody is connected", || self.admission.connections() == 0);
        for namespace in ["/", "/desk"] {
            let joined = self.sockets_of(namespace);
            let line = format!("disconnect {namespace}");
            eventually("the application is told", || self.count(&line) >= joined);
            assert_eq!(self.count(&line), joined);
        }
    }

    fn sockets_of(&self, namespace: &str) -> usize {
        self.desk.sockets.lock().unwrap().iter().filter(|socket| socket.namespace() == namespace).count()
    }
}

/// Joins a namespace and returns the id there.
pub(crate) fn join(raw: &mut Raw, namespace: &str) -> String {
    let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
    raw.text(&format!("40{prefix}"));
    let answer = raw.next_text();
    let id = member(&answer, "sid");
    assert_eq!(answer, format!(r#"40{prefix}{{"sid":"{id}"}}"#));
    id
}

/// Fails unless events come back.
pub(crate) fn is_alive(raw: &mut Raw) {
    raw.text(r#"42["still","there?"]"#);
    assert_eq!(raw.next_text(), r#"42["still","there?"]"#);
}
