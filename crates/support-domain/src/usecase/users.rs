//! Accounts of customers and administrators.

use crate::command::CreateUser;
use crate::entity::User;
use crate::error::{Error, InputField};
use crate::id::UserId;
use crate::rules::access;
use crate::usecase::UseCaseContext;
use crate::usecase::agents::taken;
use crate::value::Role;

/// Adds a customer or an administrator.
pub(crate) fn create(work: &mut UseCaseContext<'_>, command: &CreateUser) -> Result<User, Error> {
    access::admin(work.actor)?;
    if command.role == Role::Agent {
        return Err(Error::invalid(InputField::Role, "agents are added with their department"));
    }
    let user = User {
        id: UserId::generate(work.ids),
        role: command.role,
        name: command.name.clone(),
        email: Some(command.email.clone()),
        phone: command.phone.clone(),
        password: Some(command.password.clone()),
        created_at: work.now,
    };
    work.tx.users().insert(&user).map_err(taken)?;
    Ok(user)
}
