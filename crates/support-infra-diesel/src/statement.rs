//! Statements beyond Diesel's query language: SQL text with bound values, and what lets a built statement be
//! prepared once.

use std::borrow::Cow;
use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Text};
use diesel::{AsChangeset, RunQueryDsl};
use support_domain::id::UserId;
use support_domain::time::Timestamp;

use crate::types::{DbId, DbTimestamp, DomainId, Id, Moment};

/// A value that a statement carries beside its text.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// An id of any kind.
    Id(DbId<UserId>),
    Moment(DbTimestamp),
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Value {
    /// An id.
    pub(crate) fn id(id: impl DomainId) -> Self {
        Self::Id(DbId(UserId::new(id.to_uuid())))
    }

    /// A time.
    pub(crate) const fn moment(at: Timestamp) -> Self {
        Self::Moment(DbTimestamp(at))
    }
}

#[derive(Clone, Debug)]
enum Piece {
    Sql(Cow<'static, str>),
    Value(Value),
}

/// A part of a statement: SQL text with values in it. Text comes from the program alone; whatever comes from
/// a caller is a value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql(Vec<Piece>);

impl Sql {
    /// A part without values.
    pub(crate) fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![Piece::Sql(text.into())])
    }

    /// Appends text.
    pub(crate) fn push(&mut self, text: impl Into<Cow<'static, str>>) -> &mut Self {
        self.0.push(Piece::Sql(text.into()));
        self
    }

    /// Appends a value.
    pub(crate) fn bind(&mut self, value: Value) -> &mut Self {
        self.0.push(Piece::Value(value));
        self
    }

    /// Appends another part.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// Appends values with commas between them.
    pub(crate) fn bind_all(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        for (n, value) in values.into_iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    /// Appends the parts with `separator` between them.
    pub(crate) fn join<'a>(
        &mut self,
        parts: impl IntoIterator<Item = &'a Self>,
        separator: &'static str,
    ) -> &mut Self {
        for (n, part) in parts.into_iter().enumerate() {
            if n > 0 {
                self.push(separator);
            }
            self.append(part);
        }
        self
    }

    /// The statement, which returns rows of the SQL types `Row`. It is planned for its values each time.
    pub(crate) fn planned<Row>(self) -> Statement<Row> {
        Statement { sql: self, prepared: false, row: PhantomData }
    }

    /// The statement, which returns rows of the SQL types `Row`. It is prepared once and kept: for statements
    /// of which there are few.
    pub(crate) fn prepared<Row>(self) -> Statement<Row> {
        Statement { sql: self, prepared: true, row: PhantomData }
    }
}

/// A statement of SQL text. See [`Sql`].
#[derive(Debug)]
pub(crate) struct Statement<Row> {
    sql: Sql,
    prepared: bool,
    row: PhantomData<Row>,
}

#[cfg(test)]
impl<Row> Statement<Row> {
    /// What it is made of.
    pub(crate) fn into_sql(self) -> Sql {
        self.sql
    }
}

impl<Row, DB> QueryFragment<DB> for Statement<Row>
where
    DB: Backend + HasSqlType<Id> + HasSqlType<Moment>,
    DbId<UserId>: ToSql<Id, DB>,
    DbTimestamp: ToSql<Moment, DB>,
    i64: ToSql<BigInt, DB>,
    String: ToSql<Text, DB>,
    Vec<u8>: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !self.prepared {
            out.unsafe_to_cache_prepared();
        }
        for piece in &self.sql.0 {
            match piece {
                Piece::Sql(text) => out.push_sql(text),
                Piece::Value(Value::Id(id)) => out.push_bind_param::<Id, _>(id)?,
                Piece::Value(Value::Moment(at)) => out.push_bind_param::<Moment, _>(at)?,
                Piece::Value(Value::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Piece::Value(Value::Bytes(bytes)) => out.push_bind_param::<Binary, _>(bytes)?,
                Piece::Value(Value::Text(text)) => out.push_bind_param::<Text, _>(text)?,
            }
        }
        Ok(())
    }
}

impl<Row> QueryId for Statement<Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Statement<Row> {
    type SqlType = Row;
}

impl<Row, Conn> RunQueryDsl<Conn> for Statement<Row> {}

/// `UPDATE` of the row with an id. Diesel prepares its own updates afresh each time; this one it prepares
/// once for each set of columns, of which commands change few.
#[derive(Debug)]
pub(crate) struct Update<C> {
    table: &'static str,
    id: DbId<UserId>,
    changes: C,
}

impl<C> Update<C> {
    /// Sets `changes` in the row of `table` with this id.
    pub(crate) fn new(
        table: &'static str,
        id: impl DomainId,
        changes: impl AsChangeset<Changeset = C>,
    ) -> Self {
        Self { table, id: DbId(UserId::new(id.to_uuid())), changes: changes.as_changeset() }
    }
}

impl<C, DB> QueryFragment<DB> for Update<C>
where
    DB: Backend + HasSqlType<Id>,
    C: QueryFragment<DB>,
    DbId<UserId>: ToSql<Id, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        out.push_identifier(self.table)?;
        out.push_sql(" SET ");
        self.changes.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<Id, _>(&self.id)
    }
}
