//! What is counted of the live part, for `/metrics`.

use prometheus::{IntCounter, IntGauge, IntGaugeVec, Opts, Registry};

use crate::broadcast::Transport;

/// Counters of one node.
#[derive(Debug)]
pub struct Metrics {
    sessions: IntGaugeVec,
    rooms: IntGauge,
    told: IntCounter,
    healed: IntCounter,
}

impl Metrics {
    /// Counters at zero, told by `registry`.
    ///
    /// # Errors
    /// Only if the registry has counters of these names already.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let sessions = Opts::new("support_live_sessions", "Authenticated connections, by transport.");
        let metrics = Self {
            sessions: IntGaugeVec::new(sessions, &["door"])?,
            rooms: IntGauge::new("support_live_rooms", "Ticket rooms that somebody is in.")?,
            told: IntCounter::new("support_live_events_total", "Events told, one for each session.")?,
            healed: IntCounter::new("support_live_healed_total", "Gaps in rooms filled from the store.")?,
        };
        registry.register(Box::new(metrics.sessions.clone()))?;
        registry.register(Box::new(metrics.rooms.clone()))?;
        registry.register(Box::new(metrics.told.clone()))?;
        registry.register(Box::new(metrics.healed.clone()))?;
        Ok(metrics)
    }

    fn at(&self, transport: Transport) -> IntGauge {
        self.sessions.with_label_values(&[match transport {
            Transport::Plain => "websocket",
            Transport::SocketIo => "socketio",
        }])
    }

    pub(crate) fn connected(&self, transport: Transport) {
        self.at(transport).inc();
    }

    pub(crate) fn disconnected(&self, transport: Transport) {
        self.at(transport).dec();
    }

    pub(crate) fn rooms(&self, count: usize) {
        self.rooms.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    pub(crate) fn told(&self) {
        self.told.inc();
    }

    pub(crate) fn healed(&self) {
        self.healed.inc();
    }
}
