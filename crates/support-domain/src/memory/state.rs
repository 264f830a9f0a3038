//! Everything that a [`super::MemoryStore`] holds.

use std::cmp::Reverse;

use crate::entity::{Agent, Delivery, Department, Message, Notification, Ticket, Upload, User};
use crate::id::{AgentId, AttachmentId, DepartmentId, NotificationId, OutboxId, TicketId, UserId};
use crate::memory::recorded_entry::RecordedEntry;
use crate::memory::table::{Journal, Table};
use crate::port::{
    AgentRepository, AttachmentRepository, DepartmentRepository, HistoryRepository, IdempotencyRecord,
    IdempotencyRepository, MessageRepository, NotificationRepository, Repositories, StatisticsRepository,
    TicketRepository, UserRepository,
};
use crate::time::Timestamp;
use crate::value::{EmailAddress, Priority, TicketNumber};

/// The place of a waiting ticket in the queue: most urgent first, then oldest.
pub(super) type QueuePlace = (Reverse<Priority>, Timestamp, TicketId);

/// The tables, and the indexes that are derived from them.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) tickets: Table<TicketId, Ticket>,
    /// Index of `tickets` by number.
    pub(super) tickets_by_number: Table<TicketNumber, TicketId>,
    /// Index of those `tickets` that wait for an agent.
    pub(super) waiting_tickets: Table<QueuePlace, ()>,
    /// Index of those `tickets` that are in progress or escalated, by handler.
    pub(super) active_tickets: Table<(AgentId, TicketId), ()>,
    /// The last serial given out in each year.
    pub(super) last_serials: Table<i32, i64>,
    /// By ticket and sequence.
    pub(super) messages: Table<(TicketId, i64), Message>,
    /// The sequence of each message that has a client's name, by ticket, sender and that name.
    pub(super) message_names: Table<(TicketId, UserId, String), i64>,
    pub(super) uploads: Table<AttachmentId, Upload>,
    /// By ticket and sequence.
    pub(super) history: Table<(TicketId, i64), RecordedEntry>,
    pub(super) agents: Table<AgentId, Agent>,
    pub(super) departments: Table<DepartmentId, Department>,
    pub(super) users: Table<UserId, User>,
    /// Index of those `users` who have a password, by address.
    pub(super) logins: Table<EmailAddress, UserId>,
    /// Index of those `users` who are customers with an address, longest known first.
    pub(super) customers: Table<(EmailAddress, Timestamp, UserId), ()>,
    /// Users whose personal data was erased, in the order in which it was, from 0.
    pub(super) erasures: Table<usize, UserId>,
    pub(super) notifications: Table<(UserId, NotificationId), Notification>,
    pub(super) outbox: Table<(Timestamp, OutboxId), Delivery>,
    /// By actor and key.
    pub(super) requests: Table<(UserId, String), IdempotencyRecord>,
}

impl State {
    /// Keeps what the transaction changed.
    pub(super) fn keep(&mut self) {
        for table in self.journals() {
            table.keep();
        }
    }

    /// Takes back what the transaction changed.
    pub(super) fn undo(&mut self) {
        for table in self.journals() {
            table.undo();
        }
    }

    /// Every table. The pattern has no `..`, so that a new table cannot be forgotten.
    fn journals(&mut self) -> [&mut dyn Journal; 18] {
        let Self {
            tickets,
            tickets_by_number,
            waiting_tickets,
            active_tickets,
            last_serials,
            messages,
            message_names,
            uploads,
            history,
            agents,
            departments,
            users,
            logins,
            customers,
            erasures,
            notifications,
            outbox,
            requests,
        } = self;
        [
            tickets,
            tickets_by_number,
            waiting_tickets,
            active_tickets,
            last_serials,
            messages,
            message_names,
            uploads,
            history,
            agents,
            departments,
            users,
            logins,
            customers,
            erasures,
            notifications,
            outbox,
            requests,
        ]
    }
}

impl Repositories for State {
    fn tickets(&mut self) -> &mut dyn TicketRepository {
        self
    }

    fn messages(&mut self) -> &mut dyn MessageRepository {
        self
    }

    fn attachments(&mut self) -> &mut dyn AttachmentRepository {
        self
    }

    fn history(&mut self) -> &mut dyn HistoryRepository {
        self
    }

    fn agents(&mut self) -> &mut dyn AgentRepository {
        self
    }

    fn departments(&mut self) -> &mut dyn DepartmentRepository {
        self
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn notifications(&mut self) -> &mut dyn NotificationRepository {
        self
    }

    fn idempotency(&mut self) -> &mut dyn IdempotencyRepository {
        self
    }

    fn statistics(&mut self) -> &mut dyn StatisticsRepository {
        self
    }
}
