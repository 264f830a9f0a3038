//! What a session may do next. No I/O, no time of its own: everything here is decided under one lock.

use std::time::Duration;

use tokio::time::Instant;

use super::error::Error;

/// How long a poll is held that comes while the client may be moving to a WebSocket: it is either about to be
/// refused, because the client moved, or the client did not and must not wait long.
const HOLD: Duration = Duration::from_millis(75);

/// The last answer to a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CloseReason {
    /// The client closed, so the server has nothing to say.
    Noop,
    /// What is queued, and that the server closes.
    Close,
}

/// A WebSocket that the client opened for its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Upgrade {
    None,
    Opened,
    /// The client was told that the WebSocket works. It may have stopped polling.
    Probed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Polling,
    WebSocket,
    /// The session is over, but the client does not know yet: the next poll will tell it.
    Leaving {
        farewell: CloseReason,
        until: Instant,
    },
    /// The session is over. A poll that is still held tells the client.
    Over {
        farewell: CloseReason,
    },
}

/// What becomes of a WebSocket that is opened for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dial {
    /// The client may move to it.
    Upgrade,
    /// The session has one, or is about to.
    Surplus,
    Refuse(Error),
}

/// Whether something is the session's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It is.
    Now,
    /// The end was before.
    Before,
}

/// What becomes of a poll that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It waits.
    Hold,
    /// It is told the end.
    Tell(CloseReason),
    /// There is one already: the client is broken.
    Twice,
    Refuse(Error),
}

/// What becomes of a poll that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// It gets what is queued, if anything is.
    Look,
    /// It gets nothing but a noop, and that not before this moment.
    NoopAt(Instant),
    Tell(CloseReason),
    Refuse(Error),
}

/// What is to be watched for at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watch {
    /// The session lives.
    Alive,
    /// It waits for a poll until then.
    Until(Instant),
    Over,
}

/// The stage that a session is at.
#[derive(Debug)]
pub(super) struct Stage {
    place: Place,
    upgrade: Upgrade,
    /// When the poll came that waits.
    polled: Option<Instant>,
    is_posted: bool,
    /// Whether the session is, or at its end was, on a WebSocket.
    has_websocket: bool,
}

impl Stage {
    pub(super) fn polling() -> Self {
        Self {
            place: Place::Polling,
            upgrade: Upgrade::None,
            polled: None,
            is_posted: false,
            has_websocket: false,
        }
    }

    pub(super) fn websocket() -> Self {
        Self { place: Place::WebSocket, has_websocket: true, ..Self::polling() }
    }

    pub(super) fn is_websocket(&self) -> bool {
        self.place == Place::WebSocket
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.place, Place::Over { .. })
    }

    /// Whether the session is over and nobody is left who would still tell the client.
    pub(super) fn is_forgotten(&self) -> bool {
        self.is_over() && !self.has_websocket && self.polled.is_none()
    }

    /// A poll arrives.
    pub(super) fn poll(&mut self, now: Instant) -> Arrival {
        match self.place {
            Place::Polling if self.polled.is_some() => Arrival::Twice,
            Place::Polling => {
                self.polled = Some(now);
                Arrival::Hold
            }
            Place::Leaving { .. } if self.upgrade == Upgrade::Probed && self.polled.is_none() => {
                self.polled = Some(now);
                Arrival::Hold
            }
            Place::Leaving { farewell, .. } => {
                self.place = Place::Over { farewell };
                Arrival::Tell(farewell)
            }
            Place::WebSocket => Arrival::Refuse(Error::BadRequest),
            Place::Over { .. } => Arrival::Refuse(Error::UnknownSession),
        }
    }

    /// What the waiting poll is to do.
    pub(super) fn waiting(&self) -> Waiting {
        match (self.place, self.upgrade, self.polled) {
            (Place::Over { farewell }, ..) => Waiting::Tell(farewell),
            (Place::WebSocket, ..) => Waiting::Refuse(Error::BadRequest),
            (_, Upgrade::Probed, Some(polled)) => Waiting::NoopAt(polled + HOLD),
            (Place::Leaving { farewell, .. }, ..) => Waiting::Tell(farewell),
            (Place::Polling, ..) => Waiting::Look,
        }
    }

    /// The poll waits no more. Returns whether the session must end if it was not answered, because nobody
    /// knows what was on its way; nothing was if the client may be moving.
    pub(super) fn end_poll(&mut self) -> bool {
        self.polled = None;
        self.place == Place::Polling && self.upgrade != Upgrade::Probed
    }

    /// A post arrives, and may be read.
    ///
    /// # Errors
    /// When it may not, with whether that is because there is one already: the client is broken then.
    pub(super) fn post(&mut self) -> Result<(), (Error, bool)> {
        match self.place {
            Place::Polling if self.is_posted => Err((Error::BadRequest, true)),
            Place::Polling => {
                self.is_posted = true;
                Ok(())
            }
            Place::WebSocket => Err((Error::BadRequest, false)),
            Place::Leaving { .. } | Place::Over { .. } => Err((Error::UnknownSession, false)),
        }
    }

    /// The post is answered, or was given up.
    pub(super) fn end_post(&mut self) {
        self.is_posted = false;
    }

    /// The client opens a WebSocket for the session.
    pub(super) fn dial(&mut self) -> Dial {
        match (self.place, self.upgrade) {
            (Place::Over { .. }, _) => Dial::Refuse(Error::UnknownSession),
            (Place::Polling, Upgrade::None) => {
                self.upgrade = Upgrade::Opened;
                Dial::Upgrade
            }
            (Place::Leaving { .. }, Upgrade::None) => Dial::Refuse(Error::BadRequest),
            (Place::WebSocket, _) | (_, Upgrade::Opened | Upgrade::Probed) => Dial::Surplus,
        }
    }

    /// The client is about to be told that the WebSocket works. From now on polls get no data.
    pub(super) fn probe(&mut self) {
        self.upgrade = Upgrade::Probed;
    }

    /// Whether the client may have stopped polling without having moved yet, so that it cannot be asked
    /// anything.
    pub(super) fn is_between(&self) -> bool {
        self.upgrade == Upgrade::Probed
    }

    /// The client moves to the WebSocket. Returns whether it may. What is queued goes there, even if it is
    /// the last.
    pub(super) fn complete_upgrade(&mut self) -> bool {
        let may = self.can_upgrade() && self.upgrade != Upgrade::None;
        if may {
            self.place = Place::WebSocket;
            self.upgrade = Upgrade::None;
            self.has_websocket = true;
        }
        may
    }

    /// Whether a WebSocket still has something to take over.
    pub(super) fn can_upgrade(&self) -> bool {
        matches!(self.place, Place::Polling | Place::Leaving { farewell: CloseReason::Close, .. })
    }

    /// The WebSocket failed; the session goes on polling.
    pub(super) fn cancel_upgrade(&mut self) {
        self.upgrade = Upgrade::None;
    }

    /// The session is over, and the client is to be told, at the latest at `until`.
    pub(super) fn leave(&mut self, farewell: CloseReason, until: Instant) -> End {
        match self.place {
            Place::Polling if self.polled.is_some() && self.upgrade != Upgrade::Probed => {
                self.place = Place::Over { farewell };
            }
            Place::Polling => self.place = Place::Leaving { farewell, until },
            Place::WebSocket => self.place = Place::Over { farewell },
            Place::Leaving { .. } | Place::Over { .. } => return End::Before,
        }
        End::Now
    }

    /// The session is over, whether the client is told or not.
    pub(super) fn stop(&mut self) -> End {
        match self.place {
            Place::Polling | Place::WebSocket => {
                self.place = Place::Over { farewell: CloseReason::Close };
                End::Now
            }
            Place::Leaving { farewell, .. } => {
                self.place = Place::Over { farewell };
                End::Before
            }
            Place::Over { .. } => End::Before,
        }
    }

    pub(super) fn watch(&self) -> Watch {
        match self.place {
            Place::Polling | Place::WebSocket => Watch::Alive,
            Place::Leaving { until, .. } => Watch::Until(until),
            Place::Over { .. } => Watch::Over,
        }
    }
}

#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
