//! Gives waiting tickets to agents who have got room (`docs/contract.md`, section 3.3: the oldest of the most
//! urgent first).

use crate::error::Error;
use crate::port::WaitingScope;
use crate::usecase::{UseCaseContext, assign};
use crate::value::DepartmentName;

/// Assigns the next waiting ticket of `department`; returns whether there may be more.
///
/// One ticket a transaction: tickets are locked before agents, always, so transactions cannot block each
/// other in a circle.
pub(crate) fn next(work: &mut UseCaseContext<'_>, department: &DepartmentName) -> Result<bool, Error> {
    let departments = work.tx.departments().list()?;
    let Some(department) = departments.into_iter().find(|known| known.name == *department) else {
        return Ok(false);
    };
    let scope = WaitingScope { department: department.name, categories: department.categories };
    let Some(id) = work.tx.tickets().next_waiting(&[scope])? else { return Ok(false) };
    match work.tx.tickets().lock(id)? {
        // Somebody else took it between the look and the lock: look again.
        Some(ticket) if !ticket.waiting => Ok(true),
        Some(ticket) => {
            let outcome = assign::assign_by_rule(work, ticket)?;
            Ok(matches!(outcome, assign::Assignment::Assigned(_)))
        }
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::entity::Ticket;
    use crate::fixture;
    use crate::memory::SequentialIds;
    use crate::port::{MockDepartmentRepository, MockRepositories, MockTicketRepository};
    use crate::time::Timestamp;
    use crate::usecase::{Policy, PostCommitEffects};

    fn next_with(found: Option<Ticket>) -> Result<bool, Error> {
        let mut departments = MockDepartmentRepository::new();
        departments.expect_list().returning(|| Ok(vec![fixture::department("Technical Support", 1)]));
        let mut tickets = MockTicketRepository::new();
        let id = fixture::ticket(1).id;
        tickets
            .expect_next_waiting()
            .withf(|scopes| scopes.len() == 1)
            .times(1)
            .returning(move |_| Ok(Some(id)));
        tickets.expect_lock().times(1).return_once(|_| Ok(found));
        let mut tx = MockRepositories::new();
        tx.expect_departments().return_var(Box::new(departments));
        tx.expect_tickets().return_var(Box::new(tickets));
        let (actor, ids, policy) = (Actor::system(), SequentialIds::default(), Policy::default());
        let mut work = UseCaseContext {
            tx: &mut tx,
            actor: &actor,
            now: Timestamp::EPOCH,
            ids: &ids,
            policy: &policy,
            effects: PostCommitEffects::default(),
        };
        next(&mut work, &fixture::department_name("technical support"))
    }

    #[test]
    fn a_ticket_that_somebody_took_meanwhile_is_passed_over() {
        assert!(matches!(next_with(Some(fixture::ticket(1))), Ok(true)), "it waits no longer: look again");
        assert!(matches!(next_with(None), Ok(false)), "it is gone");
    }
}
