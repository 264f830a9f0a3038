//! When to ask whether the other side is still there, and when to give it up.

use std::time::Duration;

use tokio::time::Instant;

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    /// Nothing.
    Rest,
    /// Ask.
    Ping,
    /// The other side did not answer in time.
    Dead,
}

/// The times of pings and their answers. It has no timer of its own, so that it can be asked by whoever comes by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heartbeat {
    interval: Duration,
    timeout: Duration,
    is_waiting: bool,
    due: Option<Instant>,
}

impl Heartbeat {
    /// Begins at `now` with a rest of `interval`; too long a time to be added to `now` is for ever.
    pub(crate) fn new(interval: Duration, timeout: Duration, now: Instant) -> Self {
        Self { interval, timeout, is_waiting: false, due: now.checked_add(interval) }
    }

    /// When to ask next, if ever.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What is to be done at `now`. After [`Beat::Ping`] the answer must come within the time-out of the moment at which
    /// the ping was due, however late it is, but half of the time-out is always left.
    pub(crate) fn beat(&mut self, now: Instant) -> Beat {
        match self.due {
            Some(due) if due <= now => {
                if self.is_waiting {
                    return Beat::Dead;
                }
                self.is_waiting = true;
                self.due = due.checked_add(self.timeout).max(now.checked_add(self.timeout / 2));
                Beat::Ping
            }
            _ => Beat::Rest,
        }
    }

    /// The other side was heard at `now`.
    pub(crate) fn heard(&mut self, now: Instant) {
        if self.is_waiting {
            self.is_waiting = false;
            self.due = now.checked_add(self.interval);
        }
    }

    /// The other side could not be asked until `now`: it has as much time to answer as if it were asked now.
    pub(crate) fn resume(&mut self, now: Instant) {
        let due = if self.is_waiting { now.checked_add(self.timeout) } else { Some(now) };
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
        assert_eq!(heart.beat(start + ms(299)), Beat::Rest);
        assert_eq!(heart.beat(start + ms(300)), Beat::Ping);
        assert_eq!(heart.beat(start + ms(499)), Beat::Rest);
        assert_eq!(heart.beat(start + ms(500)), Beat::Dead);
    }

    #[test]
    fn an_answer_begins_the_next_interval_and_silence_does_not_matter_before_the_question() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        heart.heard(start + ms(100));
        assert_eq!(heart.beat(start + ms(300)), Beat::Ping);
        heart.heard(start + ms(350));
        assert_eq!(heart.beat(start + ms(649)), Beat::Rest);
        assert_eq!(heart.beat(start + ms(650)), Beat::Ping);
    }

    #[test]
    fn a_timer_that_fires_late_takes_nothing_from_the_deadline_but_leaves_time_to_answer() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.beat(start + ms(340)), Beat::Ping);
        assert_eq!(heart.due(), Some(start + ms(500)));
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        assert_eq!(heart.beat(start + ms(60_000)), Beat::Ping);
        assert_eq!(heart.due(), Some(start + ms(60_100)));
    }

    #[test]
    fn who_could_not_be_asked_has_all_the_time_after_that() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(INTERVAL, TIMEOUT, start);
        heart.resume(start + ms(100));
        assert_eq!(heart.due(), Some(start + ms(300)));
        heart.resume(start + ms(5_000));
        assert_eq!(heart.beat(start + ms(5_000)), Beat::Ping);
        heart.resume(start + ms(9_000));
        assert_eq!(heart.beat(start + ms(9_199)), Beat::Rest);
        assert_eq!(heart.beat(start + ms(9_200)), Beat::Dead);
    }

    #[test]
    fn never_is_never() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(Duration::MAX, TIMEOUT, start);
        assert_eq!(heart.due(), None);
        assert_eq!(heart.beat(start + ms(1_000_000)), Beat::Rest);
    }
}
