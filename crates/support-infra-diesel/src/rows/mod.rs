//! The tables' rows, and how entities become rows and rows entities. Whatever cannot be an entity is reported as damage,
//! with its table, column and row.

mod agent;
mod conversation;
mod department;
mod identity;
mod notification;
pub(crate) mod personal;
mod second_factor;
mod session;
mod ticket;
mod user;

use std::fmt::Display;

use support_domain::error::StoreError;
use support_domain::port::StoreResult;

pub(crate) use agent::AgentRow;
pub(crate) use conversation::{HistoryRow, MessageRow};
pub(crate) use department::{CategoryRow, DepartmentRow};
pub(crate) use identity::IdentityRow;
pub(crate) use notification::{NotificationRow, OutboxRow};
pub(crate) use second_factor::{RecoveryCodeRow, SecondFactorRow};
pub(crate) use session::{IdempotencyRow, TokenRow};
pub(crate) use ticket::{NewTicketRow, StoredTicket, TICKET_COLUMNS, TicketChanges, TicketRow};
pub(crate) use user::UserRow;

/// The row that is being read, for reports of damage.
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a dyn Display,
}

impl Place<'_> {
    /// The report that `column` is damaged.
    pub(crate) fn damaged(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.table, column, row: self.row.to_string() }
    }

    /// What was parsed from `column`.
    pub(crate) fn parsed<T, E>(&self, column: &'static str, value: Result<T, E>) -> StoreResult<T> {
        value.map_err(|_| self.damaged(column))
    }

    /// What was looked up by `column`.
    pub(crate) fn known<T>(&self, column: &'static str, value: Option<T>) -> StoreResult<T> {
        value.ok_or_else(|| self.damaged(column))
    }
}
