//! Second factors.

use serde::{Deserialize, Serialize};
use support_auth::{Code, Password};
use utoipa::ToSchema;

use crate::reader::{self, Read, Reader, Request};
use crate::request::session::token;

/// Enrols a device.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrolTotp {
    /// The caller's password.
    #[schema(max_length = 256)]
    pub password: String,
}

impl Request for EnrolTotp {
    type Command = Password;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        body.required("password", reader::text(Password::claim))
    }
}

/// Turns the second factor on.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmTotp {
    /// The code that the device shows.
    #[schema(max_length = 64)]
    pub code: String,
    /// The refresh token of the session that goes on; all others of the caller end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256, nullable = false)]
    pub refresh_token: Option<String>,
}

/// The code of a device, and the session that goes on.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The code.
    pub code: Code,
    /// The refresh token.
    pub refresh_token: Option<String>,
}

impl Request for ConfirmTotp {
    type Command = Confirmation;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let code = body.required("code", reader::text(Code::claim));
        let refresh_token = body.optional("refreshToken", token);
        Ok(Confirmation { code: code?, refresh_token: refresh_token? })
    }
}

/// Turns the second factor off.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveTotp {
    /// The caller's password.
    #[schema(max_length = 256)]
    pub password: String,
    /// A code of the device, or a recovery code.
    #[schema(max_length = 64)]
    pub code: String,
}

/// A password and a code.
#[derive(Clone, Debug)]
pub struct BothFactors {
    /// The password.
    pub password: Password,
    /// The code.
    pub code: Code,
}

impl Request for RemoveTotp {
    type Command = BothFactors;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let password = body.required("password", reader::text(Password::claim));
        let code = body.required("code", reader::text(Code::claim));
        Ok(BothFactors { password: password?, code: code? })
    }
}
