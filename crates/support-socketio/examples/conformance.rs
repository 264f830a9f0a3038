//! A server for the conformance suites of Engine.IO and Socket.IO, and for their official clients.
//!
//! Raw Engine.IO at `/engine.io/` echoes every message. Socket.IO at `/socket.io/` has the namespaces `/` and
//! `/custom`; both greet with `auth` and what the client said for itself. On `/`, `message` is answered by
//! `message-back`, and `message-with-ack` by an acknowledgement, with the same arguments and attachments.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{App, HttpServer};
use clap::Parser;
use serde_json::value::RawValue;
use support_socketio::admission::{Admission, AdmissionSettings, Origins};
use support_socketio::socket::{Application, ConnectError, Event, Socket};
use support_socketio::{engine, socket, tcp};

/// A server for conformance suites.
#[derive(Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// How long after the last ping a client that answered it is pinged again.
    #[arg(long, default_value_t = 300)]
    ping_interval_ms: u64,
    /// How long a client may take to answer a ping.
    #[arg(long, default_value_t = 200)]
    ping_timeout_ms: u64,
    /// The most bytes of a message, and of a request's body.
    #[arg(long, default_value_t = 1_000_000)]
    max_payload: usize,
    /// How long a client may take to join a namespace.
    #[arg(long, default_value_t = 1_000)]
    connect_timeout_ms: u64,
}

/// Sends back every message.
struct Echo;

impl engine::Handler for Echo {
    type State = ();

    fn open(&self, _client: &engine::Client) {}

    async fn message(&self, client: &engine::Client, _state: &mut (), message: engine::Message<'_>) {
        // Nobody is there to miss it if the session is over.
        let _ = match message {
            engine::Message::Text(text) => client.send_text(text),
            engine::Message::Binary(bytes) => client.send_binary(&bytes),
        };
    }

    fn close(&self, _client: &engine::Client, _state: ()) {}
}

/// A client in a namespace, and what it said for itself.
struct Guest {
    socket: Socket,
    auth: Option<Box<RawValue>>,
}

/// Greets, and sends back.
struct Mirror;

impl Application for Mirror {
    type Session = Guest;

    fn knows(&self, namespace: &str) -> bool {
        matches!(namespace, "/" | "/custom")
    }

    async fn connect(&self, socket: &Socket, auth: Option<&RawValue>) -> Result<Guest, ConnectError> {
        Ok(Guest { socket: socket.clone(), auth: auth.map(ToOwned::to_owned) })
    }

    async fn connected(&self, guest: &Arc<Guest>) {
        let nothing = RawValue::from_string("{}".to_owned()).ok();
        if let Some(auth) = guest.auth.as_deref().or(nothing.as_deref()) {
            let _ = guest.socket.emit("auth", &[auth], &[]);
        }
    }

    async fn event(&self, guest: &Arc<Guest>, event: Event) {
        let args: Vec<&RawValue> = event.args.iter().map(AsRef::as_ref).collect();
        let attachments: &[Bytes] = &event.attachments;
        let _ = match (guest.socket.namespace(), event.name.as_str(), event.ack) {
            ("/", "message", _) => guest.socket.emit("message-back", &args, attachments),
            ("/", "message-with-ack", Some(ack)) => ack.send(&args, attachments),
            _ => Ok(()),
        };
    }

    fn disconnect(&self, _guest: &Arc<Guest>) {}
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let ping_interval = Duration::from_millis(arguments.ping_interval_ms);
    let ping_timeout = Duration::from_millis(arguments.ping_timeout_ms);
    let max_payload = arguments.max_payload;
    let admission = Arc::new(Admission::new(AdmissionSettings {
        origins: Origins::Any,
        handshakes_per_address: None,
        behind_proxy: false,
    }));
    let engine = Arc::new(engine::Server::new(
        Arc::new(Echo),
        Arc::clone(&admission),
        engine::Settings { ping_interval, ping_timeout, max_payload, ..engine::Settings::default() },
    ));
    let connect_timeout = Duration::from_millis(arguments.connect_timeout_ms);
    let socket = Arc::new(socket::Server::new(
        Arc::new(Mirror),
        admission,
        socket::Settings {
            ping_interval,
            ping_timeout,
            max_payload,
            connect_timeout,
            ..socket::Settings::default()
        },
    ));
    let server = HttpServer::new(move || {
        App::new().configure(|config| engine.configure(config)).configure(|config| socket.configure(config))
    })
    .workers(2)
    .on_connect(tcp::remember)
    .h1_allow_half_closed(false)
    .shutdown_timeout(1)
    .bind(&arguments.listen)?;
    for address in server.addrs() {
        writeln!(io::stdout(), "listening on http://{address}")?;
    }
    server.run().await
}
