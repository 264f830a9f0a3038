//! What tokens say.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use support_domain::actor::Actor;
use support_domain::id::UserId;
use support_domain::time::Timestamp;
use support_domain::value::{EmailAddress, PersonName, Phone, Role};

use super::verdict::{Rejected, Verified};

/// How far a provider's clock may be from ours, in seconds.
const LEEWAY: f64 = 2.0;

/// What every token must say.
pub(super) struct Expected {
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
}

/// The claims of a token. Those that are optional and malformed are ignored, so they are read as they come.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    sub: Value,
    role: Value,
    exp: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iat: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iss: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aud: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<Value>,
}

impl Claims {
    /// The claims of a token of our own.
    pub(super) fn of(actor: &Actor, now: Timestamp, lifetime: TimeDelta, expected: &Expected) -> Self {
        let seconds = |time: Timestamp| Value::from(time.as_micros().div_euclid(1_000_000));
        Self {
            sub: actor.id.to_string().into(),
            role: actor.role.as_str().into(),
            exp: seconds(now.plus(lifetime)),
            iat: Some(seconds(now)),
            nbf: None,
            iss: expected.issuer.clone().map(Value::from),
            aud: expected.audience.clone().map(Value::from),
            name: actor.name.as_ref().map(|name| name.as_str().into()),
            email: actor.email.as_ref().map(|email| email.as_str().into()),
            phone: actor.phone.as_ref().map(|phone| phone.as_str().into()),
        }
    }

    /// Whose they are, if they hold.
    pub(super) fn check(&self, expected: &Expected, now: Timestamp) -> Result<Verified, Rejected> {
        let now = now.seconds_since(Timestamp::EPOCH);
        let exp = self.exp.as_f64().ok_or(Rejected::Invalid("the token has no exp"))?;
        if now >= exp + LEEWAY {
            return Err(Rejected::Expired);
        }
        if let Some(nbf) = &self.nbf {
            let nbf = nbf.as_f64().ok_or(Rejected::Invalid("the token's nbf is no time"))?;
            if now + LEEWAY < nbf {
                return Err(Rejected::Invalid("the token does not hold yet"));
            }
        }
        if expected.issuer.as_deref().is_some_and(|issuer| text(self.iss.as_ref()) != Some(issuer)) {
            return Err(Rejected::Invalid("the token is of another issuer"));
        }
        if expected.audience.as_deref().is_some_and(|audience| !self.is_for(audience)) {
            return Err(Rejected::Invalid("the token is for another audience"));
        }
        // A cast holds a time that lies beyond all times at the end of them.
        #[expect(clippy::cast_possible_truncation, reason = "whole microseconds are all that is kept")]
        let expires_at = Timestamp::from_micros(((exp + LEEWAY) * 1e6) as i64);
        Ok(Verified { actor: self.actor()?, expires_at })
    }

    fn is_for(&self, audience: &str) -> bool {
        match &self.aud {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(several)) => several.iter().any(|one| one == audience),
            _ => false,
        }
    }

    fn actor(&self) -> Result<Actor, Rejected> {
        let id = self.sub.as_str().and_then(UserId::parse);
        // The nil UUID is the desk itself, which needs no token.
        let id =
            id.filter(|id| *id != UserId::SYSTEM).ok_or(Rejected::Invalid("the token's sub is no UUID"))?;
        let role = self.role.as_str().and_then(|role| Role::parse(role).ok());
        let role = role.ok_or(Rejected::Invalid("the token has no known role"))?;
        Ok(Actor {
            id,
            role,
            name: text(self.name.as_ref()).and_then(|name| PersonName::parse(name).ok()),
            email: text(self.email.as_ref()).and_then(|email| EmailAddress::parse(email).ok()),
            phone: text(self.phone.as_ref()).and_then(|phone| Phone::parse(phone).ok()),
        })
    }
}

fn text(claim: Option<&Value>) -> Option<&str> {
    claim.and_then(Value::as_str)
}
