//! Who asks.

use crate::id::{AgentId, UserId};
use crate::value::{EmailAddress, PersonName, Phone, Role, SenderType};

/// The person (or the system) on whose behalf a command runs, as their token says.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Their id: the token's `sub`.
    pub id: UserId,
    /// What they may do.
    pub role: Role,
    /// Their name, if the token has one.
    pub name: Option<PersonName>,
    /// Their e-mail address, if the token has one.
    pub email: Option<EmailAddress>,
    /// Their telephone number, if the token has one.
    pub phone: Option<Phone>,
}

impl Actor {
    /// The desk itself, for what happens by rule.
    #[must_use]
    pub fn system() -> Self {
        Self {
            id: UserId::SYSTEM,
            role: Role::Admin,
            name: Some(PersonName::known("System")),
            email: None,
            phone: None,
        }
    }

    /// Somebody known by id and role alone.
    #[must_use]
    pub const fn new(id: UserId, role: Role) -> Self {
        Self { id, role, name: None, email: None, phone: None }
    }

    /// The actor as an agent, if they are one.
    #[must_use]
    pub fn agent_id(&self) -> Option<AgentId> {
        (self.role == Role::Agent).then(|| self.id.into())
    }

    /// What their messages are sent as: staff write as `agent`.
    #[must_use]
    pub const fn sender_type(&self) -> SenderType {
        match self.role {
            Role::Customer => SenderType::Customer,
            Role::Agent | Role::Admin => SenderType::Agent,
        }
    }

    /// Their name, or a general word for their role.
    #[must_use]
    pub fn display_name(&self) -> PersonName {
        self.name.clone().unwrap_or_else(|| {
            PersonName::known(match self.role {
                Role::Customer => "Customer",
                Role::Agent => "Support agent",
                Role::Admin => "Administrator",
            })
        })
    }
}
