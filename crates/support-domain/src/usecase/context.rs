//! The surroundings of a use case: its transaction, its actor, and what it leaves to be done after the
//! commit.

use std::collections::BTreeSet;

use crate::actor::Actor;
use crate::command::TicketKey;
use crate::entity::{
    Action, Delivery, DeliveryState, Department, Message, NewHistoryEntry, Notification, NotificationKind,
    Ticket,
};
use crate::error::{Error, InputField, StoreError};
use crate::event::{Event, TicketFilterKey};
use crate::id::{AgentId, HistoryEntryId, IdSource, MessageId, NotificationId, OutboxId, UserId};
use crate::port::Repositories;
use crate::rules::access;
use crate::time::Timestamp;
use crate::value::{Channel, DepartmentName, MessageText, PersonName, SenderType};

/// What the operator decides.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Whether e-mail is set up; if not, e-mails are kept in the outbox as skipped.
    pub email: bool,
    /// Whether a webhook is set up, likewise.
    pub webhook: bool,
    /// Whether other processes change the same store. The lists of agents and departments are then read each
    /// time: cached ones would not be true.
    pub shared_store: bool,
}

/// What a use case leaves to be done once it is committed.
#[derive(Debug, Default)]
pub struct PostCommitEffects {
    /// What to tell those who watch.
    pub events: Vec<Event>,
    /// Departments in which a waiting ticket may now find an agent.
    pub dispatch: BTreeSet<DepartmentName>,
    /// Whether the list of agents or departments changed.
    pub directory_changed: bool,
}

/// One transaction on behalf of one actor.
pub struct UseCaseContext<'a> {
    /// The repositories.
    pub tx: &'a mut dyn Repositories,
    /// Who asks.
    pub actor: &'a Actor,
    /// When.
    pub now: Timestamp,
    /// Where ids come from.
    pub ids: &'a dyn IdSource,
    /// What the operator decided.
    pub policy: &'a Policy,
    /// What is left to be done.
    pub effects: PostCommitEffects,
}

impl UseCaseContext<'_> {
    /// Runs a part of the use case in the system's name: what it writes down was done by nobody in person.
    pub(crate) fn as_system<T>(&mut self, run: impl FnOnce(&mut UseCaseContext<'_>) -> T) -> T {
        let system = Actor::system();
        let mut inner = UseCaseContext {
            tx: &mut *self.tx,
            actor: &system,
            now: self.now,
            ids: self.ids,
            policy: self.policy,
            effects: std::mem::take(&mut self.effects),
        };
        let result = run(&mut inner);
        self.effects = inner.effects;
        result
    }

    /// The ticket that `key` names, locked, if the actor may see it.
    pub(crate) fn lock_ticket(&mut self, key: TicketKey) -> Result<Ticket, Error> {
        let ticket = match key {
            TicketKey::Id(id) => self.tx.tickets().lock(id)?,
            TicketKey::Number(number) => match self.tx.tickets().find_by_number(number)? {
                Some(ticket) => self.tx.tickets().lock(ticket.id)?,
                None => None,
            },
        };
        access::visible(self.actor, ticket)
    }

    /// The ticket that `key` names, if the actor may see it.
    pub(crate) fn find_ticket(&mut self, key: TicketKey) -> Result<Ticket, Error> {
        let ticket = match key {
            TicketKey::Id(id) => self.tx.tickets().find(id)?,
            TicketKey::Number(number) => self.tx.tickets().find_by_number(number)?,
        };
        access::visible(self.actor, ticket)
    }

    /// The stored department of this name, with the letter case it was given.
    pub(crate) fn resolve_department(&mut self, name: &DepartmentName) -> Result<Department, Error> {
        let known = self.tx.departments().list()?.into_iter().find(|department| department.name == *name);
        known.ok_or_else(|| Error::invalid(InputField::Department, "no such department"))
    }

    /// Appends to the ticket's history in the actor's name.
    pub(crate) fn append_history(
        &mut self,
        ticket: &Ticket,
        action: Action,
        details: String,
    ) -> Result<(), Error> {
        let performed_by_name = self.actor_name(ticket)?;
        let entry = NewHistoryEntry {
            id: HistoryEntryId::generate(self.ids),
            ticket_id: ticket.id,
            action,
            performed_by: self.actor.id,
            performed_by_name,
            details: Some(details),
            timestamp: self.now,
        };
        Ok(self.tx.history().append(&entry)?)
    }

    /// The actor's name: as the token says, else as the desk knows them, else a general word.
    pub(crate) fn actor_name(&mut self, ticket: &Ticket) -> Result<PersonName, Error> {
        if let Some(name) = &self.actor.name {
            return Ok(name.clone());
        }
        if ticket.customer.id == self.actor.id {
            return Ok(ticket.customer.name.clone());
        }
        let known = self.tx.users().find(self.actor.id)?;
        Ok(known.map_or_else(|| self.actor.display_name(), |user| user.name))
    }

    /// Tells the conversation of a change, worded for the customer; the ticket is not saved here.
    pub(crate) fn post_system_message(&mut self, ticket: Ticket, text: &str) -> Result<Ticket, Error> {
        let ticket = ticket.count_system_message(self.now);
        let text = MessageText::parse(text).map_err(|error| StoreError::Internal(error.to_string()))?;
        let message = Message {
            id: MessageId::generate(self.ids),
            ticket_id: ticket.id,
            sequence: ticket.message_count,
            sender_id: UserId::SYSTEM,
            sender_name: PersonName::known("System"),
            sender_type: SenderType::System,
            text,
            attachments: Vec::new(),
            client_message_id: None,
            is_read: false,
            created_at: self.now,
        };
        self.tx.messages().append(&message)?;
        self.emit(Event::NewMessage { message });
        Ok(ticket)
    }

    /// Notifies somebody in the app, and by e-mail through the outbox.
    pub(crate) fn notify(
        &mut self,
        user: UserId,
        ticket: &Ticket,
        kind: NotificationKind,
        text: &str,
    ) -> Result<(), Error> {
        self.notify_via(user, ticket, kind, text, &[Channel::InApp, Channel::Email])?;
        Ok(())
    }

    /// Notifies somebody by each of `channels`; returns the notification in the app, if there is one.
    pub(crate) fn notify_via(
        &mut self,
        user_id: UserId,
        ticket: &Ticket,
        kind: NotificationKind,
        text: &str,
        channels: &[Channel],
    ) -> Result<Option<Notification>, Error> {
        let mut in_app = None;
        for channel in channels {
            let ready = match channel {
                Channel::InApp => {
                    let notification = Notification {
                        id: NotificationId::generate(self.ids),
                        user_id,
                        ticket_id: ticket.id,
                        kind,
                        text: text.to_owned(),
                        created_at: self.now,
                        read_at: None,
                    };
                    self.tx.notifications().insert(&notification)?;
                    in_app = Some(notification);
                    continue;
                }
                Channel::Email => self.policy.email,
                Channel::Webhook => self.policy.webhook,
            };
            self.tx.notifications().enqueue(&Delivery {
                id: OutboxId::generate(self.ids),
                channel: *channel,
                user_id,
                ticket_id: ticket.id,
                kind,
                text: text.to_owned(),
                state: if ready { DeliveryState::Pending } else { DeliveryState::Skipped },
                created_at: self.now,
            })?;
        }
        Ok(in_app)
    }

    /// Leaves an event to be published.
    pub(crate) fn emit(&mut self, event: Event) {
        self.effects.events.push(event);
    }

    /// Says that a ticket changed, and what of it.
    pub(crate) fn emit_ticket_updated(&mut self, before: &Ticket, ticket: &Ticket) {
        self.emit(Event::TicketUpdated {
            ticket: ticket.clone(),
            before: TicketFilterKey::of(before),
            changes: ticket.changes_since(before),
        });
    }

    /// The agent among `agents` with this id: a ticket's handler must exist.
    pub(crate) fn expect_agent(
        agents: &[crate::entity::Agent],
        id: AgentId,
    ) -> Result<crate::entity::Agent, Error> {
        agents.iter().find(|agent| agent.id == id).cloned().ok_or_else(|| crate::error::missing_agent(id))
    }
}
