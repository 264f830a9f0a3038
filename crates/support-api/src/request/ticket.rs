//! Creating, changing and assigning tickets, and telling somebody about them.

use serde::{Deserialize, Serialize};
use support_domain::command::{self, StatusChange, TicketKey};
use support_domain::entity::TicketChanges;
use support_domain::id::{AgentId, UserId};
use support_domain::value::{
    self, Category, Channel, DepartmentName, Description, EmailAddress, MessageText, PersonName, Phone,
    Priority, Resolution, Status, Subject, Tag, Tags,
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice;
use crate::problem::InvalidField;
use crate::reader::{self, Read, Reader, Request};
use crate::schema;
use crate::text;

/// Opens a ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTicket {
    /// What it is about, in a line.
    #[schema(value_type = schema::Subject)]
    pub subject: String,
    /// What it is about.
    #[schema(value_type = schema::Description)]
    pub description: String,
    /// The kind of matter.
    pub category: choice::Category,
    /// How soon it needs attention; `medium` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = choice::Priority)]
    pub priority: Option<choice::Priority>,
    /// The department it goes to. Without one, the department that serves the category counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::DepartmentName)]
    pub department: Option<String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<schema::Tag>, max_items = 20)]
    pub tags: Option<Vec<String>>,
    /// Whose it is: given by agents and administrators, who must, and by nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = NewCustomer)]
    pub customer: Option<NewCustomer>,
    /// Whether an agent is to be found at once; if there is none, the ticket waits for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool)]
    pub auto_assign: Option<bool>,
}

/// A customer on whose behalf a ticket is opened. Without an id, the customer with the address is meant, or a
/// new one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCustomer {
    /// Their id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid)]
    pub id: Option<Uuid>,
    /// Their name.
    #[schema(value_type = schema::PersonName)]
    pub name: String,
    /// Their e-mail address.
    #[schema(value_type = schema::EmailAddress)]
    pub email: String,
    /// Their telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Phone)]
    pub phone: Option<String>,
}

impl Request for CreateTicket {
    type Command = command::CreateTicket;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let subject = body.required("subject", reader::text(text::parse::<Subject>));
        let description = body.required("description", reader::text(text::parse::<Description>));
        let category = body.required("category", reader::choice(Category::parse));
        let priority = body.optional("priority", reader::choice(Priority::parse));
        let department = body.optional("department", reader::text(text::parse::<DepartmentName>));
        let tags = tags(body);
        let customer = body.object("customer", NewCustomer::read);
        let auto_assign = body.optional("autoAssign", reader::flag);
        Ok(command::CreateTicket {
            subject: subject?,
            description: description?,
            category: category?,
            priority: priority?.unwrap_or(Priority::Medium),
            department: department?,
            tags: tags?.unwrap_or_default(),
            customer: customer?,
            auto_assign: auto_assign?.unwrap_or(false),
            idempotency: None,
        })
    }
}

impl Request for NewCustomer {
    type Command = command::NewCustomer;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let id = body.optional("id", reader::id(UserId::parse));
        let name = body.required("name", reader::text(text::parse::<PersonName>));
        let email = body.required("email", reader::text(text::parse::<EmailAddress>));
        let phone = body.optional("phone", reader::text(text::parse::<Phone>));
        Ok(command::NewCustomer { id: id?, name: name?, email: email?, phone: phone? })
    }
}

fn tags(body: &mut Reader<'_>) -> Read<Option<Tags>> {
    let tags = body.list("tags", value::MAX_TAGS, reader::text(text::parse::<Tag>))?;
    match tags.map(Tags::new).transpose() {
        Ok(tags) => Ok(tags),
        Err(error) => body.refuse("tags", error.to_string()),
    }
}

/// Changes a ticket's details and status. What is absent stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTicket {
    /// A new subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Subject)]
    pub subject: Option<String>,
    /// A new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Description)]
    pub description: Option<String>,
    /// A new category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = choice::Category)]
    pub category: Option<choice::Category>,
    /// A new priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = choice::Priority)]
    pub priority: Option<choice::Priority>,
    /// A new department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::DepartmentName)]
    pub department: Option<String>,
    /// New labels, in place of the old ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<schema::Tag>, max_items = 20)]
    pub tags: Option<Vec<String>>,
    /// A new status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = choice::Status)]
    pub status: Option<choice::Status>,
    /// How it was resolved: goes with the status `resolved`, which needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Resolution)]
    pub resolution: Option<String>,
}

/// A change of a ticket as it was read. Whether its status and its resolution go together is to be asked once
/// it is known that the asker may change either: customers may not, and are told that instead.
#[derive(Clone, Debug)]
pub struct TicketUpdate {
    details: TicketChanges,
    status: Option<Status>,
    resolution: Option<Resolution>,
}

impl TicketUpdate {
    /// The command, whatever version the ticket is at.
    ///
    /// # Errors
    /// When the resolution is missing, or goes with another status.
    pub fn command(self) -> Result<command::UpdateTicket, InvalidField> {
        let status = match (self.status, self.resolution) {
            (Some(status), resolution) => status_change(status, resolution).map(Some),
            (None, Some(_)) => Err(RESOLUTION_ALONE),
            (None, None) => Ok(None),
        };
        let refused =
            |detail: &str| InvalidField { pointer: "/resolution".to_owned(), detail: detail.to_owned() };
        let status = status.map_err(refused)?;
        Ok(command::UpdateTicket { details: self.details, status, expected_version: None })
    }
}

impl Request for UpdateTicket {
    type Command = TicketUpdate;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let subject = body.optional("subject", reader::text(text::parse::<Subject>));
        let description = body.optional("description", reader::text(text::parse::<Description>));
        let category = body.optional("category", reader::choice(Category::parse));
        let priority = body.optional("priority", reader::choice(Priority::parse));
        let department = body.optional("department", reader::text(text::parse::<DepartmentName>));
        let tags = tags(body);
        let status = body.optional("status", reader::choice(Status::parse));
        let resolution = body.optional("resolution", reader::text(text::parse::<Resolution>));
        Ok(TicketUpdate {
            details: TicketChanges {
                subject: subject?,
                description: description?,
                category: category?,
                priority: priority?,
                department: department?,
                tags: tags?,
            },
            status: status?,
            resolution: resolution?,
        })
    }
}

/// A status with its resolution, which goes with `resolved` alone; else what is wrong with the resolution.
pub(super) fn status_change(
    status: Status,
    resolution: Option<Resolution>,
) -> Result<StatusChange, &'static str> {
    match (status, resolution) {
        (Status::Resolved, Some(resolution)) => Ok(StatusChange::Resolved(resolution)),
        (Status::Resolved, None) => Err("is required to resolve a ticket"),
        (_, Some(_)) => Err(RESOLUTION_ALONE),
        (Status::Open, None) => Ok(StatusChange::Open),
        (Status::InProgress, None) => Ok(StatusChange::InProgress),
        (Status::Escalated, None) => Ok(StatusChange::Escalated),
        (Status::Closed, None) => Ok(StatusChange::Closed),
    }
}

const RESOLUTION_ALONE: &str = "goes with the status resolved only";

/// Gives a ticket to an agent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignTicket {
    /// The ticket.
    #[schema(value_type = schema::TicketKey)]
    pub ticket_id: String,
    /// The agent; without one, the assignment rule picks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid)]
    pub agent_id: Option<Uuid>,
    /// Whether the named agent gets it over capacity too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool)]
    pub force: Option<bool>,
}

impl Request for AssignTicket {
    type Command = command::AssignTicket;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let ticket = body.required("ticketId", reader::ticket_key);
        let assignment = Assignment::read(body);
        Ok(assignment?.of(ticket?))
    }
}

/// To whom a ticket, or each of several, is given.
#[derive(Clone, Copy, Debug)]
pub struct Assignment {
    agent: Option<AgentId>,
    force: bool,
}

impl Assignment {
    pub(super) fn read(body: &mut Reader<'_>) -> Read<Self> {
        let agent = body.optional("agentId", reader::id(AgentId::parse));
        let force = body.optional("force", reader::flag);
        Ok(Self { agent: agent?, force: force?.unwrap_or(false) })
    }

    /// The command for one ticket.
    #[must_use]
    pub const fn of(self, ticket: TicketKey) -> command::AssignTicket {
        command::AssignTicket { ticket, agent: self.agent, force: self.force }
    }
}

/// Tells a ticket's customer or handler something.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotifyTicket {
    /// Whom.
    pub to: choice::Recipient,
    /// What.
    #[schema(value_type = schema::MessageText)]
    pub message: String,
    /// How; in the app unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<choice::Channel>, max_items = 3)]
    pub channels: Option<Vec<choice::Channel>>,
}

impl Request for NotifyTicket {
    type Command = Notice;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        Notice::read(body)
    }
}

/// What somebody is told about a ticket, or about each of several.
#[derive(Clone, Debug)]
pub struct Notice {
    to: command::Recipient,
    message: MessageText,
    channels: Vec<Channel>,
}

impl Notice {
    pub(super) fn read(body: &mut Reader<'_>) -> Read<Self> {
        let to = body.required("to", reader::text(recipient));
        let message = body.required("message", reader::text(text::parse::<MessageText>));
        let channels = body.list("channels", Channel::ALL.len(), reader::choice(Channel::parse));
        let mut channels = channels?.unwrap_or_default();
        if channels.is_empty() {
            channels.push(Channel::InApp);
        }
        channels.sort_unstable();
        channels.dedup();
        Ok(Self { to: to?, message: message?, channels })
    }

    /// By which channels it goes out, each once.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// The command for one ticket.
    #[must_use]
    pub fn about(&self, ticket: TicketKey) -> command::Notify {
        command::Notify {
            ticket,
            to: self.to,
            message: self.message.clone(),
            channels: self.channels.clone(),
        }
    }
}

fn recipient(text: &str) -> Result<command::Recipient, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "customer" => Ok(command::Recipient::Customer),
        "agent" => Ok(command::Recipient::Agent),
        _ => Err("must be one of customer, agent"),
    }
}
