//! The protocol between an Engine.IO session and an application.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::namespaces::{Namespaces, Pending, Standing};
use super::packet::{self, Malformed, Named, Packet};
use super::{Ack, Application, Event, Socket};
use crate::engine::{Client, Handler, Message};
use crate::id;
use crate::websocket::code;

/// What a client is told whose namespace does not exist.
const INVALID_NAMESPACE: &str = "Invalid namespace";

/// Speaks Socket.IO in the sessions of an engine.
pub(super) struct Protocol<A: Application> {
    pub(super) application: Arc<A>,
    pub(super) max_attachments: usize,
}

impl<A: Application> Handler for Protocol<A> {
    type State = Namespaces<A>;

    fn open(&self, _client: &Client) -> Namespaces<A> {
        Namespaces::new()
    }

    async fn message(&self, client: &Client, namespaces: &mut Namespaces<A>, message: Message<'_>) {
        self.attend(client, namespaces);
        let processed = match message {
            Message::Text(text) => self.packet(client, namespaces, text).await,
            Message::Binary(bytes) => self.attachment(namespaces, bytes).await,
        };
        if processed == Err(Malformed) {
            client.send_queue().close(code::PROTOCOL, "malformed or not allowed here");
        }
        self.attend(client, namespaces);
    }

    fn attend(&self, _client: &Client, namespaces: &mut Namespaces<A>) {
        for left in namespaces.take_left() {
            self.application.disconnect(&left.session);
        }
    }

    fn close(&self, _client: &Client, namespaces: Namespaces<A>) {
        for joined in namespaces.into_joined() {
            joined.socket.end();
            self.application.disconnect(&joined.session);
        }
    }
}

impl<A: Application> Protocol<A> {
    async fn packet(
        &self,
        client: &Client,
        namespaces: &mut Namespaces<A>,
        text: &str,
    ) -> Result<(), Malformed> {
        if namespaces.pending.is_some() {
            return Err(Malformed);
        }
        match Packet::of_text(text, self.max_attachments)? {
            Packet::Connect { namespace, auth } => self.join(client, namespaces, namespace, auth).await,
            Packet::Disconnect { namespace } => self.leave(namespaces, namespace),
            Packet::Event { namespace, event, ack, attachments } => {
                let event = match namespaces.standing(namespace) {
                    Standing::Joined(joined) => {
                        let ack = ack.map(|id| Ack::new(joined.socket, id));
                        Some((namespace.to_owned(), complete(event, ack)))
                    }
                    Standing::Left => None,
                    Standing::Unknown => return Err(Malformed),
                };
                self.collect(namespaces, event, attachments).await
            }
            Packet::Ack { namespace, attachments } => match namespaces.standing(namespace) {
                // The server asks for no answers.
                Standing::Joined(_) | Standing::Left => self.collect(namespaces, None, attachments).await,
                Standing::Unknown => Err(Malformed),
            },
        }
    }

    async fn join(
        &self,
        client: &Client,
        namespaces: &mut Namespaces<A>,
        namespace: &str,
        auth: Option<&RawValue>,
    ) -> Result<(), Malformed> {
        // What is pushed to a closed connection is not missed.
        if matches!(namespaces.standing(namespace), Standing::Joined(_)) {
            return Err(Malformed);
        }
        if !self.application.knows(namespace) {
            let _ = client.send_queue().push(packet::refused(namespace, INVALID_NAMESPACE, None));
            return Ok(());
        }
        let id = match id::draw() {
            Ok(id) => id,
            Err(error) => {
                tracing::error!(%error, "nobody can join for want of random numbers");
                client.send_queue().close(code::INTERNAL, "the server failed");
                return Ok(());
            }
        };
        let socket = Socket::new(id, namespace, client.clone());
        match self.application.connect(&socket, auth).await {
            Ok(session) => {
                let session = Arc::new(session);
                let _ = client.send_queue().push(packet::connected(namespace, socket.id()));
                client.mark_authenticated();
                namespaces.join(socket, Arc::clone(&session));
                self.application.connected(&session).await;
            }
            Err(error) => {
                socket.end();
                let refused = packet::refused(namespace, &error.message, error.data.as_deref());
                let _ = client.send_queue().push(refused);
            }
        }
        Ok(())
    }

    fn leave(&self, namespaces: &mut Namespaces<A>, namespace: &str) -> Result<(), Malformed> {
        match namespaces.standing(namespace) {
            Standing::Joined(joined) => {
                namespaces.leave(namespace);
                joined.socket.end();
                self.application.disconnect(&joined.session);
                Ok(())
            }
            Standing::Left => Ok(()),
            Standing::Unknown => Err(Malformed),
        }
    }

    /// Waits for attachments, if there are some.
    async fn collect(
        &self,
        namespaces: &mut Namespaces<A>,
        event: Option<(String, Event)>,
        missing: usize,
    ) -> Result<(), Malformed> {
        if missing > 0 {
            namespaces.pending = Some(Pending { event, missing, attachments: Vec::new() });
        } else if let Some((namespace, event)) = event {
            self.deliver(namespaces, &namespace, event).await;
        }
        Ok(())
    }

    async fn attachment(
        &self,
        namespaces: &mut Namespaces<A>,
        bytes: actix_web::web::Bytes,
    ) -> Result<(), Malformed> {
        let mut pending = namespaces.pending.take().ok_or(Malformed)?;
        pending.attachments.push(bytes);
        if pending.attachments.len() < pending.missing {
            namespaces.pending = Some(pending);
        } else if let Some((namespace, mut event)) = pending.event {
            event.attachments = pending.attachments;
            self.deliver(namespaces, &namespace, event).await;
        }
        Ok(())
    }

    async fn deliver(&self, namespaces: &Namespaces<A>, namespace: &str, event: Event) {
        // The client may have been made to leave while the attachments came.
        if let Standing::Joined(joined) = namespaces.standing(namespace) {
            self.application.event(&joined.session, event).await;
        }
    }
}

/// An event whose attachments are still to be added.
fn complete(event: Named<'_>, ack: Option<Ack>) -> Event {
    let args = event.args.into_iter().map(ToOwned::to_owned).collect();
    Event { name: event.name, args, attachments: Vec::new(), ack }
}
