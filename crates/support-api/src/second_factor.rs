//! Second factors.

use serde::{Deserialize, Serialize};
use support_auth::{Enrolment, SecondFactorStatus};
use utoipa::ToSchema;

use crate::schema;

/// What is known of one's own second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactor {
    /// Whether logins ask for it.
    pub active: bool,
    /// How many recovery codes are left.
    #[schema(value_type = schema::Count)]
    pub recovery_codes_left: u32,
}

impl From<SecondFactorStatus> for SecondFactor {
    fn from(status: SecondFactorStatus) -> Self {
        Self { active: status.is_confirmed, recovery_codes_left: status.recovery_codes_left }
    }
}

/// What an authenticator app needs to know. It is told once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TotpEnrolment {
    /// The secret in base32, for typing.
    pub secret: String,
    /// The same as an `otpauth://` address, for a QR code.
    pub uri: String,
}

impl From<Enrolment> for TotpEnrolment {
    fn from(enrolment: Enrolment) -> Self {
        Self { secret: enrolment.secret, uri: enrolment.uri }
    }
}

/// The codes for when the device is lost. They are told once; each can be used once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    /// The codes.
    pub recovery_codes: Vec<String>,
}
