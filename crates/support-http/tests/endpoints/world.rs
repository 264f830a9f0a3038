//! A desk in memory, reached over HTTP.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Data;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use support_attachments::{AttachmentStore, Attachments, AttachmentsDeps, StorageLocation};
use support_auth::memory::MemoryAuthStore;
use support_auth::port::AuthStore;
use support_auth::{
    AccessTokenSettings, AccessTokens, Authentication, AuthenticationDeps, Lifetimes, Passwords,
};
use support_domain::actor::Actor;
use support_domain::desk::{Desk, DeskDeps};
use support_domain::id::UserId;
use support_domain::memory::{ManualClock, MemoryStore, SequentialIds};
use support_domain::port::Store;
use support_domain::time::{Clock, Timestamp};
use support_domain::usecase::Policy;
use support_domain::value::{EmailAddress, PersonName, Role};
use support_http::{CursorKey, Limits, Metrics, Origins, Settings, State};
use uuid::Uuid;

type Answering = Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>;

/// A service over HTTP, and what it is made of.
pub(crate) struct World {
    call: Box<dyn Fn(TestRequest) -> Answering>,
    pub(crate) clock: Arc<ManualClock>,
    /// Where attachments are.
    _directory: tempfile::TempDir,
}

pub(crate) fn start() -> Timestamp {
    Timestamp::parse("2026-11-24T02:00:00Z").expect("valid")
}

fn tokens() -> AccessTokens {
    let secret = b"0123456789abcdef0123456789abcdef".to_vec();
    AccessTokens::new(&AccessTokenSettings { secret: Some(secret), ..AccessTokenSettings::default() })
        .expect("usable")
}

/// All limits, on the desk's own clock.
fn limits(clock: &Arc<ManualClock>) -> Limits {
    let clock = Arc::clone(clock);
    let passed = move || clock.now().as_micros() - start().as_micros();
    Limits::with_clock(move || Duration::from_micros(passed().unsigned_abs()))
}

impl World {
    /// An empty desk.
    pub(crate) async fn empty() -> Self {
        let desk = Arc::new(MemoryStore::new());
        let auth = MemoryAuthStore::beside(Arc::clone(&desk));
        Self::of(desk, Arc::new(auth)).await
    }

    /// A desk over some store, where nobody logs in.
    pub(crate) async fn over(store: Arc<dyn Store>) -> Self {
        Self::of(store, Arc::new(MemoryAuthStore::beside(Arc::default()))).await
    }

    async fn of(store: Arc<dyn Store>, auth: Arc<dyn AuthStore>) -> Self {
        let clock = Arc::new(ManualClock::new(start()));
        let metrics = Arc::new(Metrics::new().expect("distinct names"));
        let desk = Arc::new(Desk::new(DeskDeps {
            store,
            publisher: Arc::clone(&metrics) as _,
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(SequentialIds::new(start())),
            policy: Policy::default(),
        }));
        let authentication = Authentication::new(AuthenticationDeps {
            store: auth,
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(SequentialIds::default()),
            tokens: tokens(),
            passwords: Passwords::new(1).expect("hashing works"),
            sign_in: None,
            lifetimes: Lifetimes::default(),
        });
        let directory = tempfile::tempdir().expect("a directory");
        let attachment_store = AttachmentStore::open(support_attachments::Settings {
            place: StorageLocation::Directory(directory.path().join("attachments")),
            spool: directory.path().join("incoming"),
            clamd: None,
            uploads: 4,
        });
        let ids = Arc::new(SequentialIds::default());
        let attachments = Attachments::new(AttachmentsDeps {
            desk: Arc::clone(&desk),
            store: attachment_store.expect("opened"),
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids) as _,
        });
        let state = Data::new(State {
            attachments: Arc::new(attachments),
            desk,
            clock: Arc::clone(&clock) as _,
            ids,
            authentication: Arc::new(authentication),
            cursors: CursorKey::new([7; 32]),
            metrics,
            limits: limits(&clock),
            settings: Settings {
                origins: Origins::Listed(vec!["https://desk.example.com".to_owned()]),
                ..Settings::default()
            },
        });
        let service = Rc::new(init_service(support_http::app(state, |_| {})).await);
        let call = Box::new(move |request: TestRequest| -> Answering {
            let service = Rc::clone(&service);
            Box::pin(async move { call_service(&*service, request.to_request()).await })
        });
        Self { call, clock, _directory: directory }
    }

    /// A desk with two departments: `Technical Support` with Tara (tier 1) and Tom (tier 2), and `Billing`
    /// with Bea.
    pub(crate) async fn staffed() -> (Self, Staff) {
        let world = Self::empty().await;
        for (name, category) in [("Technical Support", "technical"), ("Billing", "billing")] {
            let body = json!({"name": name, "tier": 1, "categories": [category]});
            world.post(&admin(), "/support/departments", &body).await.expect(201);
        }
        let mut ids = Vec::new();
        let agents =
            [("Tara", "Technical Support", 1), ("Tom", "Technical Support", 2), ("Bea", "Billing", 1)];
        for (name, department, tier) in agents {
            let email = format!("{}@example.com", name.to_lowercase());
            let body = json!({"name": name, "email": email, "department": department, "tier": tier});
            ids.push(world.post(&admin(), "/support/agents", &body).await.expect(201).text("/id"));
        }
        let [tara, tom, bea] = <[String; 3]>::try_from(ids).expect("three agents");
        (world, Staff { tara, tom, bea })
    }

    /// Begins to send a request.
    pub(crate) fn begin(&self, request: TestRequest) -> Answering {
        (self.call)(request)
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        Answer::of(self.begin(request).await).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(request(Method::GET, token, path)).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(request(Method::POST, token, path).set_json(body)).await
    }

    pub(crate) async fn patch(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(request(Method::PATCH, token, path).set_json(body)).await
    }

    /// Opens a ticket of the first customer, waiting in `Technical Support`; returns its id.
    pub(crate) async fn ticket(&self, subject: &str) -> String {
        let body = json!({"subject": subject, "description": "It does not work.", "category": "technical"});
        self.post(&customer(1), "/support/tickets", &body).await.expect(201).text("/id")
    }

    /// Opens a ticket and gives it to an agent.
    pub(crate) async fn assigned_ticket(&self, subject: &str, agent: &str) -> String {
        let ticket = self.ticket(subject).await;
        let body = json!({"ticketId": ticket, "agentId": agent});
        self.post(&admin(), "/support/tickets/assign", &body).await.expect(200);
        ticket
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }
}

/// The ids of the agents of [`World::staffed`].
pub(crate) struct Staff {
    pub(crate) tara: String,
    pub(crate) tom: String,
    pub(crate) bea: String,
}

/// A request with a token, if that is not empty, and an id that snapshots can show.
pub(crate) fn request(method: Method, token: &str, path: &str) -> TestRequest {
    let request = TestRequest::with_uri(path).method(method).insert_header(("X-Request-Id", "test"));
    if token.is_empty() {
        request
    } else {
        request.insert_header(("Authorization", format!("Bearer {token}")))
    }
}

fn mint(actor: &Actor) -> String {
    tokens().sign(actor, start(), TimeDelta::days(1)).expect("signed")
}

/// A token of an administrator.
pub(crate) fn admin() -> String {
    let name = PersonName::parse("Ada Admin").ok();
    mint(&Actor { name, ..Actor::new(UserId::new(Uuid::from_u128(0xAD)), Role::Admin) })
}

/// A token of an agent.
pub(crate) fn agent(id: &str) -> String {
    mint(&Actor::new(UserId::parse(id).expect("an id"), Role::Agent))
}

/// A token of the `n`-th customer.
pub(crate) fn customer(n: u128) -> String {
    mint(&Actor {
        name: PersonName::parse(&format!("Customer {n}")).ok(),
        email: EmailAddress::parse(&format!("customer{n}@example.com")).ok(),
        ..Actor::new(UserId::new(Uuid::from_u128(n)), Role::Customer)
    })
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    async fn of<B: MessageBody>(response: ServiceResponse<B>) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body()).await.ok().expect("a body").to_vec();
        Self { status, headers, bytes }
    }

    /// The same answer, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// The problem's code, of an answer with this status.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.header("content-type").as_deref(), Some("application/problem+json"));
        assert_eq!(self.json()["status"], json!(status));
        assert_eq!(self.json()["requestId"].as_str(), self.header("x-request-id").as_deref());
        self.text("/code")
    }

    /// Where values do not fit, of a validation failure.
    #[track_caller]
    pub(crate) fn pointers(&self) -> Vec<String> {
        assert_eq!(self.problem(422), "validation_failed");
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().filter_map(|error| error["pointer"].as_str().map(str::to_owned)).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The text at a place in the body.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        let json = self.json();
        json.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no text at {pointer}: {json}"))
            .to_owned()
    }

    /// The texts at a place in each item of a list.
    pub(crate) fn items(&self, field: &str) -> Vec<Value> {
        let items = self.json()["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item[field].clone()).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }

    /// What snapshots show: the status, the headers that say something of their own, and the body.
    pub(crate) fn shown(&self) -> Value {
        let mut headers = Map::new();
        let names = ["allow", "etag", "location", "idempotency-replayed", "retry-after", "www-authenticate"];
        for name in names {
            if let Some(value) = self.header(name) {
                headers.insert(name.to_owned(), value.into());
            }
        }
        json!({"status": self.status, "headers": headers, "body": self.json()})
    }
}

/// Compares an answer with its snapshot.
macro_rules! snapshot {
    ($name:literal, $answer:expr) => {
        insta::assert_json_snapshot!($name, $answer.shown())
    };
}
pub(crate) use snapshot;
