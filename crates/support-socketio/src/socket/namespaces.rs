//! Where a client is, and what is still to come from it.

use std::sync::Arc;

use actix_web::web::Bytes;

use super::{Application, Event, Socket};

/// What is kept for a connection.
pub(super) struct Namespaces<A: Application> {
    joined: Vec<Joined<A>>,
    /// The namespaces that the client was made to leave. What it had sent before it knew is not held against
    /// it.
    left: Vec<String>,
    /// An event whose attachments are still to come.
    pub(super) pending: Option<Pending>,
}

/// A namespace that the client is in.
pub(super) struct Joined<A: Application> {
    pub(super) socket: Socket,
    pub(super) session: Arc<A::Session>,
}

impl<A: Application> Clone for Joined<A> {
    fn clone(&self) -> Self {
        Self { socket: self.socket.clone(), session: Arc::clone(&self.session) }
    }
}

/// Something that is followed by attachments.
pub(super) struct Pending {
    /// What to do with it when it is complete. None: nothing.
    pub(super) event: Option<(String, Event)>,
    pub(super) missing: usize,
    pub(super) attachments: Vec<Bytes>,
}

/// Where a namespace stands with the client.
pub(super) enum Standing<A: Application> {
    Joined(Joined<A>),
    Left,
    Unknown,
}

impl<A: Application> Namespaces<A> {
    pub(super) fn new() -> Self {
        Self { joined: Vec::new(), left: Vec::new(), pending: None }
    }

    pub(super) fn standing(&self, namespace: &str) -> Standing<A> {
        if let Some(joined) = self.joined.iter().find(|joined| joined.socket.namespace() == namespace) {
            Standing::Joined(joined.clone())
        } else if self.left.iter().any(|left| left == namespace) {
            Standing::Left
        } else {
            Standing::Unknown
        }
    }

    pub(super) fn join(&mut self, socket: Socket, session: Arc<A::Session>) {
        self.left.retain(|left| left != socket.namespace());
        self.joined.push(Joined { socket, session });
    }

    /// The client leaves by itself.
    pub(super) fn leave(&mut self, namespace: &str) {
        self.joined.retain(|joined| joined.socket.namespace() != namespace);
    }

    /// Takes out those namespaces that the client was made to leave.
    pub(super) fn take_left(&mut self) -> Vec<Joined<A>> {
        if !self.joined.iter().any(|joined| joined.socket.has_left()) {
            return Vec::new();
        }
        let (left, joined): (Vec<_>, _) =
            std::mem::take(&mut self.joined).into_iter().partition(|one: &Joined<A>| one.socket.has_left());
        self.joined = joined;
        self.left.extend(left.iter().map(|one| one.socket.namespace().to_owned()));
        left
    }

    /// All that the client was still in.
    pub(super) fn into_joined(self) -> Vec<Joined<A>> {
        self.joined
    }
}
