//! Tickets.

use diesel::prelude::*;
use support_domain::entity::{ChainHead, Customer, Handler, Ticket, TicketField, TicketRecord};
use support_domain::id::{AgentId, TicketId, UserId};
use support_domain::port::StoreResult;
use support_domain::time::Timestamp;
use support_domain::value::{
    Category, DepartmentName, Description, PersonName, Priority, Resolution, Status, Subject, Tag, Tags,
    TicketNumber,
};
use support_domain::{erasure, search};

use crate::crypto::Seal;
use crate::rows::personal::Person;
use crate::rows::{CellRef, opened_or, personal};
use crate::schema::tickets;
use crate::types::{DbId, DbTimestamp, JsonText};

/// Makes the row of `tickets`, the row of what changed in one, and the list of its columns, from two lists of
/// fields: those that can be compared as they are stored, and those that are sealed, which differ each time.
macro_rules! ticket_row {
    (plain: {$($plain:ident: $type:ty),+ $(,)?} sealed: {$($sealed:ident: $bytes:ty),+ $(,)?}) => {
        /// A row of `tickets`.
        #[derive(Clone, Debug, Insertable, Queryable, Selectable)]
        #[diesel(table_name = tickets, treat_none_as_default_value = false)]
        pub(crate) struct TicketRow {
            pub(crate) id: DbId<TicketId>,
            $(pub(crate) $plain: $type,)+
            $(pub(crate) $sealed: $bytes,)+
        }

        /// What of a ticket is stored as it is.
        #[derive(PartialEq)]
        struct Plain {
            $($plain: $type,)+
        }

        /// What of a ticket is stored sealed.
        struct Sealed {
            $($sealed: $bytes,)+
        }

        /// The columns of a row that changed, and their new values.
        #[derive(AsChangeset, Clone, Debug, Default)]
        #[diesel(table_name = tickets)]
        pub(crate) struct TicketChanges {
            $($plain: Option<$type>,)+
            $($sealed: Option<$bytes>,)+
            words: Option<String>,
        }

        /// The columns of [`TicketRow`], in its order.
        pub(crate) const TICKET_COLUMNS: &str =
            concat!("tickets.id", $(", tickets.", stringify!($plain),)+ $(", tickets.", stringify!($sealed)),+);

        impl TicketRow {
            fn new(id: DbId<TicketId>, plain: Plain, sealed: Sealed) -> Self {
                Self { id, $($plain: plain.$plain,)+ $($sealed: sealed.$sealed,)+ }
            }
        }

        impl Plain {
            /// What of this differs from `stored`.
            fn changes(self, stored: &Self) -> TicketChanges {
                TicketChanges {
                    $($plain: (self.$plain != stored.$plain).then_some(self.$plain),)+
                    ..TicketChanges::default()
                }
            }
        }
    };
}

ticket_row! {
    plain: {
        number_year: i32,
        number_serial: i64,
        customer_id: DbId<UserId>,
        subject: String,
        category: i16,
        priority: i16,
        status: i16,
        assigned_to: Option<DbId<AgentId>>,
        assigned_to_name: Option<String>,
        department: Option<String>,
        escalated_to: Option<DbId<AgentId>>,
        escalated_to_name: Option<String>,
        resolved_at: Option<DbTimestamp>,
        resolved_by: Option<DbId<UserId>>,
        last_message_at: DbTimestamp,
        message_count: i64,
        tags: JsonText,
        first_response_at: Option<DbTimestamp>,
        waiting: bool,
        version: i64,
        created_at: DbTimestamp,
        updated_at: DbTimestamp,
        history_sequence: i64,
        history_hash: Vec<u8>,
    }
    sealed: {
        customer: Vec<u8>,
        description: Vec<u8>,
        resolution: Option<Vec<u8>>,
    }
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
    pub(crate) fn new_row(&self, seal: &Seal<'_>) -> StoreResult<NewTicketRow> {
        let ticket = &self.ticket;
        let sealed = Sealed {
            customer: write_customer(ticket, seal)?,
            description: write_description(ticket, seal)?,
            resolution: write_resolution(ticket, seal)?,
        };
        let row = TicketRow::new(DbId(ticket.id), Plain::of(self), sealed);
        Ok(NewTicketRow { row, words: words(ticket, seal) })
    }

    /// The changes that make the row of `stored` the row of this; `None` if there are none.
    pub(crate) fn changes(&self, stored: &Self, seal: &Seal<'_>) -> StoreResult<Option<TicketChanges>> {
        if self == stored {
            return Ok(None);
        }
        let (new, old) = (&self.ticket, &stored.ticket);
        let mut changes = Plain::of(self).changes(&Plain::of(stored));
        if new.customer != old.customer {
            changes.customer = Some(write_customer(new, seal)?);
        }
        if new.description != old.description {
            changes.description = Some(write_description(new, seal)?);
        }
        if new.resolution != old.resolution {
            changes.resolution = Some(write_resolution(new, seal)?);
        }
        if new.number != old.number || new.subject != old.subject || new.customer.name != old.customer.name {
            changes.words = Some(words(new, seal));
        }
        Ok(Some(changes))
    }
}

fn place(id: &TicketId) -> CellRef<'_> {
    CellRef { table: "tickets", row: id }
}

fn write_customer(ticket: &Ticket, seal: &Seal<'_>) -> StoreResult<Vec<u8>> {
    let Customer { name, email, phone, .. } = &ticket.customer;
    personal::write_person(seal, &place(&ticket.id), "customer", (name, email.as_ref(), phone.as_ref()))
}

fn write_description(ticket: &Ticket, seal: &Seal<'_>) -> StoreResult<Vec<u8>> {
    personal::write_text(seal, &place(&ticket.id), "description", ticket.description.as_str())
}

fn write_resolution(ticket: &Ticket, seal: &Seal<'_>) -> StoreResult<Option<Vec<u8>>> {
    let write =
        |text: &Resolution| personal::write_text(seal, &place(&ticket.id), "resolution", text.as_str());
    ticket.resolution.as_ref().map(write).transpose()
}

/// The words of a ticket as stored: a space before each, so that `" pay"` is found exactly where a word
/// begins with it. Those of the customer's name are there as tokens.
fn words(ticket: &Ticket, seal: &Seal<'_>) -> String {
    let tokens = seal.crypto.blind.name(&ticket.customer.name);
    search::text_words(ticket).iter().chain(&tokens).fold(String::new(), |all, word| all + " " + word)
}

impl Plain {
    fn of(StoredTicket { ticket, head }: &StoredTicket) -> Self {
        let name = |handler: &Handler| handler.name.as_str().to_owned();
        Self {
            number_year: ticket.number.year(),
            number_serial: ticket.number.serial(),
            customer_id: DbId(ticket.customer.id),
            subject: ticket.subject.as_str().to_owned(),
            category: ticket.category.rank(),
            priority: ticket.priority.rank(),
            status: ticket.status.rank(),
            assigned_to: ticket.assigned_to.as_ref().map(|handler| DbId(handler.id)),
            assigned_to_name: ticket.assigned_to.as_ref().map(name),
            department: ticket.department.as_ref().map(|name| name.as_str().to_owned()),
            escalated_to: ticket.escalated_to.as_ref().map(|handler| DbId(handler.id)),
            escalated_to_name: ticket.escalated_to.as_ref().map(name),
            resolved_at: ticket.resolved_at.map(DbTimestamp),
            resolved_by: ticket.resolved_by.map(DbId),
            last_message_at: DbTimestamp(ticket.last_message_at.unwrap_or(Timestamp::EPOCH)),
            message_count: ticket.message_count,
            tags: write_tags(&ticket.tags),
            first_response_at: ticket.first_response_at.map(DbTimestamp),
            waiting: ticket.waiting,
            version: ticket.version,
            created_at: DbTimestamp(ticket.created_at),
            updated_at: DbTimestamp(ticket.updated_at),
            history_sequence: head.sequence,
            history_hash: head.hash.to_vec(),
        }
    }
}

/// The sealed columns of a ticket, opened.
struct Opened {
    customer: Person,
    description: Description,
    resolution: Option<Resolution>,
}

impl TicketRow {
    /// The ticket of this row, with the head of its history.
    pub(crate) fn restore(self, seal: &Seal<'_>) -> StoreResult<StoredTicket> {
        let opened = self.open(seal)?;
        self.restore_with(opened)
    }

    /// As [`TicketRow::restore`] for a list, where words that say so stand for what cannot be read.
    pub(crate) fn restore_listed(self, seal: Option<&Seal<'_>>) -> StoreResult<StoredTicket> {
        let opened = seal.map_or_else(|| Err(place(&self.id.0).damaged("customer")), |seal| self.open(seal));
        let opened = opened_or(opened, || self.unreadable())?;
        self.restore_with(opened)
    }

    fn unreadable(&self) -> StoreResult<Opened> {
        let place = place(&self.id.0);
        let resolution =
            self.resolution.as_ref().map(|_| Resolution::parse(erasure::DAMAGED_TEXT)).transpose();
        Ok(Opened {
            customer: Person { name: PersonName::known(erasure::DAMAGED_NAME), email: None, phone: None },
            description: place.parsed("description", Description::parse(erasure::DAMAGED_TEXT))?,
            resolution: place.parsed("resolution", resolution)?,
        })
    }

    fn open(&self, seal: &Seal<'_>) -> StoreResult<Opened> {
        let place = place(&self.id.0);
        let description = personal::read_text(seal, &place, "description", &self.description)?;
        let resolution =
            self.resolution.as_deref().map(|sealed| personal::read_text(seal, &place, "resolution", sealed));
        let resolution = resolution.transpose()?.as_deref().map(Resolution::parse).transpose();
        Ok(Opened {
            customer: personal::read_person(seal, &place, "customer", &self.customer)?,
            description: place.parsed("description", Description::parse(&description))?,
            resolution: place.parsed("resolution", resolution)?,
        })
    }

    fn restore_with(self, opened: Opened) -> StoreResult<StoredTicket> {
        let place = place(&self.id.0);
        let head = ChainHead {
            sequence: self.history_sequence,
            hash: place.parsed("history_hash", self.history_hash.as_slice().try_into())?,
        };
        let department = self.department.as_deref().map(DepartmentName::parse).transpose();
        let Person { name, email, phone } = opened.customer;
        let record = TicketRecord {
            id: self.id.0,
            number: TicketNumber::new(self.number_year, self.number_serial),
            customer: Customer { id: self.customer_id.0, name, email, phone },
            subject: place.parsed("subject", Subject::parse(&self.subject))?,
            description: opened.description,
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
            resolution: opened.resolution,
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
        let ticket = Ticket::restore(record).map_err(|wrong| place.damaged(column(wrong.field)))?;
        Ok(StoredTicket { ticket, head })
    }
}

fn handler(
    place: &CellRef<'_>,
    column: &'static str,
    id: Option<AgentId>,
    name: Option<&str>,
) -> StoreResult<Option<Handler>> {
    match (id, name) {
        (None, None) => Ok(None),
        (Some(id), Some(name)) => {
            Ok(Some(Handler { id, name: place.parsed(column, PersonName::parse(name))? }))
        }
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

/// The column of a field that contradicts the others.
const fn column(field: TicketField) -> &'static str {
    match field {
        TicketField::Subject => "subject",
        TicketField::Description => "description",
        TicketField::Category => "category",
        TicketField::Priority => "priority",
        TicketField::Status => "status",
        TicketField::AssignedTo => "assigned_to",
        TicketField::AssignedToName => "assigned_to_name",
        TicketField::Department => "department",
        TicketField::EscalatedTo => "escalated_to",
        TicketField::EscalatedToName => "escalated_to_name",
        TicketField::Resolution => "resolution",
        TicketField::ResolvedAt => "resolved_at",
        TicketField::ResolvedBy => "resolved_by",
        TicketField::Tags => "tags",
        TicketField::FirstResponseAt => "first_response_at",
        TicketField::MessageCount => "message_count",
        TicketField::Waiting => "waiting",
        TicketField::Version => "version",
    }
}
