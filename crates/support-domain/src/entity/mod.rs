//! The entities of `docs/specification.md`, section 2, and what belongs to them.

mod agent;
mod attachment;
mod chain;
mod customer;
mod department;
mod history;
mod message;
mod notification;
mod statistics;
mod ticket;
mod ticket_field;
mod ticket_record;
mod user;

pub use agent::{Agent, AgentRecord, DEFAULT_CAPACITY, InconsistentAgent, MAX_CAPACITY, Tier};
pub use attachment::{Attachment, Upload, UploadState};
pub use chain::{ChainBreak, ChainHead, ChainProblem, ChainReport};
pub use customer::{CustomerExport, TicketExport};
pub use department::Department;
pub use history::{Action, HistoryEntry, NewHistoryEntry};
pub use message::Message;
pub use notification::{Delivery, DeliveryState, Notification, NotificationKind};
pub use statistics::{AgentFigures, DailyCount, DepartmentFigures, Durations, Performance, Statistics};
pub use ticket::{InconsistentTicket, Ticket};
pub use ticket_field::TicketField;
pub use ticket_record::{Customer, Handler, NewTicket, TicketChanges, TicketRecord};
pub use user::User;
