//! Who may connect, who is connected, and how everybody is sent away.

mod drain;
mod handshake_limiter;
mod permit;
mod register;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

pub use permit::Permit;
use register::Register;
pub use support_web::Origins;

/// After how many seconds a client may try again.
const RETRY_AFTER_SECONDS: &str = "2";

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
    register: Arc<Register>,
}

impl Admission {
    /// An admission that has let nobody in.
    #[must_use]
    pub fn new(settings: AdmissionSettings) -> Self {
        Self { register: Arc::new(Register::new(settings.handshakes_per_address)), settings }
    }

    /// Lets a handshake in.
    ///
    /// # Errors
    /// An [`AdmissionError`] when the server is draining, the page's origin is not allowed, or its address
    /// has too many unfinished handshakes.
    pub fn admit(&self, request: &HttpRequest) -> Result<Permit, AdmissionError> {
        if self.is_draining() {
            return Err(AdmissionError::Draining);
        }
        if !self.allows_origin_of(request) {
            return Err(AdmissionError::Origin);
        }
        let place = self.register.handshakes().enter(self.address_of(request));
        Ok(Permit::new(Arc::clone(&self.register), place.ok_or(AdmissionError::TooMany)?))
    }

    /// How many connections are registered now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.register.connections()
    }

    /// Whether handshakes are refused because the server goes away.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.register.is_draining()
    }

    /// From now on handshakes are refused with 503. Every connection is closed with this code and reason, in
    /// batches in no particular order, evenly over `spread`. Returns when all have left, or three seconds
    /// after the last was closed.
    pub async fn drain(&self, code: u16, reason: &'static str, spread: Duration) {
        self.register.drain(code, reason, spread).await;
    }

    /// Whether the page that sent the request, if one did, may connect.
    pub(crate) fn allows_origin_of(&self, request: &HttpRequest) -> bool {
        self.settings.origins.allow(request.headers())
    }

    /// The address that a request came from.
    pub(crate) fn address_of(&self, request: &HttpRequest) -> Option<IpAddr> {
        support_web::address::of(request, self.settings.behind_proxy)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::websocket::SendQueue;

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
    fn an_address_has_so_many_unfinished_handshakes_until_one_is_authenticated_or_leaves() {
        let from = |address: &str| TestRequest::get().peer_addr(address.parse().unwrap()).to_http_request();
        let (one, other) = (from("192.0.2.1:4000"), from("192.0.2.2:4000"));
        let admission = admission(Some(2));
        let mut first = admission.admit(&one).unwrap();
        let second = admission.admit(&one).unwrap();
        assert_eq!(admission.admit(&one).unwrap_err(), AdmissionError::TooMany);
        drop(admission.admit(&other).unwrap());
        first.mark_authenticated();
        first.mark_authenticated();
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
