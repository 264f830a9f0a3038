//! The conditions of a filter, as tests on a ticket and as places to find tickets.

use support_domain::id::{AgentId, UserId};

use crate::listing::scope::Statuses;
use crate::listing::search::{Word, has_words, search};
use crate::listing::source::Source;
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
    Words(Vec<Word>),
    Department(Vec<String>),
    Category(Vec<i16>),
    Priority(Vec<i16>),
    Unassigned,
    /// One of the statuses that the list is about.
    Status,
}

impl Condition {
    /// Whether it has no values, and so is none.
    pub(super) const fn is_empty(&self) -> bool {
        match self {
            Self::Customer(ids) => ids.is_empty(),
            Self::AssignedTo(ids) => ids.is_empty(),
            Self::Tag(texts) | Self::Department(texts) => texts.is_empty(),
            Self::Words(words) => words.is_empty(),
            Self::Category(ranks) | Self::Priority(ranks) => ranks.is_empty(),
            Self::Named(_) | Self::Unassigned | Self::Status => false,
        }
    }

    /// Whether its sources hold the status, in which its runs are told apart.
    pub(super) const fn has_status(&self) -> bool {
        !matches!(self, Self::Tag(_) | Self::Words(_))
    }

    /// Its priorities, if it is about these.
    pub(super) fn priorities(&self) -> Option<&[i16]> {
        if let Self::Priority(ranks) = self { Some(ranks) } else { None }
    }

    /// The test on a row of `tickets`.
    pub(super) fn test(&self, flavor: Flavor, statuses: &Statuses) -> Sql {
        match self {
            Self::Customer(ids) => among("tickets.customer_id", ids.iter().map(|id| Value::id(*id))),
            Self::AssignedTo(ids) => among("tickets.assigned_to", ids.iter().map(|id| Value::id(*id))),
            Self::Department(names) => among("tickets.department", names.iter().cloned().map(Value::Text)),
            Self::Category(ranks) => ranked("tickets.category", ranks),
            Self::Priority(ranks) => ranked("tickets.priority", ranks),
            Self::Unassigned => Sql::text("tickets.assigned_to IS NULL"),
            Self::Status => statuses.test(),
            Self::Named(agent) => {
                let mut sql = equals("(tickets.assigned_to", Value::id(*agent));
                sql.append(&equals(" OR tickets.escalated_to", Value::id(*agent))).push(")");
                sql
            }
            Self::Tag(tags) => has_tag(flavor, tags),
            Self::Words(words) => has_words(flavor, words),
        }
    }

    /// Where to find its tickets with one of `statuses`. The sources share no ticket.
    pub(super) fn sources(&self, flavor: Flavor, statuses: &Statuses) -> Vec<Source> {
        let ids = |ids: &[UserId]| ids.iter().map(|id| Value::id(*id)).collect::<Vec<_>>();
        let texts = |texts: &[String]| texts.iter().cloned().map(Value::Text).collect::<Vec<_>>();
        match self {
            Self::Customer(customers) => {
                runs("tickets_customer", "tickets.customer_id", ids(customers), statuses)
            }
            Self::AssignedTo(agents) => {
                let values = agents.iter().map(|id| Value::id(*id)).collect();
                runs("tickets_assigned", "tickets.assigned_to", values, statuses)
            }
            Self::Department(names) => {
                runs("tickets_department", "tickets.department", texts(names), statuses)
            }
            Self::Category(ranks) => ranked_runs("tickets_category", "tickets.category", ranks, statuses),
            Self::Priority(ranks) => ranked_runs("tickets_priority", "tickets.priority", ranks, statuses),
            Self::Unassigned => {
                statuses.each("tickets_unassigned", &Sql::text("tickets.assigned_to IS NULL")).collect()
            }
            Self::Status => statuses.everything(),
            Self::Named(agent) => named(*agent, statuses),
            Self::Tag(tags) => tagged(tags),
            Self::Words(words) => vec![search(flavor, words)],
        }
    }
}

pub(super) fn equals(column: &'static str, value: Value) -> Sql {
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
pub(super) fn ranked(column: &'static str, ranks: &[i16]) -> Sql {
    let ranks: Vec<String> = ranks.iter().map(ToString::to_string).collect();
    Sql::text(format!("{column} IN ({})", ranks.join(", ")))
}

fn ranked_runs(index: &'static str, column: &'static str, ranks: &[i16], statuses: &Statuses) -> Vec<Source> {
    let run = |rank: &i16| statuses.each(index, &Sql::text(format!("{column} = {rank}"))).collect::<Vec<_>>();
    ranks.iter().flat_map(run).collect()
}

/// One source for each value and status, or one for all of very many.
fn runs(index: &'static str, column: &'static str, values: Vec<Value>, statuses: &Statuses) -> Vec<Source> {
    if values.len() > MAX_RUNS {
        let mut lookup = among(column, values.into_iter());
        lookup.push(" AND ").append(&statuses.test());
        return vec![Source::tickets(index, lookup, false)];
    }
    let run = |value: Value| statuses.each(index, &equals(column, value)).collect::<Vec<_>>();
    values.into_iter().flat_map(run).collect()
}

fn named(agent: AgentId, statuses: &Statuses) -> Vec<Source> {
    let assigned = equals("tickets.assigned_to", Value::id(agent));
    let mut escalated = equals("tickets.escalated_to", Value::id(agent));
    escalated.push(" AND tickets.assigned_to IS DISTINCT FROM ").bind(Value::id(agent));
    statuses
        .each("tickets_assigned", &assigned)
        .chain(statuses.each("tickets_escalated", &escalated))
        .collect()
}

/// The test for tags on a row of `tickets`.
fn has_tag(flavor: Flavor, tags: &[String]) -> Sql {
    match flavor {
        // As a function, and of the row alone: as an operator it would be thought to be met by next to no
        // row, and a subquery would be joined to all tickets.
        Flavor::Postgres => {
            let mut sql = Sql::text("jsonb_exists_any(tickets.tags, ARRAY[");
            sql.bind_all(tags.iter().cloned().map(Value::Text)).push("])");
            sql
        }
        // A tag is quoted in the document, and no tag can hold what ends another.
        Flavor::Sqlite => {
            let test = |tag: &String| {
                let mut sql = Sql::text("instr(tickets.tags, ");
                sql.bind(Value::Text(serde_json::Value::from(tag.as_str()).to_string())).push(") > 0");
                sql
            };
            let tests: Vec<Sql> = tags.iter().map(test).collect();
            let mut sql = Sql::text("(");
            sql.join(&tests, " OR ").push(")");
            sql
        }
    }
}

/// Tickets by tag. Of a ticket with several of the tags, the first of them counts.
fn tagged(tags: &[String]) -> Vec<Source> {
    let values = |tags: &[String]| tags.iter().cloned().map(Value::Text).collect::<Vec<_>>();
    let without = |more: &'static str, tags: &[String]| {
        let mut sql = Sql::text(
            "NOT EXISTS (SELECT 1 FROM ticket_tags AS earlier WHERE earlier.created_at = ticket_tags.created_at \
             AND earlier.ticket_id = ticket_tags.ticket_id AND ",
        );
        sql.push(more).append(&among("earlier.tag", values(tags).into_iter())).push(")");
        sql
    };
    if tags.len() > MAX_RUNS {
        let mut lookup = among("ticket_tags.tag", values(tags).into_iter());
        lookup.push(" AND ").append(&without("earlier.tag < ticket_tags.tag AND ", tags));
        return vec![Source::tags(lookup, false)];
    }
    let source = |(n, tag): (usize, &String)| {
        let mut lookup = equals("ticket_tags.tag", Value::Text(tag.clone()));
        if let Some(earlier) = tags.get(..n).filter(|earlier| !earlier.is_empty()) {
            lookup.push(" AND ").append(&without("", earlier));
        }
        Source::tags(lookup, true)
    };
    tags.iter().enumerate().map(source).collect()
}
