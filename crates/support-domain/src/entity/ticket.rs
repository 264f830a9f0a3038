//! `SupportTicket` (`docs/specification.md`, section 2.1) and its life.

use std::ops::Deref;

use crate::erasure;
use crate::error::{InvariantViolation, RuleViolation};
use crate::id::{AgentId, TicketId, UserId};
use crate::rules::transition;
use crate::time::Timestamp;
use crate::value::{
    Category, DepartmentName, Description, EmailAddress, PersonName, Phone, Priority, Resolution, Status,
    Subject, Tags, TicketNumber,
};

/// The customer of a ticket, as known when it was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Their user id.
    pub id: UserId,
    /// Their name.
    pub name: PersonName,
    /// Their e-mail address, if known.
    pub email: Option<EmailAddress>,
    /// Their telephone number, if known.
    pub phone: Option<Phone>,
}

/// An agent as a ticket remembers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The agent's id.
    pub id: AgentId,
    /// Their name when they got the ticket.
    pub name: PersonName,
}

/// All that is stored of a ticket. Read it through [`Ticket`], which holds only consistent ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketRecord {
    /// Its id.
    pub id: TicketId,
    /// Its number for people.
    pub number: TicketNumber,
    /// Whose it is.
    pub customer: Customer,
    /// What it is about, in a line.
    pub subject: Subject,
    /// What it is about.
    pub description: Description,
    /// The kind of matter.
    pub category: Category,
    /// How soon it needs attention.
    pub priority: Priority,
    /// Where it is in its life.
    pub status: Status,
    /// The agent it was assigned to.
    pub assigned_to: Option<Handler>,
    /// The department it belongs to.
    pub department: Option<DepartmentName>,
    /// The agent it was escalated to, who then handles it.
    pub escalated_to: Option<Handler>,
    /// How it was resolved.
    pub resolution: Option<Resolution>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// Who resolved it.
    pub resolved_by: Option<UserId>,
    /// When the last message was written.
    pub last_message_at: Option<Timestamp>,
    /// Messages in the conversation, which is the `sequence` of the last one.
    pub message_count: i64,
    /// Labels.
    pub tags: Tags,
    /// When staff first wrote a message.
    pub first_response_at: Option<Timestamp>,
    /// Whether it waits for an agent: open, and assignment was asked for.
    pub waiting: bool,
    /// Grows by one with each change, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a ticket is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// Its id.
    pub id: TicketId,
    /// Its number for people.
    pub number: TicketNumber,
    /// Whose it is.
    pub customer: Customer,
    /// What it is about, in a line.
    pub subject: Subject,
    /// What it is about.
    pub description: Description,
    /// The kind of matter.
    pub category: Category,
    /// How soon it needs attention.
    pub priority: Priority,
    /// The department it belongs to.
    pub department: Option<DepartmentName>,
    /// Labels.
    pub tags: Tags,
    /// Whether an agent is to be found for it.
    pub waiting: bool,
}

/// A ticket. Its fields are read through [`TicketRecord`]; they change by the methods here alone, each of
/// which obeys the state machine of `docs/contract.md`, section 3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket(TicketRecord);

impl Deref for Ticket {
    type Target = TicketRecord;

    fn deref(&self) -> &TicketRecord {
        &self.0
    }
}

impl Ticket {
    /// Opens a ticket: nobody handles it yet, and nothing has been written.
    #[must_use]
    pub fn open(new: NewTicket, now: Timestamp) -> Self {
        Self(TicketRecord {
            id: new.id,
            number: new.number,
            customer: new.customer,
            subject: new.subject,
            description: new.description,
            category: new.category,
            priority: new.priority,
            status: Status::Open,
            assigned_to: None,
            department: new.department,
            escalated_to: None,
            resolution: None,
            resolved_at: None,
            resolved_by: None,
            last_message_at: None,
            message_count: 0,
            tags: new.tags,
            first_response_at: None,
            waiting: new.waiting,
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// What is stored of it.
    #[must_use]
    pub fn into_record(self) -> TicketRecord {
        self.0
    }

    /// Takes a stored ticket back.
    ///
    /// # Errors
    /// [`InvariantViolation`] when its fields cannot be true together.
    pub fn restore(record: TicketRecord) -> Result<Self, InvariantViolation> {
        let handled = record.assigned_to.is_some() || record.escalated_to.is_some();
        let resolved =
            record.resolution.is_some() && record.resolved_at.is_some() && record.resolved_by.is_some();
        let field = match record.status {
            Status::Open if handled => "assigned_to",
            Status::InProgress | Status::Escalated if !handled => "assigned_to",
            Status::Escalated if record.escalated_to.is_none() => "escalated_to",
            Status::Resolved | Status::Closed if !resolved => "resolution",
            status if record.waiting && status != Status::Open => "waiting",
            _ if record.message_count < 0 => "message_count",
            _ if record.version < 1 => "version",
            _ => return Ok(Self(record)),
        };
        Err(InvariantViolation { field })
    }

    /// The agent who handles it: `escalatedTo` if set, else `assignedTo`.
    #[must_use]
    pub fn handler(&self) -> Option<&Handler> {
        self.0.escalated_to.as_ref().or(self.0.assigned_to.as_ref())
    }

    /// Whether `agent` is named on it: `assignedTo` or `escalatedTo`.
    #[must_use]
    pub fn names(&self, agent: AgentId) -> bool {
        [&self.0.assigned_to, &self.0.escalated_to].into_iter().flatten().any(|named| named.id == agent)
    }

    /// The agent whose workload it counts towards.
    #[must_use]
    pub fn active_handler(&self) -> Option<AgentId> {
        self.0.status.is_active().then(|| self.handler().map(|handler| handler.id)).flatten()
    }

    /// Gives it to `agent`, who becomes the one handler; it is in progress from here on. A ticket without a
    /// department takes the agent's.
    ///
    /// # Errors
    /// [`RuleViolation::InvalidTransition`] unless it is open, in progress or escalated.
    pub fn assign(
        mut self,
        agent: Handler,
        department: &DepartmentName,
        now: Timestamp,
    ) -> Result<Self, RuleViolation> {
        if self.0.status != Status::InProgress {
            transition::check(self.0.status, Status::InProgress)?;
            if self.0.status == Status::Resolved {
                return Err(RuleViolation::InvalidTransition {
                    from: Status::Resolved,
                    to: Status::InProgress,
                });
            }
        }
        self.0.department.get_or_insert_with(|| department.clone());
        self.0.assigned_to = Some(agent);
        self.0.escalated_to = None;
        self.0.waiting = false;
        self.0.status = Status::InProgress;
        Ok(self.changed(now))
    }

    /// Marks an open ticket as waiting for an agent.
    #[must_use]
    pub fn wait(mut self, now: Timestamp) -> Self {
        if self.0.waiting || self.0.status != Status::Open {
            return self;
        }
        self.0.waiting = true;
        self.changed(now)
    }

    /// Gives it to `agent` of a higher tier; `assignedTo` stays as the record of who had it. The department
    /// follows.
    ///
    /// # Errors
    /// [`RuleViolation::InvalidTransition`] unless it is in progress.
    pub fn escalate(
        mut self,
        agent: Handler,
        department: &DepartmentName,
        now: Timestamp,
    ) -> Result<Self, RuleViolation> {
        transition::check(self.0.status, Status::Escalated)?;
        self.0.escalated_to = Some(agent);
        self.0.department = Some(department.clone());
        self.0.status = Status::Escalated;
        Ok(self.changed(now))
    }

    /// Takes an escalated ticket back into progress; its handler keeps it.
    ///
    /// # Errors
    /// [`RuleViolation::InvalidTransition`] unless it is escalated.
    pub fn progress(mut self, now: Timestamp) -> Result<Self, RuleViolation> {
        match self.0.status {
            Status::Escalated => {
                self.0.status = Status::InProgress;
                Ok(self.changed(now))
            }
            from => Err(RuleViolation::InvalidTransition { from, to: Status::InProgress }),
        }
    }

    /// Resolves it.
    ///
    /// # Errors
    /// [`RuleViolation::InvalidTransition`] unless it is in progress or escalated.
    pub fn resolve(
        mut self,
        by: UserId,
        resolution: Resolution,
        now: Timestamp,
    ) -> Result<Self, RuleViolation> {
        transition::check(self.0.status, Status::Resolved)?;
        self.0.status = Status::Resolved;
        self.0.resolution = Some(resolution);
        self.0.resolved_at = Some(now);
        self.0.resolved_by = Some(by);
        Ok(self.changed(now))
    }

    /// Closes it for good.
    ///
    /// # Errors
    /// [`RuleViolation::InvalidTransition`] unless it is resolved.
    pub fn close(mut self, now: Timestamp) -> Result<Self, RuleViolation> {
        transition::check(self.0.status, Status::Closed)?;
        self.0.status = Status::Closed;
        Ok(self.changed(now))
    }

    /// Returns a resolved ticket to its handler. Its resolution is forgotten here; the history keeps it.
    ///
    /// # Errors
    /// [`RuleViolation::InvalidTransition`] unless it is resolved.
    pub fn reopen(mut self, now: Timestamp) -> Result<Self, RuleViolation> {
        match self.0.status {
            Status::Resolved => {
                self.0.status = Status::InProgress;
                self.0.resolution = None;
                self.0.resolved_at = None;
                self.0.resolved_by = None;
                Ok(self.changed(now))
            }
            from => Err(RuleViolation::InvalidTransition { from, to: Status::InProgress }),
        }
    }

    /// Counts one more message, written at `now`; `response` says that staff wrote it. The message's
    /// `sequence` is the new [`TicketRecord::message_count`].
    ///
    /// # Errors
    /// [`RuleViolation::TicketClosed`] on a closed ticket.
    pub fn count_message(self, response: bool, now: Timestamp) -> Result<Self, RuleViolation> {
        if self.0.status == Status::Closed {
            return Err(RuleViolation::TicketClosed);
        }
        Ok(self.counted(response, now))
    }

    /// Counts the message by which the system tells of a change, which a ticket that was just closed takes
    /// too.
    #[must_use]
    pub(crate) fn count_system_message(self, now: Timestamp) -> Self {
        self.counted(false, now)
    }

    fn counted(mut self, response: bool, now: Timestamp) -> Self {
        self.0.message_count += 1;
        self.0.last_message_at = Some(now);
        if response {
            self.0.first_response_at.get_or_insert(now);
        }
        self.changed(now)
    }

    /// Takes new details. The version grows only if something differs.
    ///
    /// # Errors
    /// [`RuleViolation::TicketClosed`] on a closed ticket.
    pub fn revise(
        mut self,
        details: TicketChanges,
        now: Timestamp,
    ) -> Result<(Self, Vec<&'static str>), RuleViolation> {
        fn put<T: PartialEq>(
            field: &mut T,
            value: Option<T>,
            name: &'static str,
            changes: &mut Vec<&'static str>,
        ) {
            if let Some(value) = value.filter(|value| value != field) {
                *field = value;
                changes.push(name);
            }
        }
        if self.0.status == Status::Closed {
            return Err(RuleViolation::TicketClosed);
        }
        let mut changes = Vec::new();
        put(&mut self.0.subject, details.subject, "subject", &mut changes);
        put(&mut self.0.description, details.description, "description", &mut changes);
        put(&mut self.0.category, details.category, "category", &mut changes);
        put(&mut self.0.priority, details.priority, "priority", &mut changes);
        put(&mut self.0.department, details.department.map(Some), "department", &mut changes);
        put(&mut self.0.tags, details.tags, "tags", &mut changes);
        Ok(if changes.is_empty() { (self, changes) } else { (self.changed(now), changes) })
    }

    /// Takes away the subject, which may tell of the customer, even of a closed ticket. The store takes away
    /// the rest.
    #[must_use]
    pub(crate) fn erase_subject(mut self, now: Timestamp) -> Self {
        self.0.subject = Subject::known(erasure::TEXT);
        self.changed(now)
    }

    /// The fields, by their names on the wire, in which this state differs from an earlier one. What every
    /// message and every change moves along (`messageCount`, `lastMessageAt`, `updatedAt`, `version`) is
    /// not named.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<&'static str> {
        let (now, then) = (&self.0, &before.0);
        let id = |handler: &Option<Handler>| handler.as_ref().map(|handler| handler.id);
        let name = |handler: &Option<Handler>| handler.as_ref().map(|handler| handler.name.clone());
        let fields = [
            ("subject", now.subject != then.subject),
            ("description", now.description != then.description),
            ("category", now.category != then.category),
            ("priority", now.priority != then.priority),
            ("status", now.status != then.status),
            ("assignedTo", id(&now.assigned_to) != id(&then.assigned_to)),
            ("assignedToName", name(&now.assigned_to) != name(&then.assigned_to)),
            ("department", now.department != then.department),
            ("escalatedTo", id(&now.escalated_to) != id(&then.escalated_to)),
            ("escalatedToName", name(&now.escalated_to) != name(&then.escalated_to)),
            ("resolution", now.resolution != then.resolution),
            ("resolvedAt", now.resolved_at != then.resolved_at),
            ("resolvedBy", now.resolved_by != then.resolved_by),
            ("tags", now.tags != then.tags),
            ("firstResponseAt", now.first_response_at != then.first_response_at),
        ];
        fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
    }

    /// Counts a change. Time never runs backwards on a ticket, even where a clock does.
    fn changed(mut self, now: Timestamp) -> Self {
        self.0.version += 1;
        self.0.updated_at = self.0.updated_at.max(now);
        self
    }
}

/// New values for what staff may edit; `None` keeps the old one.
#[derive(Clone, Debug, Default)]
pub struct TicketChanges {
    /// A new subject.
    pub subject: Option<Subject>,
    /// A new description.
    pub description: Option<Description>,
    /// A new category.
    pub category: Option<Category>,
    /// A new priority.
    pub priority: Option<Priority>,
    /// A new department.
    pub department: Option<DepartmentName>,
    /// New tags, in place of the old ones.
    pub tags: Option<Tags>,
}
