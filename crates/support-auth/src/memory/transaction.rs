//! The repositories of one transaction.

use support_domain::memory::UserTable;

use super::tables::Tables;
use crate::port::{
    AccountRepository, AuthRepositories, IdentityRepository, SecondFactorRepository, SessionRepository,
};

/// The desk's users, and a copy of the tables that takes their place if the transaction succeeds.
pub(super) struct Transaction<'a, 'u> {
    pub(super) users: &'a mut UserTable<'u>,
    pub(super) tables: Tables,
}

impl AuthRepositories for Transaction<'_, '_> {
    fn accounts(&mut self) -> &mut dyn AccountRepository {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }

    fn second_factors(&mut self) -> &mut dyn SecondFactorRepository {
        self
    }

    fn identities(&mut self) -> &mut dyn IdentityRepository {
        self
    }
}
