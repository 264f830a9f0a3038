//! What every request can reach.

use std::sync::Arc;

use chrono::TimeDelta;
use support_attachments::Attachments;
use support_domain::desk::Desk;
use support_domain::id::IdSource;
use support_domain::time::Clock;

use crate::auth::oidc::Oidc;
use crate::cursor::CursorKey;
use crate::limiter::Limits;
use crate::metrics::Metrics;
use crate::password::Passwords;
use crate::token::Tokens;

/// What the interface is made of. It is built once and shared by all workers.
pub struct State {
    /// The helpdesk.
    pub desk: Arc<Desk>,
    /// The files of tickets.
    pub attachments: Arc<Attachments>,
    /// What time it is, for tokens.
    pub clock: Arc<dyn Clock>,
    /// Where the ids of requests come from.
    pub ids: Arc<dyn IdSource>,
    /// The keys of access tokens.
    pub tokens: Arc<Tokens>,
    /// The password hasher.
    pub passwords: Passwords,
    /// The identity provider with which staff sign in, if there is one.
    pub oidc: Option<Oidc>,
    /// The key of cursors.
    pub cursors: CursorKey,
    /// What `/metrics` tells. The same one is the desk's publisher, or one of them.
    pub metrics: Arc<Metrics>,
    /// How often callers may come.
    pub limits: Limits,
    /// What the operator decided.
    pub settings: Settings,
}

/// What the operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers may call from besides the service's own origin.
    pub origins: Origins,
    /// Whether requests come by a proxy, which says in `X-Forwarded-For` from where.
    pub is_behind_proxy: bool,
    /// How long an access token of a login holds.
    pub access_lifetime: TimeDelta,
    /// How long a refresh token holds.
    pub refresh_lifetime: TimeDelta,
}

impl Default for Settings {
    /// The same origin alone; no proxy; 15 minutes and 30 days.
    fn default() -> Self {
        Self {
            origins: Origins::Listed(Vec::new()),
            is_behind_proxy: false,
            access_lifetime: TimeDelta::minutes(15),
            refresh_lifetime: TimeDelta::days(30),
        }
    }
}

/// Where browsers may call from besides the service's own origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// From these, such as `https://desk.example.com`.
    Listed(Vec<String>),
    /// From anywhere.
    Any,
}
