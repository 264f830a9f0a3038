//! Places to find tickets: an index, and what to look up in it.

use crate::listing::Flavor;
use crate::statement::Sql;

/// A place to find tickets.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The table that is read first.
    table: &'static str,
    /// The index of it that SQLite is to use.
    index: Option<&'static str>,
    /// What to look up.
    lookup: Sql,
    /// How its rows lead to their tickets, if it is not `tickets` itself.
    join: Option<&'static str>,
    /// The column with the time of creation.
    pub(super) created: &'static str,
    /// The column with the ticket's id.
    pub(super) id: &'static str,
    /// Whether the index is in the order of creation and id behind what is looked up.
    pub(super) is_ordered: bool,
}

impl Source {
    /// Tickets by one of their own indexes.
    pub(super) const fn tickets(index: &'static str, lookup: Sql, is_ordered: bool) -> Self {
        Self {
            table: "tickets",
            index: Some(index),
            lookup,
            join: None,
            created: "tickets.created_at",
            id: "tickets.id",
            is_ordered,
        }
    }

    /// Tickets by tag.
    pub(super) const fn tags(lookup: Sql, is_ordered: bool) -> Self {
        Self {
            table: "ticket_tags",
            index: None,
            lookup,
            join: Some("tickets.id = ticket_tags.ticket_id"),
            created: "ticket_tags.created_at",
            id: "ticket_tags.ticket_id",
            is_ordered,
        }
    }

    /// Tickets by words.
    pub(super) const fn words(lookup: Sql, join: &'static str) -> Self {
        Self {
            table: "ticket_search",
            index: None,
            lookup,
            join: Some(join),
            created: "tickets.created_at",
            id: "tickets.id",
            is_ordered: false,
        }
    }

    /// Whether the time of creation is only known from the ticket.
    pub(super) fn needs_ticket_for_time(&self) -> bool {
        self.join.is_some() && self.created.starts_with("tickets.")
    }

    /// Appends what follows `FROM`: the tables and the `WHERE` clause with `more` tests.
    pub(super) fn render(&self, sql: &mut Sql, flavor: Flavor, more: &[Sql], needs_ticket: bool) {
        sql.push(self.table);
        if let (Flavor::Sqlite, Some(index)) = (flavor, self.index) {
            sql.push(format!(" INDEXED BY {index}"));
        }
        let join = self.join.filter(|_| needs_ticket).map(Sql::text);
        let tests = std::iter::once(&self.lookup);
        match &join {
            // Each found ticket is looked up by its id: left to itself, PostgreSQL may read all tickets
            // instead.
            Some(join) if flavor == Flavor::Postgres && self.table == "ticket_search" => {
                sql.push(" CROSS JOIN LATERAL (SELECT * FROM tickets WHERE ").append(join);
                sql.push(" OFFSET 0) AS tickets WHERE ").join(tests.chain(more), " AND ");
            }
            Some(join) => {
                sql.push(" CROSS JOIN tickets WHERE ").join(tests.chain([join]).chain(more), " AND ");
            }
            None => {
                sql.push(" WHERE ").join(tests.chain(more), " AND ");
            }
        }
    }
}
