//! What `/metrics` tells (Prometheus text format 0.0.4).

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};
use support_api::names;
use support_domain::event::{Event, Publisher};

/// Durations of requests are counted up to each of these, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Counters of one service.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    in_flight: IntGauge,
    refused: IntCounterVec,
    events: IntCounterVec,
}

impl Metrics {
    /// Counters at zero.
    ///
    /// # Errors
    /// Only if two of them had the same name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let requests = IntCounterVec::new(
            Opts::new("support_http_requests_total", "HTTP requests answered."),
            &["method", "route", "status"],
        )?;
        let durations = HistogramVec::new(
            HistogramOpts::new(
                "support_http_request_duration_seconds",
                "Time from a request's head to its answer.",
            )
            .buckets(BUCKETS.to_vec()),
            &["route"],
        )?;
        let in_flight = IntGauge::new("support_http_requests_in_flight", "HTTP requests being answered.")?;
        let refused = IntCounterVec::new(
            Opts::new("support_http_rate_limited_total", "HTTP requests refused by a limit."),
            &["limit"],
        )?;
        let events = IntCounterVec::new(
            Opts::new("support_events_published_total", "Events published after their commit."),
            &["event"],
        )?;
        let registry = Registry::new();
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        registry.register(Box::new(in_flight.clone()))?;
        registry.register(Box::new(refused.clone()))?;
        registry.register(Box::new(events.clone()))?;
        Ok(Self { registry, requests, durations, in_flight, refused, events })
    }

    /// Where other parts of the service may add counters of their own.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Counts a request as in flight until the answer is dropped.
    pub(crate) fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Counts an answer. `route` is a pattern, never an address, so that the number of series stays small.
    pub(crate) fn observe(&self, method: &str, route: &str, status: u16, duration: Duration) {
        let class = format!("{}xx", status / 100);
        self.requests.with_label_values(&[method, route, class.as_str()]).inc();
        self.durations.with_label_values(&[route]).observe(duration.as_secs_f64());
    }

    /// Counts a request that a limit has refused.
    pub(crate) fn refuse(&self, limit: &str) {
        self.refused.with_label_values(&[limit]).inc();
    }

    /// Everything as text.
    pub(crate) fn text(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

impl Publisher for Metrics {
    /// Counts the events.
    fn publish(&self, events: &[Event]) {
        for event in events {
            self.events.with_label_values(&[names::event(event)]).inc();
        }
    }
}

/// A request that is being answered.
pub(crate) struct InFlight(IntGauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_class() {
        let metrics = Metrics::new().expect("distinct names");
        let flight = metrics.begin();
        metrics.observe("GET", "/support/tickets/{id}", 404, Duration::from_millis(3));
        let text = || String::from_utf8(metrics.text().expect("encoded")).expect("text");
        assert!(text().contains("support_http_requests_in_flight 1"), "{}", text());
        drop(flight);
        let text = text();
        let line =
            "support_http_requests_total{method=\"GET\",route=\"/support/tickets/{id}\",status=\"4xx\"} 1";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("le=\"0.0025\"} 0") && text.contains("le=\"0.005\"} 1"), "{text}");
        assert!(text.contains("support_http_requests_in_flight 0"), "{text}");
    }
}
