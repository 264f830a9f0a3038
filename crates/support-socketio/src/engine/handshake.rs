//! What the first request of a session said.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use serde::Serialize;

use super::Settings;
use crate::admission::Admission;

/// The most bytes that are kept of an `Authorization` header and of a query, each.
const MOST_BYTES: usize = 16 * 1024;

/// What the first request of a session said. Only what may still be asked for is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    authorization: Option<Box<str>>,
    query: Box<str>,
    address: Option<IpAddr>,
}

impl Handshake {
    /// Of a request. None when it says more than can be kept.
    pub(super) fn of(request: &HttpRequest, admission: &Admission) -> Option<Self> {
        let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let query = request.query_string();
        if authorization.is_some_and(|value| value.len() > MOST_BYTES) || query.len() > MOST_BYTES {
            return None;
        }
        let address = admission.address_of(request);
        Some(Self { authorization: authorization.map(Into::into), query: query.into(), address })
    }

    /// The `Authorization` header.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// The query of the URL, as it came.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Where the client is, as the admission tells it.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }
}

/// The first packet of a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Open<'a> {
    sid: &'a str,
    upgrades: &'a [&'a str],
    ping_interval: u128,
    ping_timeout: u128,
    max_payload: usize,
}

/// The first packet: what the client must know of its session and the server.
pub(super) fn open_packet(sid: &str, upgrades: &[&str], settings: &Settings) -> String {
    let open = Open {
        sid,
        upgrades,
        ping_interval: settings.ping_interval.as_millis(),
        ping_timeout: settings.ping_timeout.as_millis(),
        max_payload: settings.max_payload,
    };
    // It has no map and no foreign type, so it can always be written.
    format!("0{}", serde_json::to_string(&open).unwrap_or_default())
}
