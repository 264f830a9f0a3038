//! The live part: the hub, its transports, and the bus that brings it the desk's events.

use std::sync::Arc;
use std::time::Duration;

use support_api::problem::Problem;
use support_auth::Authentication;
use support_domain::desk::Desk;
use support_domain::event::Publisher;
use support_realtime::{
    Authenticator, Bearer, Bus, Gateway, GatewayDeps, Hub, LiveEndpoints, LocalBus, Metrics,
};
use support_socketio::admission::{Admission, AdmissionSettings};

use crate::config::Config;
use crate::failure::Failure;
use support_domain::system::{SystemClock, UuidV7Ids};

/// The most connections of one address that are not yet authenticated.
const MAX_HANDSHAKES: usize = 1_000;
/// Close code: the server goes away (RFC 6455, section 7.4.1).
const GOING_AWAY: u16 = 1001;
/// Over how long the connections are closed when the service stops, so that their clients do not come back
/// all at once.
const SPREAD: Duration = Duration::from_secs(2);

/// The live part before there is a desk.
pub(crate) struct Live {
    hub: Arc<Hub>,
    bus: Arc<LocalBus>,
}

impl Live {
    /// A hub that listens to its bus. What happens on it is told by `registry`.
    pub(crate) fn new(registry: &prometheus::Registry) -> Result<Self, Failure> {
        let metrics = Metrics::new(registry).map_err(|error| Failure::new(error.to_string()))?;
        let hub = Arc::new(Hub::new(Arc::new(metrics)));
        let bus = Arc::new(LocalBus::new());
        bus.subscribe(Arc::clone(&hub) as _);
        Ok(Self { hub, bus })
    }

    /// Where the desk is to publish.
    pub(crate) fn publisher(&self) -> Arc<dyn Publisher> {
        Arc::clone(&self.bus) as _
    }

    /// Opens the transports to a desk.
    pub(crate) fn open(
        self,
        config: &Config,
        desk: &Arc<Desk>,
        authentication: &Arc<Authentication>,
    ) -> LiveService {
        let gateway = Arc::new(Gateway::new(GatewayDeps {
            hub: self.hub,
            desk: Arc::clone(desk),
            authenticator: Arc::new(TokenAuthenticator(Arc::clone(authentication))),
            clock: Arc::new(SystemClock),
            ids: Arc::new(UuidV7Ids),
            is_limited: config.has_rate_limits,
        }));
        let admission = Arc::new(Admission::new(AdmissionSettings {
            origins: config.origins.clone(),
            handshakes_per_address: config.has_rate_limits.then_some(MAX_HANDSHAKES),
            behind_proxy: config.behind_proxy,
        }));
        LiveService { endpoints: LiveEndpoints::new(&gateway, &admission), gateway, admission }
    }
}

/// The endpoints for live clients, and what serves them.
pub(crate) struct LiveService {
    pub(crate) endpoints: LiveEndpoints,
    pub(crate) gateway: Arc<Gateway>,
    admission: Arc<Admission>,
}

impl LiveService {
    /// Lets nobody in any more and sends everybody home.
    pub(crate) async fn close(&self) {
        self.admission.drain(GOING_AWAY, "the server is going away", SPREAD).await;
    }
}

/// Tokens hold over sockets as they do over HTTP.
struct TokenAuthenticator(Arc<Authentication>);

impl Authenticator for TokenAuthenticator {
    fn authenticate(&self, token: &str) -> Result<Bearer, Box<Problem>> {
        let verified = self.0.verify(token).map_err(|rejected| Box::new(Problem::from(rejected)))?;
        Ok(Bearer { actor: verified.actor, expires_at: verified.expires_at })
    }
}
