//! The tables' rows, and how entities become rows and rows entities. Whatever cannot be an entity is reported
//! as damage, with its table, column and row.

mod agent;
mod attachment;
mod conversation;
mod department;
mod identity;
mod keys;
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
pub(crate) use attachment::{AttachmentRow, QUARANTINED, WAITING, write_state};
pub(crate) use conversation::{HistoryRow, MessageRow};
pub(crate) use department::{CategoryRow, DepartmentRow};
pub(crate) use identity::IdentityRow;
pub(crate) use keys::{DataKeyRow, EncryptionKeyRow};
pub(crate) use notification::{NotificationRow, OutboxRow};
pub(crate) use second_factor::{RecoveryCodeRow, SecondFactorRow};
pub(crate) use session::{IdempotencyRow, TokenRow};
pub(crate) use ticket::{NewTicketRow, StoredTicket, TICKET_COLUMNS, TicketChanges, TicketRow};
pub(crate) use user::UserRow;

/// What was opened of a row for a list; what `otherwise` says if that is damaged, which is reported: one
/// damaged row must not take the others away.
pub(crate) fn opened_or<T>(
    opened: StoreResult<T>,
    otherwise: impl FnOnce() -> StoreResult<T>,
) -> StoreResult<T> {
    match opened {
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(%error, "listed a damaged row");
            otherwise()
        }
        opened => opened,
    }
}

/// The row that is being read, for reports of damage.
pub(crate) struct CellRef<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a dyn Display,
}

impl CellRef<'_> {
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
