//! When to ask whether the other side is still there, and when to give it up.

use std::time::Duration;

use tokio::time::Instant;

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeartbeatAction {
    /// Nothing.
    Rest,
    /// Ask.
    Ping,
    /// The other side did not answer in time.
    Dead,
}

/// The times of pings and their answers. It has no timer of its own, so that it can be asked by whoever comes
/// by.
///
/// The process may be late for any of them, and so may be what it reads:
///
/// - A ping is due an interval after the last one, however late its answer was read.
/// - The time-out runs from when a ping was due. Once the ping is on its way ([`Self::sent`]) the other side
///   has the whole time-out from then.
/// - A verdict that comes late is postponed once, so that what has arrived meanwhile can be read. How late it
///   may be depends on whether there can be an answer to read: to a ping that was never sent there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heartbeat {
    interval: Duration,
    timeout: Duration,
    /// The ping that was not answered yet.
    ping: Option<Ping>,
    due: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Ping {
    asked: Instant,
    is_sent: bool,
    is_postponed: bool,
}

impl Heartbeat {
    /// Begins at `now` with a rest of `interval`; too long a time to be added to `now` is for ever.
    pub(crate) fn new(interval: Duration, timeout: Duration, now: Instant) -> Self {
        Self { interval, timeout, ping: None, due: now.checked_add(interval) }
    }

    /// When to ask next, or to give up, if ever.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// When to ask next, if ever, and not before the last ping was answered.
    pub(crate) fn ping_due(&self) -> Option<Instant> {
        self.due.filter(|_| self.ping.is_none())
    }

    /// Whether an answer may be on its way.
    pub(crate) fn awaits_answer(&self) -> bool {
        self.ping.is_some_and(|ping| ping.is_sent)
    }

    /// What is to be done at `now`. However late the ping, half of the time-out is left after
    /// [`HeartbeatAction::Ping`].
    pub(crate) fn beat(&mut self, now: Instant) -> HeartbeatAction {
        let Some(due) = self.due.filter(|due| *due <= now) else { return HeartbeatAction::Rest };
        let Some(ping) = self.ping else {
            self.ping = Some(Ping { asked: now, is_sent: false, is_postponed: false });
            self.due = due.checked_add(self.timeout);
            self.not_before(now, self.timeout / 2);
            return HeartbeatAction::Ping;
        };
        let punctual = if ping.is_sent { self.timeout / 10 } else { self.timeout / 2 };
        if now.duration_since(due) > punctual {
            self.postpone_once(now);
        }
        if self.due.is_some_and(|due| due <= now) { HeartbeatAction::Dead } else { HeartbeatAction::Rest }
    }

    /// The ping, if there is one, was handed to the connection at `now`.
    pub(crate) fn sent(&mut self, now: Instant) {
        if let Some(ping) = self.ping.as_mut().filter(|ping| !ping.is_sent) {
            ping.is_sent = true;
            ping.is_postponed = false;
            self.not_before(now, self.timeout);
        }
    }

    /// The other side was heard at `now`.
    pub(crate) fn heard(&mut self, now: Instant) {
        if let Some(ping) = self.ping.take() {
            self.due = ping.asked.checked_add(self.interval).map(|due| due.max(now));
        }
    }

    /// Something that may be the answer is about to be read at `now`: there is half of the time-out to do so,
    /// once a ping.
    pub(crate) fn postpone(&mut self, now: Instant) {
        if self.awaits_answer() {
            self.postpone_once(now);
        }
    }

    /// The other side could not be asked until `now`: it has as much time to answer as if it were asked now.
    pub(crate) fn resume(&mut self, now: Instant) {
        let rest = if self.ping.is_some() { self.timeout } else { Duration::ZERO };
        self.not_before(now, rest);
    }

    fn postpone_once(&mut self, now: Instant) {
        let before = self.due;
        if self.ping.is_some_and(|ping| !ping.is_postponed) {
            self.not_before(now, self.timeout / 2);
        }
        if let Some(ping) = self.ping.as_mut().filter(|_| self.due != before) {
            ping.is_postponed = true;
        }
    }

    /// Nothing is due before `rest` has passed since `now`.
    fn not_before(&mut self, now: Instant, rest: Duration) {
        self.due = self.due.zip(now.checked_add(rest)).map(|(due, earliest)| due.max(earliest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(300);
    const TIMEOUT: Duration = Duration::from_millis(200);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn it_asks_after_the_interval_and_gives_up_after_the_time_out() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.beat(start + ms(299)), HeartbeatAction::Rest);
        assert_eq!(heart.beat(start + ms(300)), HeartbeatAction::Ping);
        assert_eq!(heart.beat(start + ms(499)), HeartbeatAction::Rest);
        assert_eq!(heart.beat(start + ms(500)), HeartbeatAction::Dead);
    }

    #[test]
    fn an_answer_begins_the_next_interval_and_silence_does_not_matter_before_the_question() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        heart.heard(start + ms(100));
        assert_eq!(heart.beat(start + ms(300)), HeartbeatAction::Ping);
        heart.heard(start + ms(350));
        assert_eq!(heart.beat(start + ms(599)), HeartbeatAction::Rest);
        assert_eq!(heart.beat(start + ms(600)), HeartbeatAction::Ping);
    }

    #[test]
    fn an_answer_that_is_read_late_does_not_delay_the_next_ping() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT * 2, start);
        assert_eq!(heart.beat(start + ms(300)), HeartbeatAction::Ping);
        heart.heard(start + ms(690));
        assert_eq!(heart.due(), Some(start + ms(690)));
        assert_eq!(heart.beat(start + ms(690)), HeartbeatAction::Ping);
    }

    #[test]
    fn a_ping_that_is_sent_late_has_the_whole_time_out() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.ping_due(), Some(start + ms(300)));
        assert_eq!(heart.beat(start + ms(310)), HeartbeatAction::Ping);
        assert_eq!(heart.ping_due(), None);
        heart.sent(start + ms(450));
        heart.sent(start + ms(500));
        assert_eq!(heart.beat(start + ms(649)), HeartbeatAction::Rest);
        assert_eq!(heart.beat(start + ms(650)), HeartbeatAction::Dead);
    }

    #[test]
    fn a_ping_that_is_not_sent_keeps_its_deadline_unless_the_process_is_very_late() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.beat(start + ms(390)), HeartbeatAction::Ping);
        assert_eq!(heart.due(), Some(start + ms(500)));
        heart.postpone(start + ms(499));
        let mut late = heart;
        assert_eq!(heart.beat(start + ms(590)), HeartbeatAction::Dead);
        assert_eq!(late.beat(start + ms(601)), HeartbeatAction::Rest);
        assert_eq!(late.beat(start + ms(701)), HeartbeatAction::Dead);
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.beat(start + ms(60_000)), HeartbeatAction::Ping);
        assert_eq!(heart.due(), Some(start + ms(60_100)));
    }

    #[test]
    fn a_verdict_that_comes_late_is_postponed_once() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.beat(start + ms(300)), HeartbeatAction::Ping);
        heart.sent(start + ms(300));
        let mut punctual = heart;
        assert_eq!(punctual.beat(start + ms(520)), HeartbeatAction::Dead);
        assert_eq!(heart.beat(start + ms(2_000)), HeartbeatAction::Rest);
        assert_eq!(heart.due(), Some(start + ms(2_100)));
        let mut answered = heart;
        answered.heard(start + ms(2_001));
        assert_eq!(answered.beat(start + ms(2_001)), HeartbeatAction::Ping);
        assert_eq!(answered.beat(start + ms(4_000)), HeartbeatAction::Rest);
        assert_eq!(heart.beat(start + ms(4_000)), HeartbeatAction::Dead);
    }

    #[test]
    fn what_is_about_to_be_read_postpones_the_verdict_once() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        heart.postpone(start + ms(290));
        assert_eq!(heart.beat(start + ms(300)), HeartbeatAction::Ping);
        heart.sent(start + ms(300));
        heart.postpone(start + ms(310));
        assert_eq!(heart.due(), Some(start + ms(500)));
        heart.postpone(start + ms(499));
        assert_eq!(heart.beat(start + ms(598)), HeartbeatAction::Rest);
        heart.postpone(start + ms(598));
        assert_eq!(heart.beat(start + ms(599)), HeartbeatAction::Dead);
    }

    #[test]
    fn who_could_not_be_asked_has_all_the_time_after_that() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        heart.resume(start + ms(100));
        assert_eq!(heart.due(), Some(start + ms(300)));
        heart.resume(start + ms(5_000));
        assert_eq!(heart.beat(start + ms(5_000)), HeartbeatAction::Ping);
        heart.resume(start + ms(9_000));
        assert_eq!(heart.beat(start + ms(9_199)), HeartbeatAction::Rest);
        assert_eq!(heart.beat(start + ms(9_200)), HeartbeatAction::Dead);
    }

    #[test]
    fn never_is_never() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(Duration::MAX, TIMEOUT, start);
        assert_eq!(heart.due(), None);
        assert_eq!(heart.beat(start + ms(1_000_000)), HeartbeatAction::Rest);
    }
}
