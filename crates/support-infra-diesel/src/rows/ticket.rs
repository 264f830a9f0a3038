//! Tickets.

use diesel::prelude::*;
use support_domain::entity::{ChainHead, Customer, Handler, Ticket, TicketRecord};
use support_domain::id::{AgentId, TicketId, UserId};
use support_domain::port::StoreResult;
use support_domain::search;
use support_domain::time::Timestamp;
use support_domain::value::{
    Category, DepartmentName, Description, Priority, Resolution, Status, Subject, Tag, Tags, TicketNumber,
};

use crate::rows::{Place, personal};
use crate::schema::tickets;
use crate::types::{At, JsonText, Key};

/// Makes the row of `tickets`, the row of what changed in one, and the list of its columns, from one list of fields.
macro_rules! ticket_row {
    ($($field:ident: $type:ty),+ $(,)?) => {
        /// A row of `tickets`.
        #[derive(Clone, Debug, Insertable, PartialEq, Queryable, Selectable)]
        #[diesel(table_name = tickets, treat_none_as_default_value = false)]
        pub(crate) struct TicketRow {
            pub(crate) id: Key<TicketId>,
            $(pub(crate) $field: $type,)+
        }

        /// The columns of a row that changed, and their new values.
        #[derive(AsChangeset, Clone, Debug)]
        #[diesel(table_name = tickets)]
        pub(crate) struct TicketChanges {
            $($field: Option<$type>,)+
            words: Option<String>,
        }

        /// The columns of [`TicketRow`], in its order.
        pub(crate) const TICKET_COLUMNS: &str =
            concat!("tickets.id", $(", tickets.", stringify!($field)),+);

        impl TicketRow {
            /// What of this row differs from `stored`, with new words to find it by if those differ.
            fn changes(self, stored: &Self, words: Option<String>) -> TicketChanges {
                TicketChanges {
                    $($field: (self.$field != stored.$field).then_some(self.$field),)+
                    words,
                }
            }
        }
    };
}

ticket_row! {
    number_year: i32,
    number_serial: i64,
    customer_id: Key<UserId>,
    customer_name: String,
    customer_email: Option<String>,
    customer_phone: Option<String>,
    subject: String,
    description: String,
    category: i16,
    priority: i16,
    status: i16,
    assigned_to: Option<Key<AgentId>>,
    assigned_to_name: Option<String>,
    department: Option<String>,
    escalated_to: Option<Key<AgentId>>,
    escalated_to_name: Option<String>,
    resolution: Option<String>,
    resolved_at: Option<At>,
    resolved_by: Option<Key<UserId>>,
    last_message_at: At,
    message_count: i64,
    tags: JsonText,
    first_response_at: Option<At>,
    waiting: bool,
    version: i64,
    created_at: At,
    updated_at: At,
    history_sequence: i64,
    history_hash: Vec<u8>,
}

/// A row of `tickets` that is to be added.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = tickets, treat_none_as_default_value = false)]
pub(crate) struct NewTicketRow {
    #[diesel(embed)]
    row: TicketRow,
    words: String,
}

/// A ticket and the head of its history, as one row holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredTicket {
    pub(crate) ticket: Ticket,
    pub(crate) head: ChainHead,
}

impl StoredTicket {
    /// The row to add.
    pub(crate) fn new_row(&self) -> NewTicketRow {
        NewTicketRow { row: TicketRow::of(self), words: words(&self.ticket) }
    }

    /// The changes that make the row of `stored` the row of this; `None` if there are none.
    pub(crate) fn changes(&self, stored: &Self) -> Option<TicketChanges> {
        let (new, old) = (TicketRow::of(self), TicketRow::of(stored));
        if new == old {
            return None;
        }
        let (new_ticket, old_ticket) = (&self.ticket, &stored.ticket);
        let renamed = new_ticket.number != old_ticket.number
            || new_ticket.subject != old_ticket.subject
            || new_ticket.customer.name != old_ticket.customer.name;
        Some(new.changes(&old, renamed.then(|| words(new_ticket))))
    }
}

/// The words of a ticket as stored: a space before each, so that `" pay"` is found exactly where a word begins with it.
fn words(ticket: &Ticket) -> String {
    search::ticket_words(ticket).iter().fold(String::new(), |all, word| all + " " + word)
}

impl TicketRow {
    fn of(StoredTicket { ticket, head }: &StoredTicket) -> Self {
        let name = |handler: &Handler| personal::write_name(&handler.name);
        Self {
            id: Key(ticket.id),
            number_year: ticket.number.year(),
            number_serial: ticket.number.serial(),
            customer_id: Key(ticket.customer.id),
            customer_name: personal::write_name(&ticket.customer.name),
            customer_email: ticket.customer.email.as_ref().map(personal::write_email),
            customer_phone: ticket.customer.phone.as_ref().map(personal::write_phone),
            subject: ticket.subject.as_str().to_owned(),
            description: ticket.description.as_str().to_owned(),
            category: ticket.category.rank(),
            priority: ticket.priority.rank(),
            status: ticket.status.rank(),
            assigned_to: ticket.assigned_to.as_ref().map(|handler| Key(handler.id)),
            assigned_to_name: ticket.assigned_to.as_ref().map(name),
            department: ticket.department.as_ref().map(|name| name.as_str().to_owned()),
            escalated_to: ticket.escalated_to.as_ref().map(|handler| Key(handler.id)),
            escalated_to_name: ticket.escalated_to.as_ref().map(name),
            resolution: ticket.resolution.as_ref().map(|text| text.as_str().to_owned()),
            resolved_at: ticket.resolved_at.map(At),
            resolved_by: ticket.resolved_by.map(Key),
            last_message_at: At(ticket.last_message_at.unwrap_or(Timestamp::EPOCH)),
            message_count: ticket.message_count,
            tags: write_tags(&ticket.tags),
            first_response_at: ticket.first_response_at.map(At),
            waiting: ticket.waiting,
            version: ticket.version,
            created_at: At(ticket.created_at),
            updated_at: At(ticket.updated_at),
            history_sequence: head.sequence,
            history_hash: head.hash.to_vec(),
        }
    }

    /// The ticket of this row, with the head of its history.
    pub(crate) fn restore(self) -> StoreResult<StoredTicket> {
        let place = Place { table: "tickets", row: &self.id.0 };
        let head = ChainHead {
            sequence: self.history_sequence,
            hash: place.parsed("history_hash", self.history_hash.as_slice().try_into())?,
        };
        let department = self.department.as_deref().map(DepartmentName::parse).transpose();
        let resolution = self.resolution.as_deref().map(Resolution::parse).transpose();
        let record = TicketRecord {
            id: self.id.0,
            number: TicketNumber::new(self.number_year, self.number_serial),
            customer: self.customer(&place)?,
            subject: place.parsed("subject", Subject::parse(&self.subject))?,
            description: place.parsed("description", Description::parse(&self.description))?,
            category: place.known("category", Category::from_rank(self.category))?,
            priority: place.known("priority", Priority::from_rank(self.priority))?,
            status: place.known("status", Status::from_rank(self.status))?,
            assigned_to: handler(
                &place,
                "assigned_to_name",
                self.assigned_to.map(|id| id.0),
                self.assigned_to_name.as_deref(),
            )?,
            department: place.parsed("department", department)?,
            escalated_to: handler(
                &place,
                "escalated_to_name",
                self.escalated_to.map(|id| id.0),
                self.escalated_to_name.as_deref(),
            )?,
            resolution: place.parsed("resolution", resolution)?,
            resolved_at: self.resolved_at.map(|at| at.0),
            resolved_by: self.resolved_by.map(|id| id.0),
            last_message_at: Some(self.last_message_at.0).filter(|at| *at != Timestamp::EPOCH),
            message_count: self.message_count,
            tags: place.known("tags", read_tags(&self.tags))?,
            first_response_at: self.first_response_at.map(|at| at.0),
            waiting: self.waiting,
            version: self.version,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        };
        let ticket = Ticket::restore(record).map_err(|wrong| place.damaged(wrong.field))?;
        Ok(StoredTicket { ticket, head })
    }

    fn customer(&self, place: &Place<'_>) -> StoreResult<Customer> {
        let email =
            self.customer_email.as_deref().map(|text| personal::read_email(place, "customer_email", text));
        let phone =
            self.customer_phone.as_deref().map(|text| personal::read_phone(place, "customer_phone", text));
        Ok(Customer {
            id: self.customer_id.0,
            name: personal::read_name(place, "customer_name", &self.customer_name)?,
            email: email.transpose()?,
            phone: phone.transpose()?,
        })
    }
}

fn handler(
    place: &Place<'_>,
    column: &'static str,
    id: Option<AgentId>,
    name: Option<&str>,
) -> StoreResult<Option<Handler>> {
    match (id, name) {
        (None, None) => Ok(None),
        (Some(id), Some(name)) => Ok(Some(Handler { id, name: personal::read_name(place, column, name)? })),
        (Some(_), None) | (None, Some(_)) => Err(place.damaged(column)),
    }
}

fn write_tags(tags: &Tags) -> JsonText {
    let texts: Vec<&str> = tags.as_slice().iter().map(Tag::as_str).collect();
    JsonText(serde_json::Value::from(texts).to_string())
}

fn read_tags(stored: &JsonText) -> Option<Tags> {
    let texts: Vec<String> = serde_json::from_str(&stored.0).ok()?;
    let tags: Option<Vec<Tag>> = texts.iter().map(|text| Tag::parse(text).ok()).collect();
    Tags::new(tags?).ok()
}
