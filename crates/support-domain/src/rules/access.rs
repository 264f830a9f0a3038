//! Who may see and do what (`docs/contract.md`, section 2.7).

use crate::actor::Actor;
use crate::entity::Ticket;
use crate::error::{Entity, Error};
use crate::id::{AgentId, UserId};
use crate::value::{Role, Status};

/// Which tickets an actor may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Every ticket.
    All,
    /// The tickets of one customer.
    Customer(UserId),
    /// The tickets on which an agent is named: `assignedTo` or `escalatedTo`.
    Agent(AgentId),
}

impl Visibility {
    /// What `actor` may see.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        match actor.role {
            Role::Admin => Self::All,
            Role::Agent => Self::Agent(actor.id.into()),
            Role::Customer => Self::Customer(actor.id),
        }
    }

    /// Whether `ticket` is among them.
    #[must_use]
    pub fn includes(self, ticket: &Ticket) -> bool {
        match self {
            Self::All => true,
            Self::Customer(id) => ticket.customer.id == id,
            Self::Agent(id) => ticket.names(id),
        }
    }
}

/// Passes a ticket on if `actor` may see it.
///
/// # Errors
/// [`Error::NotFound`] for an absent ticket and for a foreign one alike, so that neither can be told from the
/// other.
pub fn visible(actor: &Actor, ticket: Option<Ticket>) -> Result<Ticket, Error> {
    ticket.filter(|ticket| Visibility::of(actor).includes(ticket)).ok_or(Error::NotFound(Entity::Ticket))
}

/// Lets agents and administrators pass.
///
/// # Errors
/// [`Error::Forbidden`] for customers.
pub const fn staff(actor: &Actor) -> Result<(), Error> {
    if actor.role.is_staff() {
        Ok(())
    } else {
        Err(Error::Forbidden("only agents and administrators may do this"))
    }
}

/// Lets administrators pass.
///
/// # Errors
/// [`Error::Forbidden`] for everybody else.
pub const fn admin(actor: &Actor) -> Result<(), Error> {
    if matches!(actor.role, Role::Admin) {
        Ok(())
    } else {
        Err(Error::Forbidden("only administrators may do this"))
    }
}

/// Why a customer's change of a ticket is refused.
const CUSTOMERS_CLOSE_OR_REOPEN: Error =
    Error::Forbidden("customers may only close or reopen their resolved tickets");

/// Checks the status that `actor` asks for, whatever the ticket's own: customers only ever close and reopen.
///
/// # Errors
/// [`Error::Forbidden`] for a customer's other wishes.
pub const fn check_requested_status(actor: &Actor, to: Option<Status>) -> Result<(), Error> {
    match (actor.role, to) {
        (Role::Customer, Some(Status::Closed | Status::InProgress)) | (Role::Agent | Role::Admin, _) => {
            Ok(())
        }
        (Role::Customer, _) => Err(CUSTOMERS_CLOSE_OR_REOPEN),
    }
}

/// Checks a transition that the state machine knows: a customer's must begin at `resolved`.
///
/// # Errors
/// [`Error::Forbidden`] for a customer's other ones.
pub const fn check_transition_allowed(actor: &Actor, from: Status) -> Result<(), Error> {
    match (actor.role, from) {
        (Role::Customer, Status::Resolved) | (Role::Agent | Role::Admin, _) => Ok(()),
        (Role::Customer, _) => Err(CUSTOMERS_CLOSE_OR_REOPEN),
    }
}
