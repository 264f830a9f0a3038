//! Logging in, refreshing and logging out.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use support_auth::{Code, Credentials, Password};
use support_domain::value::EmailAddress;
use utoipa::ToSchema;

use crate::reader::{self, Read, Reader, Request};
use crate::schema;
use crate::text;

/// Logs in.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Login {
    /// The e-mail address.
    #[schema(value_type = schema::EmailAddress)]
    pub email: String,
    /// The password.
    #[schema(max_length = 256)]
    pub password: String,
    /// A code of the second factor, or a recovery code, for whoever has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, nullable = false)]
    pub code: Option<String>,
}

impl Request for Login {
    type Command = Credentials;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let email = body.required("email", reader::text(text::parse::<EmailAddress>));
        let password = body.required("password", reader::text(Password::claim));
        let code = body.optional("code", reader::text(Code::claim));
        Ok(Credentials { email: email?, password: password?, code: code? })
    }
}

/// Exchanges a refresh token for the next, or ends its session.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefreshToken {
    /// The refresh token.
    #[schema(max_length = 256)]
    pub refresh_token: String,
}

impl Request for RefreshToken {
    type Command = String;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        body.required("refreshToken", token)
    }
}

/// Exchanges the code of a sign-in with an identity provider.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInCode {
    /// The code that stands in the fragment of the address.
    #[schema(max_length = 256)]
    pub code: String,
}

impl Request for SignInCode {
    type Command = String;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        body.required("code", token)
    }
}

/// Reads a token that this service gave out.
pub(super) fn token(value: &Value) -> Result<String, String> {
    let token = value.as_str().ok_or("must be a string")?;
    if token.chars().nth(256).is_some() {
        return Err("must have at most 256 characters".to_owned());
    }
    Ok(token.to_owned())
}
