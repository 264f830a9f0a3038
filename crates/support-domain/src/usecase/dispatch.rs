//! Gives waiting tickets to agents who have got room (`contract.md` section 3: the oldest of the most urgent first).

use crate::error::Error;
use crate::port::WaitingScope;
use crate::usecase::{Work, assign};
use crate::value::DepartmentName;

/// Assigns the next waiting ticket of `department`; answers whether there may be more.
///
/// One ticket a transaction: tickets are locked before agents, always, so transactions cannot block each other in a
/// circle.
pub(crate) fn next(work: &mut Work<'_>, department: &DepartmentName) -> Result<bool, Error> {
    let departments = work.tx.departments().list()?;
    let Some(department) = departments.into_iter().find(|known| known.name == *department) else {
        return Ok(false);
    };
    let scope = WaitingScope { department: department.name, categories: department.categories };
    let Some(id) = work.tx.tickets().next_waiting(&[scope])? else { return Ok(false) };
    match work.tx.tickets().lock(id)? {
        // Somebody else took it between the look and the lock: look again.
        Some(ticket) if !ticket.waiting => Ok(true),
        Some(ticket) => Ok(assign::by_rule(work, ticket)?.is_ok()),
        None => Ok(false),
    }
}
