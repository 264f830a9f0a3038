//! Who may do what about authentication (`docs/contract.md`, section 2.7).

use support_domain::actor::Actor;
use support_domain::value::Role;

use crate::error::Error;

/// Lets agents and administrators pass.
pub(crate) const fn staff(actor: &Actor) -> Result<(), Error> {
    if actor.role.is_staff() {
        Ok(())
    } else {
        Err(Error::Forbidden("only agents and administrators may do this"))
    }
}

/// Lets administrators pass.
pub(crate) const fn admin(actor: &Actor) -> Result<(), Error> {
    if matches!(actor.role, Role::Admin) {
        Ok(())
    } else {
        Err(Error::Forbidden("only administrators may do this"))
    }
}
