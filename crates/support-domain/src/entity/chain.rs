//! The chain of hashes over a ticket's history, and what checking it found (`docs/contract.md`, section 3.6).

use std::fmt;

use crate::id::TicketId;
use crate::value::TicketNumber;

/// The last link of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The sequence of the last entry; 0 when there is none.
    pub sequence: i64,
    /// Its hash; zeros when there is none.
    pub hash: [u8; 32],
}

impl ChainHead {
    /// The head of a chain without entries.
    pub const EMPTY: Self = Self { sequence: 0, hash: [0; 32] };
}

/// How a chain can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChainProblem {
    /// An entry is missing, and later ones are there.
    Missing,
    /// An entry does not give the hash that it carries, or cannot be read at all.
    Changed,
    /// An entry carries the hash of another one than stands before it.
    WrongOrder,
    /// The last entries are missing.
    Truncated,
    /// An entry stands behind the last one that the ticket knows of.
    BeyondHead,
    /// The ticket knows of another last entry.
    HeadChanged,
    /// The chain holds, but it had another entry there when its head was noted down.
    Rewritten,
    /// There are entries, but no ticket.
    TicketMissing,
}

impl ChainProblem {
    /// Every problem.
    pub const ALL: &'static [Self] = &[
        Self::Missing,
        Self::Changed,
        Self::WrongOrder,
        Self::Truncated,
        Self::BeyondHead,
        Self::HeadChanged,
        Self::Rewritten,
        Self::TicketMissing,
    ];

    /// The problem's name on the wire and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::WrongOrder => "wrong-order",
            Self::Truncated => "truncated",
            Self::BeyondHead => "beyond-head",
            Self::HeadChanged => "head-changed",
            Self::Rewritten => "rewritten",
            Self::TicketMissing => "ticket-missing",
        }
    }
}

/// A sentence about the entry for a person.
impl fmt::Display for ChainProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "it is missing, and later ones are there",
            Self::Changed => "it is not as it was written",
            Self::WrongOrder => "it does not follow the one before it",
            Self::Truncated => "it is missing, with all that came after it",
            Self::BeyondHead => "the ticket does not know of it",
            Self::HeadChanged => "the ticket knows of another last entry",
            Self::Rewritten => "another one stood here before",
            Self::TicketMissing => "it is there without its ticket",
        })
    }
}

/// The first place where a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainBreak {
    /// The sequence of the entry that is wrong or missing.
    pub sequence: i64,
    /// What is wrong with it.
    pub problem: ChainProblem,
}

/// What checking one ticket's chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// Whose chain it is.
    pub ticket_id: TicketId,
    /// The ticket's number; `None` when there is no ticket any more.
    pub number: Option<TicketNumber>,
    /// How many entries hold, from the first.
    pub entries: u64,
    /// The last entry that holds.
    pub last: ChainHead,
    /// Where the chain is broken; `None` when it holds whole.
    pub broken: Option<ChainBreak>,
}

impl ChainReport {
    /// The report on entries whose ticket is missing, the first of which has this sequence.
    #[must_use]
    pub const fn without_ticket(ticket_id: TicketId, sequence: i64) -> Self {
        let broken = ChainBreak { sequence, problem: ChainProblem::TicketMissing };
        Self { ticket_id, number: None, entries: 0, last: ChainHead::EMPTY, broken: Some(broken) }
    }
}
