//! The schemas of single values, named so that the OpenAPI document describes each of them once.
//!
//! They say exactly what is taken. White space around a text is dropped, so the patterns allow it, but the
//! lengths count it, except around a message.

use support_auth::Password;
use support_domain::entity::Department;
use support_domain::value as domain;

use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// White space as Unicode has it, which is dropped around every text.
const SPACE: &str = r"\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";
/// Everything but control characters.
const LINE: &str = r"[^\u0000-\u001F\u007F-\u009F]";
/// Everything but control characters other than line breaks and tabs.
const LINES: &str = r"[^\u0000-\u0008\u000B-\u001F\u007F-\u009F]";
/// Everything but control characters and white space.
const INK: &str = r"[^\u0000-\u0020\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]";
/// Everything but control characters, white space and commas.
const INK_NO_COMMA: &str = r"[^\u0000-\u0020,\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]";

/// Any text up to a length.
fn short(max: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).max_length(Some(max))
}

fn string(max: usize, pattern: String) -> ObjectBuilder {
    short(max).min_length(Some(1)).pattern(Some(pattern))
}

/// One line, not blank.
fn line(max: usize) -> ObjectBuilder {
    string(max, format!("^[{SPACE}]*{INK}({LINE}*{INK})?[{SPACE}]*$"))
}

/// One line, not blank, without commas, which separate names in filters.
fn name(max: usize) -> ObjectBuilder {
    let inner = r"[^\u0000-\u001F,\u007F-\u009F]";
    string(max, format!("^[{SPACE}]*{INK_NO_COMMA}({inner}*{INK_NO_COMMA})?[{SPACE}]*$"))
}

/// Lines, not blank.
fn lines(max: usize) -> ObjectBuilder {
    string(max, format!("^[{SPACE}]*{INK}({LINES}*{INK})?[{SPACE}]*$"))
}

/// Any text in which something is left when control characters and white space around it are dropped.
fn message(max: usize) -> ObjectBuilder {
    string(max, INK.to_owned())
}

fn integer(min: i64, max: i64) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(min)).maximum(Some(max))
}

macro_rules! schemas {
    ($($(#[doc = $doc:literal])+ $name:ident = $schema:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let description = [$($doc.trim()),+].join(" ");
                Object::from($schema.description(Some(description))).into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

schemas! {
    /// What a ticket is about, in a line.
    Subject = line(domain::Subject::MAX);
    /// What a ticket is about. Line breaks and tabs are kept, other control characters are refused.
    Description = lines(domain::Description::MAX);
    /// How a ticket was resolved.
    Resolution = lines(domain::Resolution::MAX);
    /// Why a ticket is escalated.
    Reason = lines(domain::Reason::MAX);
    /// A message. Control characters other than line breaks and tabs are dropped.
    MessageText = message(domain::MessageText::MAX);
    /// The sender's own name for a message: the same one again is answered with the first message.
    ClientMessageId = line(domain::ClientMessageId::MAX);
    /// The caller's own name for a request: a repetition is answered with the first result.
    IdempotencyKey = string(domain::IdempotencyKey::MAX, "^[!-~]([ -~]*[!-~])?$".to_owned());
    /// A department's name, in any letter case.
    DepartmentName = name(domain::DepartmentName::MAX);
    /// What a department is for. Line breaks and tabs are kept, other control characters are refused.
    DepartmentDescription =
        lines(Department::MAX_DESCRIPTION).min_length(None).pattern(Some(format!("^[{SPACE}]*({INK}({LINES}*{INK})?)?[{SPACE}]*$")));
    /// A label, kept in lower case.
    Tag = name(domain::Tag::MAX);
    /// Somebody's name.
    PersonName = line(domain::PersonName::MAX);
    /// An e-mail address.
    EmailAddress = string(domain::EmailAddress::MAX, email());
    /// A telephone number.
    Phone = string(domain::Phone::MAX, phone()).min_length(Some(domain::Phone::MIN));
    /// A ticket, by its id or its number.
    TicketKey = string(40, TICKET_KEY.to_owned());
    /// A level of the escalation hierarchy.
    Tier = integer(1, 3);
    /// How many tickets an agent takes.
    Capacity = integer(1, i64::from(support_domain::entity::MAX_CAPACITY));
    /// A new password.
    NewPassword = short(Password::MAX_LENGTH).min_length(Some(Password::MIN_LENGTH));
    /// The sequence of a message.
    Sequence = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    /// A place in a list, as `nextCursor` of the page before tells it.
    Cursor = string(200, "^[A-Za-z0-9_-]*$".to_owned()).min_length(None);
    /// A point in time in UTC with milliseconds.
    Time = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    /// A number of tickets, messages or people.
    Count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
}

/// As [`domain::EmailAddress`] has it.
fn email() -> String {
    const LABEL: &str = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    let local = format!("[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,{}}}", domain::EmailAddress::MAX_LOCAL);
    format!(r"^{local}@({LABEL}\.)+{LABEL}$")
}

/// As [`domain::Phone`] has it.
fn phone() -> String {
    format!("^([+()./#x -]*[0-9]){{{}}}[0-9+()./#x -]*$", domain::Phone::MIN)
}

/// A UUID, or a year and a serial number that has as many digits as it needs, at least three.
const TICKET_KEY: &str = concat!(
    r"^([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
    r"|[Tt][Kk][Tt]-[0-9]{4}-(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2,17}))$",
);
