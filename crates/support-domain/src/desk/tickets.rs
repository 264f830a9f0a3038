//! Commands and questions about tickets and their conversations.
//!
//! Every method fails with [`Error::Store`] when the store does, [`Error::NotFound`] for what is absent or
//! foreign, and [`Error::Forbidden`] for what the actor's role may not do; further errors are named where
//! they apply.
#![expect(clippy::missing_errors_doc, reason = "the errors that all methods share are told above")]

use crate::actor::Actor;
use crate::command::{
    AssignTicket, CreateOutcome, CreateTicket, EscalateTicket, Notify, SendMessage, SendOutcome, TicketKey,
    UpdateTicket,
};
use crate::desk::Desk;
use crate::entity::{HistoryEntry, Message, Notification, Statistics, Ticket};
use crate::error::Error;
use crate::id::NotificationId;
use crate::port::{MessageWindow, StatisticsFilter, TicketPage, TicketQuery};
use crate::usecase::{assign, create_ticket, escalate, messages, notify, tickets, update_ticket};

impl Desk {
    /// Opens a ticket. [`Error::Invalid`] for an unknown department or a missing customer;
    /// [`crate::error::RuleViolation::IdempotencyKeyReused`].
    pub async fn create_ticket(&self, actor: &Actor, command: CreateTicket) -> Result<CreateOutcome, Error> {
        self.write(actor, move |work| create_ticket::create(work, &command)).await
    }

    /// One ticket.
    pub async fn ticket(&self, actor: &Actor, key: TicketKey) -> Result<Ticket, Error> {
        self.read(actor, move |work| tickets::find(work, key)).await
    }

    /// A page of tickets; the query's visibility is replaced by the actor's.
    pub async fn tickets(&self, actor: &Actor, query: TicketQuery) -> Result<TicketPage, Error> {
        self.read(actor, move |work| tickets::list(work, &query)).await
    }

    /// Changes details and status. [`Error::VersionMismatch`], [`Error::Invalid`], and the refusals of the
    /// state machine.
    pub async fn update_ticket(
        &self,
        actor: &Actor,
        key: TicketKey,
        command: UpdateTicket,
    ) -> Result<Ticket, Error> {
        self.write(actor, move |work| update_ticket::update(work, key, &command)).await
    }

    /// Gives a ticket to an agent. [`Error::Invalid`] for an unknown agent; the refusals of the assignment
    /// rule.
    pub async fn assign_ticket(&self, actor: &Actor, command: AssignTicket) -> Result<Ticket, Error> {
        self.write(actor, move |work| assign::assign(work, &command)).await
    }

    /// Gives a ticket to a higher tier. [`Error::Invalid`] for an unknown agent or department; the refusals
    /// of the escalation rule.
    pub async fn escalate_ticket(&self, actor: &Actor, command: EscalateTicket) -> Result<Ticket, Error> {
        self.write(actor, move |work| escalate::escalate(work, &command)).await
    }

    /// Tells a ticket's customer or handler something; returns the notification in the app, if it is one.
    pub async fn notify(&self, actor: &Actor, command: Notify) -> Result<Option<Notification>, Error> {
        self.write(actor, move |work| notify::notify(work, &command)).await
    }

    /// At most `limit` entries of a ticket's history behind the sequence `after`, oldest first.
    pub async fn history(
        &self,
        actor: &Actor,
        key: TicketKey,
        after: i64,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, Error> {
        self.read(actor, move |work| tickets::history(work, key, after, limit)).await
    }

    /// Figures over tickets; an agent sees those of their own.
    pub async fn statistics(&self, actor: &Actor, period: StatisticsFilter) -> Result<Statistics, Error> {
        self.read(actor, move |work| tickets::statistics(work, &period)).await
    }

    /// Writes a message. [`crate::error::RuleViolation::TicketClosed`] on a closed ticket.
    pub async fn send_message(&self, actor: &Actor, command: SendMessage) -> Result<SendOutcome, Error> {
        self.write(actor, move |work| messages::send(work, &command)).await
    }

    /// At most `limit` messages of a window of a ticket's conversation, by `sequence` ascending.
    pub async fn messages(
        &self,
        actor: &Actor,
        key: TicketKey,
        window: MessageWindow,
        limit: u32,
    ) -> Result<Vec<Message>, Error> {
        self.read(actor, move |work| messages::list(work, key, window, limit)).await
    }

    /// A ticket and at most `limit` messages of a window of its conversation, by `sequence` ascending, from
    /// one state of the store: the ticket's `messageCount` is the sequence of the last message at that
    /// moment.
    pub async fn conversation(
        &self,
        actor: &Actor,
        key: TicketKey,
        window: MessageWindow,
        limit: u32,
    ) -> Result<(Ticket, Vec<Message>), Error> {
        self.read(actor, move |work| messages::conversation(work, key, window, limit)).await
    }

    /// Marks the other side's messages as read up to a sequence; returns how many were unread.
    pub async fn mark_read(&self, actor: &Actor, key: TicketKey, up_to: i64) -> Result<u32, Error> {
        self.write(actor, move |work| messages::mark_read(work, key, up_to)).await
    }

    /// At most `limit` of the actor's own notifications, newest first, older than `before`.
    pub async fn notifications(
        &self,
        actor: &Actor,
        before: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<Notification>, Error> {
        self.read(actor, move |work| notify::list(work, before, limit)).await
    }

    /// Marks one of the actor's own notifications as read.
    pub async fn read_notification(&self, actor: &Actor, id: NotificationId) -> Result<Notification, Error> {
        self.write(actor, move |work| notify::mark_read(work, id)).await
    }
}
