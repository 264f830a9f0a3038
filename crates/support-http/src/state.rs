//! What every request can reach.

use std::sync::Arc;

use support_attachments::Attachments;
use support_auth::Authentication;
use support_domain::desk::Desk;
use support_domain::id::IdSource;
use support_domain::time::Clock;
use support_web::Origins;

use crate::cursor::CursorKey;
use crate::limiter::Limits;
use crate::metrics::Metrics;

/// What the interface is made of. It is built once and shared by all workers.
pub struct State {
    /// The helpdesk.
    pub desk: Arc<Desk>,
    /// The files of tickets.
    pub attachments: Arc<Attachments>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where the ids of requests come from.
    pub ids: Arc<dyn IdSource>,
    /// Who somebody is.
    pub authentication: Arc<Authentication>,
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
    /// Whether browsers that sign in with an identity provider come by TLS, so that their cookies never
    /// travel without.
    pub has_secure_cookies: bool,
}

impl Default for Settings {
    /// The same origin alone; no proxy; cookies by TLS alone.
    fn default() -> Self {
        Self { origins: Origins::Listed(Vec::new()), is_behind_proxy: false, has_secure_cookies: true }
    }
}
