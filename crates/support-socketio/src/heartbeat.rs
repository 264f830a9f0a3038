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

/// The times of pings and their answers. It has no timer of its own, so that it can be asked by whoever comes by.
///
/// The process may be late for any of them, and then so may be what it reads. So the time-out runs from when the ping was
/// sent, the next ping is due an interval after the last one, however long its answer took to be read, and nobody is given up
/// before what may have arrived in the meantime could be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heartbeat {
    interval: Duration,
    timeout: Duration,
    /// When the other side was asked, unless it was heard since.
    asked: Option<Instant>,
    /// Whether the answer to this ping was given more time already.
    is_postponed: bool,
    due: Option<Instant>,
}

impl Heartbeat {
    /// Begins at `now` with a rest of `interval`; too long a time to be added to `now` is for ever.
    pub(crate) fn new(interval: Duration, timeout: Duration, now: Instant) -> Self {
        Self { interval, timeout, asked: None, is_postponed: false, due: now.checked_add(interval) }
    }

    /// When to ask next, if ever.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What is to be done at `now`. After [`HeartbeatAction::Ping`] the answer must come within the time-out. Who is asked for the
    /// verdict late, by more than a tenth of the time-out, has not been reading either: the verdict is postponed.
    pub(crate) fn beat(&mut self, now: Instant) -> HeartbeatAction {
        let Some(due) = self.due.filter(|due| *due <= now) else { return HeartbeatAction::Rest };
        if self.asked.is_none() {
            self.asked = Some(now);
            self.is_postponed = false;
            self.due = now.checked_add(self.timeout);
            return HeartbeatAction::Ping;
        }
        if now.duration_since(due) > self.timeout / 10 {
            self.postpone(now);
        }
        if self.due.is_some_and(|due| due <= now) { HeartbeatAction::Dead } else { HeartbeatAction::Rest }
    }

    /// The other side was heard at `now`.
    pub(crate) fn heard(&mut self, now: Instant) {
        if let Some(asked) = self.asked.take() {
            self.due = asked.checked_add(self.interval).map(|due| due.max(now));
        }
    }

    /// Something that may be the answer is about to be read at `now`: there is half of the time-out to do so, once a ping.
    pub(crate) fn postpone(&mut self, now: Instant) {
        if self.asked.is_some() && !self.is_postponed {
            self.is_postponed = true;
            let due = now.checked_add(self.timeout / 2);
            self.due = self.due.zip(due).map(|(one, other)| one.max(other));
        }
    }

    /// The other side could not be asked until `now`: it has as much time to answer as if it were asked now.
    pub(crate) fn resume(&mut self, now: Instant) {
        let due = if self.asked.is_some() { now.checked_add(self.timeout) } else { Some(now) };
        self.due = self.due.zip(due).map(|(one, other)| one.max(other));
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
        assert_eq!(heart.beat(start + ms(450)), HeartbeatAction::Ping);
        assert_eq!(heart.beat(start + ms(649)), HeartbeatAction::Rest);
        assert_eq!(heart.beat(start + ms(650)), HeartbeatAction::Dead);
    }

    #[test]
    fn a_verdict_that_comes_late_is_postponed_once() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.beat(start + ms(300)), HeartbeatAction::Ping);
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
        heart.postpone(start + ms(310));
        assert_eq!(heart.due(), Some(start + ms(500)));
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.beat(start + ms(300)), HeartbeatAction::Ping);
        heart.postpone(start + ms(505));
        assert_eq!(heart.beat(start + ms(505)), HeartbeatAction::Rest);
        heart.postpone(start + ms(600));
        assert_eq!(heart.beat(start + ms(605)), HeartbeatAction::Dead);
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
