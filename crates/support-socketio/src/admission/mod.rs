//! Who may connect, who is connected, and how everybody is sent away.

mod address;
mod drain;
mod handshake_limiter;
mod origin;
mod permit;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use tokio::sync::Notify;

use handshake_limiter::HandshakeLimiter;
pub use permit::Permit;

use crate::websocket::SendQueue;

/// The register is in so many parts, so that connections which come and go seldom wait for each other.
const PARTS: usize = 16;
/// After how many seconds a client may try again.
const RETRY_AFTER_SECONDS: &str = "2";

/// The pages that may connect. A request without an origin does not come from a browser and always may; so
/// may the pages of the server itself.
#[derive(Clone, Debug)]
pub enum Origins {
    /// Pages of any origin.
    Any,
    /// Pages of these, such as `https://help.example.com`.
    Listed(Vec<String>),
}

/// Who is let in.
#[derive(Clone, Debug)]
pub struct AdmissionSettings {
    /// The pages that may connect.
    pub origins: Origins,
    /// The most connections of one address that are not authenticated yet. IPv6 addresses count by their
    /// /64.
    pub handshakes_per_address: Option<usize>,
    /// Whether a proxy stands before the server: a client's address is then the last element of
    /// `X-Forwarded-For`.
    pub behind_proxy: bool,
}

/// Why a handshake is refused. As a response: 403, 429 or 503, the latter two with `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// Pages of this origin may not connect.
    #[error("pages of this origin may not connect")]
    Origin,
    /// The address has too many connections that are not authenticated.
    #[error("too many connections of this address are not authenticated")]
    TooMany,
    /// The server is going away.
    #[error("the server is going away")]
    Draining,
}

impl ResponseError for AdmissionError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Origin => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Draining => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        // Whoever is not let in shall not hold a connection either.
        response.force_close();
        if *self != Self::Origin {
            response.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        response.body(self.to_string())
    }
}

/// Lets connections in, counts them, and closes them; one for all transports of a server.
#[derive(Debug)]
pub struct Admission {
    settings: AdmissionSettings,
    handshake_limiter: HandshakeLimiter,
    register: [Mutex<HashMap<u64, SendQueue>>; PARTS],
    next_id: AtomicU64,
    connections: AtomicUsize,
    /// The code and the reason with which everybody is sent away, once that is so.
    drained: OnceLock<(u16, &'static str)>,
    /// Told when the last one has left.
    is_empty: Notify,
}

impl Admission {
    /// An admission that has let nobody in.
    #[must_use]
    pub fn new(settings: AdmissionSettings) -> Self {
        Self {
            handshake_limiter: HandshakeLimiter::new(settings.handshakes_per_address),
            settings,
            register: Default::default(),
            next_id: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
            drained: OnceLock::new(),
            is_empty: Notify::new(),
        }
    }

    /// Lets a handshake in.
    ///
    /// # Errors
    /// An [`AdmissionError`] when the server is draining, the page's origin is not allowed, or its address
    /// has too many unfinished handshakes.
    pub fn admit(self: &Arc<Self>, request: &HttpRequest) -> Result<Permit, AdmissionError> {
        if self.is_draining() {
            return Err(AdmissionError::Draining);
        }
        if !self.allows_origin_of(request) {
            return Err(AdmissionError::Origin);
        }
        let place = self.handshake_limiter.enter(self.address_of(request)).ok_or(AdmissionError::TooMany)?;
        Ok(Permit::new(Arc::clone(self), place))
    }

    /// How many connections are registered now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Acquire)
    }

    /// Whether handshakes are refused because the server goes away.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.drained.get().is_some()
    }

    /// Whether the page that sent the request, if one did, may connect.
    pub(crate) fn allows_origin_of(&self, request: &HttpRequest) -> bool {
        origin::is_allowed(&self.settings.origins, request.headers())
    }

    /// The address that a request came from.
    pub(crate) fn address_of(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr().map(|address| address.ip());
        address::of(peer, request.headers(), self.settings.behind_proxy)
    }

    fn part(&self, id: u64) -> MutexGuard<'_, HashMap<u64, SendQueue>> {
        let [first, ..] = &self.register;
        let part = usize::try_from(id % PARTS as u64).ok().and_then(|index| self.register.get(index));
        part.unwrap_or(first).lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn admission(handshakes_per_address: Option<usize>) -> Arc<Admission> {
        Arc::new(Admission::new(AdmissionSettings {
            origins: Origins::Listed(vec![]),
            handshakes_per_address,
            behind_proxy: false,
        }))
    }

    fn send_queue() -> SendQueue {
        SendQueue::new(crate::websocket::QueueLimits::default())
    }

    #[test]
    fn a_foreign_page_is_refused() {
        let request =
            TestRequest::get().insert_header(("origin", "https://elsewhere.example")).to_http_request();
        assert_eq!(admission(None).admit(&request).unwrap_err(), AdmissionError::Origin);
    }

    #[test]
    fn an_address_has_so_many_unfinished_handshakes_until_one_settles_or_leaves() {
        let from = |address: &str| TestRequest::get().peer_addr(address.parse().unwrap()).to_http_request();
        let (one, other) = (from("192.0.2.1:4000"), from("192.0.2.2:4000"));
        let admission = admission(Some(2));
        let mut first = admission.admit(&one).unwrap();
        let second = admission.admit(&one).unwrap();
        assert_eq!(admission.admit(&one).unwrap_err(), AdmissionError::TooMany);
        drop(admission.admit(&other).unwrap());
        first.settle();
        first.settle();
        let _third = admission.admit(&one).unwrap();
        assert_eq!(admission.admit(&one).unwrap_err(), AdmissionError::TooMany);
        drop(second);
        assert!(admission.admit(&one).is_ok());
    }

    #[test]
    fn only_registered_connections_count() {
        let admission = admission(None);
        let request = TestRequest::get().to_http_request();
        let mut permit = admission.admit(&request).unwrap();
        assert_eq!(admission.connections(), 0);
        permit.register(&send_queue());
        assert_eq!(admission.connections(), 1);
        drop(permit);
        assert_eq!(admission.connections(), 0);
    }

    #[actix_web::test]
    async fn draining_closes_everybody_and_ends_when_all_have_left() {
        let admission = admission(None);
        let request = TestRequest::get().to_http_request();
        let send_queues: Vec<SendQueue> = (0..40).map(|_| send_queue()).collect();
        let permits: Vec<Permit> = send_queues
            .iter()
            .map(|send_queue| {
                let mut permit = admission.admit(&request).unwrap();
                permit.register(send_queue);
                permit
            })
            .collect();
        let mut late = admission.admit(&request).unwrap();
        let spread = std::time::Duration::from_millis(40);
        let leave = async {
            for (permit, send_queue) in permits.into_iter().zip(&send_queues) {
                std::future::poll_fn(|context| send_queue.poll_closed(context)).await;
                drop(permit);
            }
            assert_eq!(admission.admit(&request).unwrap_err(), AdmissionError::Draining);
            let send_queue = send_queue();
            late.register(&send_queue);
            assert!(send_queue.is_closed());
            drop(late);
        };
        tokio::join!(admission.drain(1_001, "away", spread), leave);
        assert_eq!(admission.connections(), 0);
    }
}
