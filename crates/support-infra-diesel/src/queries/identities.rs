//! Identities.

use diesel::prelude::*;
use support_auth::port::IdentityRepository;
use support_auth::{ExternalId, Identity};
use support_domain::error::{Entity, StoreError};
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use tracing::instrument;

use super::Tx;
use crate::rows::IdentityRow;
use crate::schema::identities;
use crate::types::DbId;

impl IdentityRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.identities.find", skip_all)]
    fn find(&mut self, external: &ExternalId) -> StoreResult<Option<Identity>> {
        let query =
            identities::table.find((external.issuer(), external.subject())).select(IdentityRow::as_select());
        let row: Option<IdentityRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(IdentityRow::restore).transpose()
    }

    #[instrument(level = "debug", name = "db.identities.insert", skip_all)]
    fn insert(&mut self, identity: &Identity) -> StoreResult<()> {
        self.writable()?;
        let row = IdentityRow::of(identity);
        let insert = diesel::insert_into(identities::table).values(&row).on_conflict_do_nothing();
        if self.run(|conn| insert.execute(conn))? > 0 {
            return Ok(());
        }
        let same_person = IdentityRepository::find(self, &identity.external)?.is_some();
        let field = if same_person { "subject" } else { "user_id" };
        Err(StoreError::Conflict { entity: Entity::Identity, field })
    }

    #[instrument(level = "debug", name = "db.identities.delete_all", skip_all)]
    fn delete_all(&mut self, user: UserId) -> StoreResult<u32> {
        self.writable()?;
        let all = identities::table.filter(identities::user_id.eq(DbId(user)));
        let count = self.run(|conn| diesel::delete(all).execute(conn))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
