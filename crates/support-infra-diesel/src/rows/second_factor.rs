//! Second factors and recovery codes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use support_auth::{RecoveryCodeHash, SecondFactor, TotpSecret};
use support_domain::id::UserId;
use support_domain::port::StoreResult;
use zeroize::Zeroizing;

use crate::crypto::{Content, Life, Seal};
use crate::rows::CellRef;
use crate::schema::{recovery_codes, second_factors};
use crate::types::{DbId, DbTimestamp};

/// A row of `second_factors`.
#[derive(Clone, AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = second_factors, primary_key(user_id), treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct SecondFactorRow {
    pub(crate) user_id: DbId<UserId>,
    secret: Vec<u8>,
    created_at: DbTimestamp,
    confirmed_at: Option<DbTimestamp>,
    last_step: Option<i64>,
}

impl SecondFactorRow {
    /// The row of `factor`.
    pub(crate) fn of(factor: &SecondFactor, seal: &Seal<'_>) -> StoreResult<Self> {
        let place = CellRef { table: "second_factors", row: &factor.user_id };
        let secret = Zeroizing::new(STANDARD.encode(factor.secret.as_bytes()));
        Ok(Self {
            user_id: DbId(factor.user_id),
            secret: seal.write(&place, "secret", Life::Changing, &[Some(secret.as_str())])?,
            created_at: DbTimestamp(factor.created_at),
            confirmed_at: factor.confirmed_at.map(DbTimestamp),
            last_step: factor.last_step,
        })
    }

    /// The factor of this row.
    pub(crate) fn restore(self, seal: &Seal<'_>) -> StoreResult<SecondFactor> {
        let place = CellRef { table: "second_factors", row: &self.user_id.0 };
        let Content::Known([Some(secret)]) =
            seal.read::<1>(&place, "secret", Life::Changing, &self.secret)?
        else {
            return Err(place.damaged("secret"));
        };
        let secret = place.parsed("secret", STANDARD.decode(&secret))?;
        Ok(SecondFactor {
            user_id: self.user_id.0,
            secret: TotpSecret::new(place.parsed("secret", secret.as_slice().try_into())?),
            created_at: self.created_at.0,
            confirmed_at: self.confirmed_at.map(|at| at.0),
            last_step: self.last_step,
        })
    }
}

/// A row of `recovery_codes`.
#[derive(Clone, Insertable)]
#[diesel(table_name = recovery_codes)]
pub(crate) struct RecoveryCodeRow {
    user_id: DbId<UserId>,
    hash: Vec<u8>,
}

impl RecoveryCodeRow {
    /// The row of `code`.
    pub(crate) fn of(user: UserId, code: &RecoveryCodeHash) -> Self {
        Self { user_id: DbId(user), hash: code.0.to_vec() }
    }
}
