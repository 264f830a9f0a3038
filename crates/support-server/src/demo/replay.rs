//! Works through the demo tickets in the order of time.

use chrono::TimeDelta;
use support_domain::actor::Actor;
use support_domain::command::{
    AssignTicket, CreateTicket, EscalateTicket, EscalateTo, SendMessage, StatusChange, TicketKey,
    UpdateTicket,
};
use support_domain::desk::Desk;
use support_domain::entity::{Ticket, TicketChanges};
use support_domain::error::Error;
use support_domain::id::{AgentId, TicketId};
use support_domain::memory::ManualClock;
use support_domain::time::Timestamp;
use support_domain::value::{
    Category, DepartmentName, Description, MessageText, Priority, Reason, Resolution, Subject, Tag, Tags,
};

use super::data::{self, By, Step, What};
use super::fault::{failed, valid};
use super::people::Staff;
use crate::failure::Failure;

/// Something to do at a point in time: creation where `step` is `None`.
struct Due<'a> {
    at: Timestamp,
    ticket: usize,
    step: Option<&'a Step>,
}

/// Replays every ticket; `now` is where the ages count back from.
pub(super) async fn run(
    desk: &Desk,
    clock: &ManualClock,
    staff: &Staff,
    tickets: &[data::Ticket],
    now: Timestamp,
) -> Result<(), Failure> {
    let mut created: Vec<Option<TicketId>> = vec![None; tickets.len()];
    for due in schedule(tickets, now) {
        clock.set(due.at);
        let (Some(ticket), Some(id)) = (tickets.get(due.ticket), created.get_mut(due.ticket)) else {
            continue;
        };
        let customer = staff
            .customers
            .get(&ticket.customer)
            .ok_or_else(|| Failure::new(format!("demo data: no customer {}", ticket.customer)))?;
        match (due.step, *id) {
            (Some(step), Some(id)) => {
                let replay = Replay { desk, staff, customer, id };
                replay.step(step).await.map_err(|failure| {
                    Failure::new(format!("{failure} (ticket {:?}, {:?} step)", ticket.subject, step.what))
                })?;
            }
            _ => *id = Some(create(desk, customer, ticket).await?),
        }
    }
    Ok(())
}

fn schedule(tickets: &[data::Ticket], now: Timestamp) -> Vec<Due<'_>> {
    let mut all = Vec::new();
    for (index, ticket) in tickets.iter().enumerate() {
        let mut at = now.plus(-TimeDelta::minutes(ticket.age.0));
        all.push(Due { at, ticket: index, step: None });
        for step in &ticket.step {
            // Nothing in an office happens at the full minute.
            let seconds = 7 + (index * 13 + all.len() * 29) % 47;
            at = at.plus(
                TimeDelta::minutes(step.after.0) - TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0)),
            );
            all.push(Due { at, ticket: index, step: Some(step) });
        }
    }
    all.sort_by_key(|due| due.at);
    all
}

async fn create(desk: &Desk, customer: &Actor, ticket: &data::Ticket) -> Result<TicketId, Failure> {
    let tags = ticket.tags.iter().map(|tag| valid(tag, Tag::parse(tag))).collect::<Result<Vec<_>, _>>()?;
    let department = ticket.department.as_deref().map(|name| valid(name, DepartmentName::parse(name)));
    let command = CreateTicket {
        subject: valid(&ticket.subject, Subject::parse(&ticket.subject))?,
        description: valid(&ticket.subject, Description::parse(&ticket.description))?,
        category: valid(&ticket.category, Category::parse(&ticket.category))?,
        priority: valid(&ticket.priority, Priority::parse(&ticket.priority))?,
        department: department.transpose()?,
        tags: valid(&ticket.subject, Tags::new(tags))?,
        customer: None,
        auto_assign: false,
        idempotency: None,
    };
    Ok(desk.create_ticket(customer, command).await.map_err(failed)?.ticket.id)
}

/// One ticket in the middle of its story.
struct Replay<'a> {
    desk: &'a Desk,
    staff: &'a Staff,
    customer: &'a Actor,
    id: TicketId,
}

impl Replay<'_> {
    async fn step(&self, step: &Step) -> Result<(), Failure> {
        match step.what {
            What::Assign => {
                let agent = self.agent(step)?;
                let command = AssignTicket { ticket: self.id.into(), agent, force: false };
                self.desk.assign_ticket(&self.staff.admin, command).await.map(drop).map_err(failed)
            }
            What::Escalate => {
                let reason = required(step.reason.as_deref())?;
                let command = EscalateTicket {
                    ticket: self.id.into(),
                    reason: valid(reason, Reason::parse(reason))?,
                    to: self.agent(step)?.map_or(EscalateTo::Next, EscalateTo::Agent),
                };
                self.desk.escalate_ticket(&self.handler().await?, command).await.map(drop).map_err(failed)
            }
            What::Customer => self.write(self.customer, step).await,
            What::Agent => self.write(&self.handler().await?, step).await,
            What::Read => {
                let ticket = self.ticket().await?;
                let reader = self.performer(step.by).await?;
                let read = self.desk.mark_read(&reader, self.id.into(), ticket.message_count).await;
                read.map(drop).map_err(failed)
            }
            What::Priority => {
                let priority = required(step.to.as_deref())?;
                let priority = Some(valid(priority, Priority::parse(priority))?);
                let details = TicketChanges { priority, ..TicketChanges::default() };
                self.update(&self.handler().await?, UpdateTicket { details, ..UpdateTicket::default() }).await
            }
            What::Resolve => {
                let text = required(step.text.as_deref())?;
                let change = StatusChange::Resolved(valid(text, Resolution::parse(text))?);
                self.change_status(&self.handler().await?, change).await
            }
            What::Progress => self.change_status(&self.handler().await?, StatusChange::InProgress).await,
            What::Reopen => {
                self.change_status(&self.performer(step.by).await?, StatusChange::InProgress).await
            }
            What::Close => self.change_status(&self.performer(step.by).await?, StatusChange::Closed).await,
        }
    }

    async fn write(&self, sender: &Actor, step: &Step) -> Result<(), Failure> {
        let text = required(step.text.as_deref())?;
        let command = SendMessage {
            ticket: self.id.into(),
            text: valid(text, MessageText::parse(text))?,
            client_message_id: None,
            attachments: Vec::new(),
        };
        self.desk.send_message(sender, command).await.map(drop).map_err(failed)
    }

    async fn change_status(&self, by: &Actor, change: StatusChange) -> Result<(), Failure> {
        self.update(by, UpdateTicket { status: Some(change), ..UpdateTicket::default() }).await
    }

    async fn update(&self, by: &Actor, command: UpdateTicket) -> Result<(), Failure> {
        self.desk.update_ticket(by, self.id.into(), command).await.map(drop).map_err(failed)
    }

    async fn performer(&self, by: Option<By>) -> Result<Actor, Failure> {
        match by {
            Some(By::Agent) => self.handler().await,
            Some(By::Customer) | None => Ok(self.customer.clone()),
        }
    }

    async fn ticket(&self) -> Result<Ticket, Failure> {
        self.desk.ticket(&self.staff.admin, TicketKey::Id(self.id)).await.map_err(failed)
    }

    async fn handler(&self) -> Result<Actor, Failure> {
        let ticket = self.ticket().await?;
        let handler = ticket.handler().map(|handler| handler.id);
        let actor = self.staff.agents.values().find(|actor| actor.agent_id() == handler);
        actor.cloned().ok_or_else(|| failed(Error::Refused(support_domain::error::RuleViolation::NoHandler)))
    }

    fn agent(&self, step: &Step) -> Result<Option<AgentId>, Failure> {
        let Some(key) = &step.agent else { return Ok(None) };
        let agent = self.staff.agents.get(key).and_then(Actor::agent_id);
        agent.map(Some).ok_or_else(|| Failure::new(format!("demo data: no agent {key}")))
    }
}

fn required(text: Option<&str>) -> Result<&str, Failure> {
    text.ok_or_else(|| Failure::new("demo data: a step lacks its text"))
}
