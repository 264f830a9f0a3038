//! SQL types that exist in both databases, so that one schema and one set of queries serve both.
//!
//! | here | PostgreSQL | SQLite |
//! | --- | --- | --- |
//! | [`Id`] | `uuid` | blob of 16 bytes |
//! | [`Moment`] | `timestamptz` | integer: microseconds since the Unix epoch |
//! | [`Json`] | `jsonb` | text |
//!
//! The domain's ids and times are bound and read in thin wrappers ([`DbId`], [`DbTimestamp`]). Values that
//! need checking are read as plain text or numbers and parsed in `rows/`, where a failure can name its table,
//! column and row.

use std::io::Write;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, SqlType, Text};
use diesel::sqlite::Sqlite;
use support_auth::SessionId;
use support_domain::id::{
    AgentId, AttachmentId, DepartmentId, HistoryEntryId, MessageId, NotificationId, OutboxId, TicketId,
    UserId,
};
use support_domain::time::Timestamp;
use uuid::Uuid;

/// An id.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
pub struct Id;

/// A point in time.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
pub struct Moment;

/// A JSON document.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807), sqlite_type(name = "Text"))]
pub struct Json;

/// Microseconds from the Unix epoch to the beginning of 2000, from which PostgreSQL counts.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// Marks the version of PostgreSQL's binary form of `jsonb`.
const JSONB_VERSION: u8 = 1;

/// A domain id as a value of SQL type [`Id`].
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq, Hash)]
#[diesel(sql_type = Id)]
pub(crate) struct DbId<T: DomainId>(pub(crate) T);

/// A domain time as a value of SQL type [`Moment`].
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Moment)]
pub(crate) struct DbTimestamp(pub(crate) Timestamp);

/// The text of a JSON document, as a value of SQL type [`Json`].
#[derive(AsExpression, Clone, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Json)]
pub(crate) struct JsonText(pub(crate) String);

/// The domain's id types.
pub(crate) trait DomainId: Copy + std::fmt::Debug {
    fn from_uuid(id: Uuid) -> Self;
    fn to_uuid(self) -> Uuid;
}

macro_rules! domain_ids {
    ($($id:ty),+ $(,)?) => {$(
        impl DomainId for $id {
            fn from_uuid(id: Uuid) -> Self {
                Self::new(id)
            }

            fn to_uuid(self) -> Uuid {
                self.uuid()
            }
        }
    )+};
}

domain_ids!(
    AgentId,
    AttachmentId,
    DepartmentId,
    HistoryEntryId,
    MessageId,
    NotificationId,
    OutboxId,
    SessionId,
    TicketId,
    UserId
);

impl<T: DomainId> ToSql<Id, Pg> for DbId<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.to_uuid().as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T: DomainId> ToSql<Id, Sqlite> for DbId<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_uuid().as_bytes().to_vec());
        Ok(IsNull::No)
    }
}

impl<T: DomainId> FromSql<Id, Pg> for DbId<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(T::from_uuid(Uuid::from_slice(value.as_bytes())?)))
    }
}

impl<T: DomainId> FromSql<Id, Sqlite> for DbId<T> {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Self(T::from_uuid(Uuid::from_slice(&bytes)?)))
    }
}

impl ToSql<Moment, Pg> for DbTimestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.0.as_micros().checked_sub(POSTGRES_EPOCH).ok_or("time out of range")?;
        out.write_all(&micros.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Moment, Pg> for DbTimestamp {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = i64::from_be_bytes(value.as_bytes().try_into()?);
        Ok(Self(Timestamp::from_micros(micros.checked_add(POSTGRES_EPOCH).ok_or("time out of range")?)))
    }
}

impl ToSql<Moment, Sqlite> for DbTimestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<Moment, Sqlite> for DbTimestamp {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(|micros| Self(Timestamp::from_micros(micros)))
    }
}

impl ToSql<Json, Pg> for JsonText {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Json, Pg> for JsonText {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes() {
            [JSONB_VERSION, text @ ..] => Ok(Self(std::str::from_utf8(text)?.to_owned())),
            _ => Err("unknown form of jsonb".into()),
        }
    }
}

impl ToSql<Json, Sqlite> for JsonText {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        <str as ToSql<Text, Sqlite>>::to_sql(self.0.as_str(), out)
    }
}

impl FromSql<Json, Sqlite> for JsonText {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Sqlite>>::from_sql(value).map(Self)
    }
}
