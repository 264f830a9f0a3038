//! Second factors.

use diesel::prelude::*;
use support_auth::port::SecondFactorRepository;
use support_auth::{RecoveryCodeHash, SecondFactor};
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use tracing::instrument;

use super::super::dialect::locked;
use super::Tx;
use crate::crypto::Seal;
use crate::rows::{RecoveryCodeRow, SecondFactorRow};
use crate::schema::{recovery_codes, second_factors};
use crate::types::DbId;

impl SecondFactorRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.second_factors.find", skip_all)]
    fn find(&mut self, user: UserId) -> StoreResult<Option<SecondFactor>> {
        let query = second_factors::table.find(DbId(user)).select(SecondFactorRow::as_select());
        let row: Option<SecondFactorRow> = self.run(|conn| query.get_result(conn).optional())?;
        let Some(row) = row else { return Ok(None) };
        let key = self.data_key(user)?;
        row.restore(&Seal { crypto: self.crypto, key: &key }).map(Some)
    }

    #[instrument(level = "debug", name = "db.second_factors.lock", skip_all)]
    fn lock(&mut self, user: UserId) -> StoreResult<Option<SecondFactor>> {
        self.writable()?;
        let query = locked!(second_factors::table.find(DbId(user)).select(SecondFactorRow::as_select()));
        let row: Option<SecondFactorRow> = self.run(|conn| query.get_result(conn).optional())?;
        let Some(row) = row else { return Ok(None) };
        let key = self.data_key(user)?;
        row.restore(&Seal { crypto: self.crypto, key: &key }).map(Some)
    }

    #[instrument(level = "debug", name = "db.second_factors.save", skip_all)]
    fn save(&mut self, factor: &SecondFactor) -> StoreResult<()> {
        self.writable()?;
        let key = self.data_key(factor.user_id)?;
        let row = SecondFactorRow::of(factor, &Seal { crypto: self.crypto, key: &key })?;
        let upsert = diesel::insert_into(second_factors::table)
            .values(&row)
            .on_conflict(second_factors::user_id)
            .do_update()
            .set(&row);
        self.run(|conn| upsert.execute(conn)).map(drop)
    }

    #[instrument(level = "debug", name = "db.second_factors.delete", skip_all)]
    fn delete(&mut self, user: UserId) -> StoreResult<bool> {
        self.forget_recovery_codes(user)?;
        let factor = second_factors::table.find(DbId(user));
        Ok(self.run(|conn| diesel::delete(factor).execute(conn))? > 0)
    }

    #[instrument(level = "debug", name = "db.second_factors.count_recovery_codes", skip_all)]
    fn count_recovery_codes(&mut self, user: UserId) -> StoreResult<u32> {
        let query = recovery_codes::table.filter(recovery_codes::user_id.eq(DbId(user))).count();
        let count: i64 = self.run(|conn| query.get_result(conn))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    #[instrument(level = "debug", name = "db.second_factors.replace_recovery_codes", skip_all)]
    fn replace_recovery_codes(&mut self, user: UserId, codes: &[RecoveryCodeHash]) -> StoreResult<()> {
        self.forget_recovery_codes(user)?;
        codes.iter().try_for_each(|code| {
            let row = RecoveryCodeRow::of(user, code);
            let insert = diesel::insert_into(recovery_codes::table).values(&row);
            self.run(|conn| insert.execute(conn)).map(drop)
        })
    }

    #[instrument(level = "debug", name = "db.second_factors.spend_recovery_code", skip_all)]
    fn spend_recovery_code(&mut self, user: UserId, code: &RecoveryCodeHash) -> StoreResult<bool> {
        self.writable()?;
        let spent = recovery_codes::table.find((DbId(user), code.0.as_slice()));
        Ok(self.run(|conn| diesel::delete(spent).execute(conn))? > 0)
    }
}

impl Tx<'_> {
    fn forget_recovery_codes(&mut self, user: UserId) -> StoreResult<()> {
        self.writable()?;
        let codes = recovery_codes::table.filter(recovery_codes::user_id.eq(DbId(user)));
        self.run(|conn| diesel::delete(codes).execute(conn)).map(drop)
    }
}
