//! Logins.

use serde::{Deserialize, Serialize};
use support_auth::TokenPair;
use support_domain::entity;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::choice::Role;
use crate::schema;

/// What a login or a refresh gives.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The token for `Authorization: Bearer`.
    pub access_token: String,
    /// The token for the next refresh. It can be used once.
    pub refresh_token: String,
    /// How long the access token holds, in seconds.
    #[schema(value_type = schema::Count)]
    pub expires_in: i64,
    /// Whose it is.
    pub user: User,
}

impl From<TokenPair> for Session {
    fn from(pair: TokenPair) -> Self {
        Self {
            user: User::from(&pair.user),
            access_token: pair.access_token,
            refresh_token: pair.refresh_token.to_string(),
            expires_in: pair.expires_in.num_seconds(),
        }
    }
}

/// Somebody the desk knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Their id.
    pub id: Uuid,
    /// What they may do.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// Their e-mail address; empty if unknown.
    pub email: String,
    /// Their telephone number; empty if unknown.
    pub phone: String,
}

impl From<&entity::User> for User {
    fn from(user: &entity::User) -> Self {
        Self {
            id: user.id.uuid(),
            role: user.role.into(),
            name: user.name.as_str().to_owned(),
            email: user.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            phone: user.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        }
    }
}

impl From<&support_domain::actor::Actor> for User {
    fn from(actor: &support_domain::actor::Actor) -> Self {
        Self {
            id: actor.id.uuid(),
            role: actor.role.into(),
            name: actor.display_name().as_str().to_owned(),
            email: actor.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            phone: actor.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        }
    }
}
