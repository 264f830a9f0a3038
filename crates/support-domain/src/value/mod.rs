//! Values that are valid by construction: parsed once at the edge, never checked again further in.

mod choice;
mod email;
mod name;
mod number;
mod phone;
mod secret;
mod tag;
mod text;

pub use choice::{AgentStatus, Category, Channel, Priority, Role, SenderType, Status, UnknownChoice};
pub use email::EmailAddress;
pub use name::{DepartmentName, PersonName};
pub use number::TicketNumber;
pub use phone::Phone;
pub use secret::{FileKey, Fingerprint, PasswordHash};
pub use tag::{MAX_TAGS, Tag, Tags};
pub use text::{
    ClientMessageId, Description, IdempotencyKey, InvalidText, MessageText, Reason, Resolution, Subject,
};
