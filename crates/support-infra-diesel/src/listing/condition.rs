//! The conditions of a filter, as tests on a ticket and as places to find tickets.

use support_domain::id::{AgentId, UserId};

use crate::listing::{Flavor, MAX_RUNS};
use crate::statement::{Sql, Value};

/// One condition: any of its values must hold.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Customer(Vec<UserId>),
    /// The agent is named: assigned or escalated to.
    Named(AgentId),
    AssignedTo(Vec<AgentId>),
    Tag(Vec<String>),
    /// Every one of these begins a word: the one condition of which all values must hold.
    Words(Vec<String>),
    Department(Vec<String>),
    Status(Vec<i16>),
    Category(Vec<i16>),
    Priority(Vec<i16>),
    Unassigned,
}

/// The kinds of condition of which an index keeps one run for each value, in some order of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunKind {
    Status,
    Priority,
}

/// A place to find tickets: an index and what to look up in it. The sources of one condition share no ticket.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The table that is read first.
    table: &'static str,
    /// The index of it that SQLite is to use.
    index: Option<&'static str>,
    /// What to look up.
    lookup: Vec<Sql>,
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
    fn tickets(index: &'static str, lookup: Sql, is_ordered: bool) -> Self {
        Self {
            table: "tickets",
            index: Some(index),
            lookup: vec![lookup],
            join: None,
            created: "tickets.created_at",
            id: "tickets.id",
            is_ordered,
        }
    }

    /// All tickets, by creation.
    pub(super) fn everything() -> Self {
        Self { lookup: Vec::new(), ..Self::tickets("tickets_created", Sql::default(), true) }
    }

    /// Tickets by an index of any other order.
    pub(super) fn run(index: &'static str, lookup: Sql) -> Self {
        Self::tickets(index, lookup, false)
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
        if join.is_some() {
            sql.push(" CROSS JOIN tickets");
        }
        let tests: Vec<&Sql> = self.lookup.iter().chain(&join).chain(more).collect();
        if !tests.is_empty() {
            sql.push(" WHERE ").join(tests, " AND ");
        }
    }
}

impl Condition {
    /// Whether it has no values, and so is none.
    pub(super) const fn is_empty(&self) -> bool {
        match self {
            Self::Customer(ids) => ids.is_empty(),
            Self::AssignedTo(ids) => ids.is_empty(),
            Self::Tag(texts) | Self::Words(texts) | Self::Department(texts) => texts.is_empty(),
            Self::Status(ranks) | Self::Category(ranks) | Self::Priority(ranks) => ranks.is_empty(),
            Self::Named(_) | Self::Unassigned => false,
        }
    }

    /// Whether it is a search for words.
    pub(super) const fn is_search(&self) -> bool {
        matches!(self, Self::Words(_))
    }

    /// Whether it is of this kind.
    pub(super) const fn is(&self, kind: RunKind) -> bool {
        self.ranks_of(kind).is_some()
    }

    /// Its values, if it is of this kind.
    pub(super) const fn ranks_of(&self, kind: RunKind) -> Option<&Vec<i16>> {
        match (self, kind) {
            (Self::Status(ranks), RunKind::Status) | (Self::Priority(ranks), RunKind::Priority) => Some(ranks),
            _ => None,
        }
    }

    /// Whether its sources are in the order of creation.
    pub(super) const fn is_ordered(&self) -> bool {
        match self {
            Self::Words(_) => false,
            Self::Customer(ids) => ids.len() <= MAX_RUNS,
            Self::AssignedTo(ids) => ids.len() <= MAX_RUNS,
            Self::Tag(texts) | Self::Department(texts) => texts.len() <= MAX_RUNS,
            Self::Status(_) | Self::Category(_) | Self::Priority(_) | Self::Named(_) | Self::Unassigned => true,
        }
    }

    /// The test on a row of `tickets`.
    pub(super) fn test(&self, flavor: Flavor) -> Sql {
        match self {
            Self::Customer(ids) => among("tickets.customer_id", ids.iter().map(|id| Value::id(*id))),
            Self::AssignedTo(ids) => among("tickets.assigned_to", ids.iter().map(|id| Value::id(*id))),
            Self::Department(names) => among("tickets.department", names.iter().cloned().map(Value::Text)),
            Self::Status(ranks) => ranked("tickets.status", ranks),
            Self::Category(ranks) => ranked("tickets.category", ranks),
            Self::Priority(ranks) => ranked("tickets.priority", ranks),
            Self::Unassigned => Sql::text("tickets.assigned_to IS NULL"),
            Self::Named(agent) => {
                let mut sql = equals("(tickets.assigned_to", Value::id(*agent));
                sql.append(&equals(" OR tickets.escalated_to", Value::id(*agent))).push(")");
                sql
            }
            Self::Tag(tags) => {
                let mut sql = Sql::text(
                    "EXISTS (SELECT 1 FROM ticket_tags AS tagged WHERE tagged.created_at = tickets.created_at \
                     AND tagged.ticket_id = tickets.id AND ",
                );
                sql.append(&among("tagged.tag", tags.iter().cloned().map(Value::Text))).push(")");
                sql
            }
            Self::Words(words) => has_words(flavor, words),
        }
    }

    /// Where to find its tickets.
    pub(super) fn sources(&self, flavor: Flavor) -> Vec<Source> {
        match self {
            Self::Customer(ids) => {
                let values = ids.iter().map(|id| Value::id(*id)).collect();
                runs("tickets_customer_created", "tickets.customer_id", values)
            }
            Self::AssignedTo(ids) => {
                let values = ids.iter().map(|id| Value::id(*id)).collect();
                runs("tickets_assigned_created", "tickets.assigned_to", values)
            }
            Self::Department(names) => {
                let values = names.iter().cloned().map(Value::Text).collect();
                runs("tickets_department_created", "tickets.department", values)
            }
            Self::Status(ranks) => ranked_runs("tickets_status_created", "tickets.status", ranks),
            Self::Category(ranks) => ranked_runs("tickets_category_created", "tickets.category", ranks),
            Self::Priority(ranks) => ranked_runs("tickets_priority_created", "tickets.priority", ranks),
            Self::Unassigned => {
                let lookup = Sql::text("tickets.assigned_to IS NULL");
                vec![Source::tickets("tickets_unassigned_created", lookup, true)]
            }
            Self::Named(agent) => named(*agent),
            Self::Tag(tags) => tagged(tags),
            Self::Words(words) => vec![search(flavor, words)],
        }
    }
}

fn equals(column: &'static str, value: Value) -> Sql {
    let mut sql = Sql::text(column);
    sql.push(" = ").bind(value);
    sql
}

fn among(column: &'static str, values: impl ExactSizeIterator<Item = Value>) -> Sql {
    let mut sql = Sql::text(column);
    sql.push(" IN (").bind_all(values).push(")");
    sql
}

/// A test for ranks, which are the program's own numbers and may stand in the text.
fn ranked(column: &'static str, ranks: &[i16]) -> Sql {
    let ranks: Vec<String> = ranks.iter().map(ToString::to_string).collect();
    Sql::text(format!("{column} IN ({})", ranks.join(", ")))
}

fn ranked_runs(index: &'static str, column: &'static str, ranks: &[i16]) -> Vec<Source> {
    ranks.iter().map(|rank| Source::tickets(index, Sql::text(format!("{column} = {rank}")), true)).collect()
}

/// One source for each value, or one for all of very many.
fn runs(index: &'static str, column: &'static str, values: Vec<Value>) -> Vec<Source> {
    if values.len() > MAX_RUNS {
        return vec![Source::tickets(index, among(column, values.into_iter()), false)];
    }
    values.into_iter().map(|value| Source::tickets(index, equals(column, value), true)).collect()
}

fn named(agent: AgentId) -> Vec<Source> {
    let value = || Value::id(agent);
    let mut escalated = equals("tickets.escalated_to", value());
    escalated.push(" AND tickets.assigned_to IS DISTINCT FROM ").bind(value());
    vec![
        Source::tickets("tickets_assigned_created", equals("tickets.assigned_to", value()), true),
        Source::tickets("tickets_escalated_created", escalated, true),
    ]
}

/// Tickets by tag. Of a ticket with several of the tags, the first of them counts.
fn tagged(tags: &[String]) -> Vec<Source> {
    let source = |lookup: Vec<Sql>, is_ordered| Source {
        table: "ticket_tags",
        index: None,
        lookup,
        join: Some("tickets.id = ticket_tags.ticket_id"),
        created: "ticket_tags.created_at",
        id: "ticket_tags.ticket_id",
        is_ordered,
    };
    let has_earlier = |earlier: &[String]| {
        let mut sql = Sql::text(
            "NOT EXISTS (SELECT 1 FROM ticket_tags AS earlier WHERE earlier.created_at = ticket_tags.created_at \
             AND earlier.ticket_id = ticket_tags.ticket_id AND ",
        );
        sql.append(&among("earlier.tag", earlier.iter().cloned().map(Value::Text))).push(")");
        sql
    };
    if tags.len() > MAX_RUNS {
        let mut smaller = Sql::text(
            "NOT EXISTS (SELECT 1 FROM ticket_tags AS earlier WHERE earlier.created_at = ticket_tags.created_at \
             AND earlier.ticket_id = ticket_tags.ticket_id AND earlier.tag < ticket_tags.tag AND ",
        );
        smaller.append(&among("earlier.tag", tags.iter().cloned().map(Value::Text))).push(")");
        return vec![source(vec![among("ticket_tags.tag", tags.iter().cloned().map(Value::Text)), smaller], false)];
    }
    tags.iter()
        .enumerate()
        .map(|(n, tag)| {
            let mut lookup = vec![equals("ticket_tags.tag", Value::Text(tag.clone()))];
            if let Some(earlier) = tags.get(..n).filter(|earlier| !earlier.is_empty()) {
                lookup.push(has_earlier(earlier));
            }
            source(lookup, true)
        })
        .collect()
}

/// Tickets by words, from the search index.
fn search(flavor: Flavor, words: &[String]) -> Source {
    match flavor {
        Flavor::Postgres => Source::tickets("tickets_search", tsquery_test(words), false),
        Flavor::Sqlite => {
            let query: Vec<String> = words.iter().map(|word| format!("\"{}\"*", word.replace('"', "\"\""))).collect();
            let mut lookup = Sql::text("ticket_search MATCH ");
            lookup.bind(Value::Text(query.join(" AND ")));
            Source {
                table: "ticket_search",
                index: None,
                lookup: vec![lookup],
                join: Some("tickets.row_id = ticket_search.rowid"),
                created: "tickets.created_at",
                id: "tickets.id",
                is_ordered: false,
            }
        }
    }
}

fn tsquery_test(words: &[String]) -> Sql {
    let quoted = |word: &String| format!("'{}':*", word.replace('\\', "\\\\").replace('\'', "''"));
    let query: Vec<String> = words.iter().map(quoted).collect();
    let mut sql = Sql::text("tickets.search @@ CAST(");
    sql.bind(Value::Text(query.join(" & "))).push(" AS tsquery)");
    sql
}

/// The test for words on a ticket's own text, in which a space stands before each word: cheaper than asking the search
/// index for each ticket.
fn has_words(flavor: Flavor, words: &[String]) -> Sql {
    let function = match flavor {
        Flavor::Postgres => "strpos",
        Flavor::Sqlite => "instr",
    };
    let tests: Vec<Sql> = words
        .iter()
        .map(|word| {
            let mut sql = Sql::text(format!("{function}(tickets.words, "));
            sql.bind(Value::Text(format!(" {word}"))).push(") > 0");
            sql
        })
        .collect();
    let mut sql = Sql::default();
    sql.join(&tests, " AND ");
    sql
}
