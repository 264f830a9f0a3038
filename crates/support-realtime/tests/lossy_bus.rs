//! The promise of `docs/contract.md`, section 4.4 with a bus that loses, repeats, delays and reorders what
//! happens: clients at the plain transport see every message once, in order, because rooms heal from the
//! store.
#![cfg(test)]

use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use std::thread;
use std::time::Duration;

use actix_web::{App, HttpServer, rt};
use chrono::TimeDelta;
use serde_json::{Value, json};
use support_api::problem::{Kind, Problem};
use support_domain::actor::Actor;
use support_domain::command::{CreateTicket, SendMessage};
use support_domain::desk::{Desk, DeskDeps};
use support_domain::entity::Ticket;
use support_domain::event::{Event, Publisher};
use support_domain::id::UserId;
use support_domain::memory::{ManualClock, MemoryStore, SequentialIds};
use support_domain::time::{Clock, Timestamp};
use support_domain::usecase::Policy;
use support_domain::value::{Category, Description, MessageText, Priority, Role, Subject, Tags};
use support_realtime::{Authenticator, Bearer, Bus, Gateway, Hub, Listener, LiveEndpoints, Metrics};
use support_socketio::admission::{Admission, AdmissionSettings, Origins};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};
use uuid::Uuid;

/// Passing it is a hang, not slowness.
const DEADLINE: Duration = Duration::from_mins(1);

/// A bus on which few events arrive as they were sent.
#[derive(Default)]
struct LossyBus {
    listeners: RwLock<Vec<Arc<dyn Listener>>>,
    /// How often something was published, and what is held back.
    state: Mutex<(u32, Vec<Event>)>,
}

impl LossyBus {
    fn tell(&self, events: &[Event]) {
        for listener in self.listeners.read().unwrap_or_else(PoisonError::into_inner).iter() {
            listener.hear(events);
        }
    }

    /// Says, as a bus does after a failure, that something may have been lost.
    fn recover(&self) {
        for listener in self.listeners.read().unwrap_or_else(PoisonError::into_inner).iter() {
            listener.interrupted();
        }
    }
}

impl Publisher for LossyBus {
    fn publish(&self, events: &[Event]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = state.0.wrapping_add(1);
        match state.0 % 5 {
            // Lost.
            0 => {}
            // Late.
            1 | 2 => state.1.extend_from_slice(events),
            // What was late, the newest first, and only then this.
            3 => {
                let late: Vec<Event> = std::mem::take(&mut state.1).into_iter().rev().collect();
                drop(state);
                self.tell(&late);
                self.tell(events);
            }
            // Twice.
            _ => {
                drop(state);
                self.tell(events);
                self.tell(events);
            }
        }
    }
}

impl Bus for LossyBus {
    fn subscribe(&self, listener: Arc<dyn Listener>) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }
}

/// Takes the token `customer`.
struct AnyToken;

impl Authenticator for AnyToken {
    fn authenticate(&self, token: &str) -> Result<Bearer, Box<Problem>> {
        if token != "customer" {
            return Err(Box::new(Problem::new(Kind::INVALID_TOKEN, "an unknown token")));
        }
        Ok(Bearer { actor: customer(), expires_at: Timestamp::EPOCH.plus(TimeDelta::days(1)) })
    }
}

fn customer() -> Actor {
    Actor::new(UserId::new(Uuid::from_u128(7)), Role::Customer)
}

/// A desk whose events go over a lossy bus, and a server with its transports that runs until the test ends.
struct World {
    desk: Arc<Desk>,
    bus: Arc<LossyBus>,
    address: String,
    runtime: tokio::runtime::Runtime,
}

impl World {
    fn start() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(Timestamp::EPOCH));
        let bus = Arc::new(LossyBus::default());
        let metrics = Metrics::new(&prometheus::Registry::new()).expect("distinct names");
        let hub = Arc::new(Hub::new(Arc::new(metrics)));
        bus.subscribe(Arc::clone(&hub) as _);
        let ids = Arc::new(SequentialIds::default());
        let desk = Arc::new(Desk::new(DeskDeps {
            store: Arc::new(MemoryStore::new()),
            publisher: Arc::clone(&bus) as _,
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids) as _,
            policy: Policy::default(),
        }));
        let gateway = Arc::new(Gateway::new(support_realtime::GatewayDeps {
            hub,
            desk: Arc::clone(&desk),
            authenticator: Arc::new(AnyToken),
            clock,
            ids,
            is_limited: false,
        }));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let (ready, is_ready) = mpsc::channel();
        thread::spawn(move || serve(&gateway, listener, &ready));
        is_ready.recv_timeout(DEADLINE).expect("the server starts");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        Self { desk, bus, address, runtime }
    }

    fn open(&self) -> Ticket {
        let command = CreateTicket {
            subject: Subject::parse("Fee").expect("a subject"),
            description: Description::parse("Why?").expect("a description"),
            category: Category::Billing,
            priority: Priority::Low,
            department: None,
            tags: Tags::default(),
            customer: None,
            auto_assign: false,
            idempotency: None,
        };
        self.runtime.block_on(self.desk.create_ticket(&customer(), command)).expect("a ticket").ticket
    }

    fn say(&self, ticket: &Ticket, text: &str) {
        let command = SendMessage {
            ticket: ticket.id.into(),
            text: MessageText::parse(text).expect("a text"),
            client_message_id: None,
            attachments: Vec::new(),
        };
        self.runtime.block_on(self.desk.send_message(&customer(), command)).expect("sent");
    }

    /// A client that has joined the ticket's room with `after`, and what it was answered.
    fn join(&self, ticket: &Ticket, after: i64) -> (Client, Vec<i64>) {
        let url = format!("ws://{}/support/ws", self.address);
        let (socket, _) = tungstenite::connect(url).expect("connected");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(DEADLINE)).expect("a time-out");
        }
        let mut client = Client(socket);
        client.send(&json!({"event": "authenticate", "data": {"token": "customer"}}));
        let join = json!({"ticketId": ticket.id.to_string(), "after": after});
        client.send(&json!({"event": "join_ticket_room", "data": join, "id": 1}));
        let answer = client.receive();
        assert_eq!(answer["event"], "ack", "{answer}");
        let messages = answer["data"]["messages"].as_array().expect("messages").clone();
        (client, messages.iter().filter_map(|message| message["sequence"].as_i64()).collect())
    }
}

fn serve(gateway: &Arc<Gateway>, listener: TcpListener, ready: &mpsc::Sender<()>) {
    let settings =
        AdmissionSettings { origins: Origins::Any, handshakes_per_address: None, behind_proxy: false };
    let endpoints = LiveEndpoints::new(gateway, &Arc::new(Admission::new(settings)));
    rt::System::new().block_on(async {
        rt::spawn(Arc::clone(gateway).run());
        let server = HttpServer::new(move || App::new().configure(|config| endpoints.configure(config)))
            .workers(1)
            .on_connect(support_socketio::tcp::remember)
            .h1_allow_half_closed(false)
            .disable_signals()
            .listen(listener)
            .expect("listens")
            .run();
        ready.send(()).expect("the test waits");
        server.await.expect("served");
    });
}

struct Client(WebSocket<MaybeTlsStream<std::net::TcpStream>>);

impl Client {
    fn send(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).expect("sent");
    }

    fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.0.read().expect("a frame in time") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// The sequences of the messages that come, up to `last`.
    fn listen(&mut self, last: i64) -> Vec<i64> {
        let mut sequences = Vec::new();
        while sequences.last() != Some(&last) {
            let frame = self.receive();
            if frame["event"] == "new_message" {
                sequences.extend(frame["data"]["sequence"].as_i64());
            }
        }
        sequences
    }
}

#[test]
fn every_message_comes_once_and_in_order_whatever_the_bus_does() {
    const MESSAGES: i64 = 60;
    let world = World::start();
    let ticket = world.open();
    world.say(&ticket, "before anybody is there");
    let (mut early, answered) = world.join(&ticket, 0);
    assert_eq!(answered, [1]);
    (2..=MESSAGES / 2).for_each(|n| world.say(&ticket, &format!("message {n}")));
    // In the midst of what is late and lost, somebody comes who holds a part.
    let (mut late, answered) = world.join(&ticket, 10);
    assert_eq!(answered, (11..=MESSAGES / 2).collect::<Vec<_>>());
    (MESSAGES / 2 + 1..=MESSAGES).for_each(|n| world.say(&ticket, &format!("message {n}")));
    world.bus.recover();
    assert_eq!(early.listen(MESSAGES), (2..=MESSAGES).collect::<Vec<_>>());
    assert_eq!(late.listen(MESSAGES), (MESSAGES / 2 + 1..=MESSAGES).collect::<Vec<_>>());
}
