//! `SupportTicket` (`docs/specification.md`, section 2.1) and its life.

use std::ops::Deref;

use crate::entity::{Handler, NewTicket, TicketChanges, TicketField, TicketRecord};
use crate::erasure;
use crate::error::RuleViolation;
use crate::id::{AgentId, UserId};
use crate::rules::transition;
use crate::time::Timestamp;
use crate::value::{DepartmentName, Resolution, Status, Subject};

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
    /// [`InconsistentTicket`] when its fields cannot be true together.
    pub fn restore(record: TicketRecord) -> Result<Self, InconsistentTicket> {
        let handled = record.assigned_to.is_some() || record.escalated_to.is_some();
        let resolved =
            record.resolution.is_some() && record.resolved_at.is_some() && record.resolved_by.is_some();
        let field = match record.status {
            Status::Open if handled => TicketField::AssignedTo,
            Status::InProgress | Status::Escalated if !handled => TicketField::AssignedTo,
            Status::Escalated if record.escalated_to.is_none() => TicketField::EscalatedTo,
            Status::Resolved | Status::Closed if !resolved => TicketField::Resolution,
            status if record.waiting && status != Status::Open => TicketField::Waiting,
            _ if record.message_count < 0 => TicketField::MessageCount,
            _ if record.version < 1 => TicketField::Version,
            _ => return Ok(Self(record)),
        };
        Err(InconsistentTicket { field })
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
    pub fn resume(mut self, now: Timestamp) -> Result<Self, RuleViolation> {
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

    /// Takes new details, and says which differ. The version grows only if one does.
    ///
    /// # Errors
    /// [`RuleViolation::TicketClosed`] on a closed ticket.
    pub fn apply(
        mut self,
        changes: TicketChanges,
        now: Timestamp,
    ) -> Result<(Self, Vec<TicketField>), RuleViolation> {
        fn put<T: PartialEq>(
            field: &mut T,
            value: Option<T>,
            name: TicketField,
            fields: &mut Vec<TicketField>,
        ) {
            if let Some(value) = value.filter(|value| value != field) {
                *field = value;
                fields.push(name);
            }
        }
        if self.0.status == Status::Closed {
            return Err(RuleViolation::TicketClosed);
        }
        let mut fields = Vec::new();
        put(&mut self.0.subject, changes.subject, TicketField::Subject, &mut fields);
        put(&mut self.0.description, changes.description, TicketField::Description, &mut fields);
        put(&mut self.0.category, changes.category, TicketField::Category, &mut fields);
        put(&mut self.0.priority, changes.priority, TicketField::Priority, &mut fields);
        put(&mut self.0.department, changes.department.map(Some), TicketField::Department, &mut fields);
        put(&mut self.0.tags, changes.tags, TicketField::Tags, &mut fields);
        Ok(if fields.is_empty() { (self, fields) } else { (self.changed(now), fields) })
    }

    /// Takes away the subject, which may tell of the customer, even of a closed ticket. The store takes away
    /// the rest.
    #[must_use]
    pub(crate) fn erase_subject(mut self, now: Timestamp) -> Self {
        self.0.subject = Subject::known(erasure::TEXT);
        self.changed(now)
    }

    /// The fields in which this state differs from an earlier one. What every message and every change moves
    /// along (message count, time of the last message, time of the last change, version) is not named, nor
    /// is waiting, which callers do not see.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<TicketField> {
        let id =
            |handler: &Option<Handler>| -> Option<AgentId> { handler.as_ref().map(|handler| handler.id) };
        let name = |handler: &Option<Handler>| handler.as_ref().map(|handler| handler.name.clone());
        let fields = [
            (TicketField::Subject, self.subject != before.subject),
            (TicketField::Description, self.description != before.description),
            (TicketField::Category, self.category != before.category),
            (TicketField::Priority, self.priority != before.priority),
            (TicketField::Status, self.status != before.status),
            (TicketField::AssignedTo, id(&self.assigned_to) != id(&before.assigned_to)),
            (TicketField::AssignedToName, name(&self.assigned_to) != name(&before.assigned_to)),
            (TicketField::Department, self.department != before.department),
            (TicketField::EscalatedTo, id(&self.escalated_to) != id(&before.escalated_to)),
            (TicketField::EscalatedToName, name(&self.escalated_to) != name(&before.escalated_to)),
            (TicketField::Resolution, self.resolution != before.resolution),
            (TicketField::ResolvedAt, self.resolved_at != before.resolved_at),
            (TicketField::ResolvedBy, self.resolved_by != before.resolved_by),
            (TicketField::Tags, self.tags != before.tags),
            (TicketField::FirstResponseAt, self.first_response_at != before.first_response_at),
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

/// Fields of a stored ticket that cannot be true together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {field} of a ticket contradicts its other fields")]
pub struct InconsistentTicket {
    /// The field that contradicts the others.
    pub field: TicketField,
}
