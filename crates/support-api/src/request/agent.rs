//! Adding and changing agents.

use serde::{Deserialize, Serialize};
use support_auth::Password;
use support_domain::command;
use support_domain::entity::{DEFAULT_CAPACITY, MAX_CAPACITY, Tier};
use support_domain::value::{AgentStatus, DepartmentName, EmailAddress, PersonName, Phone};
use utoipa::ToSchema;

use crate::choice;
use crate::reader::{self, Read, Reader, Request};
use crate::schema;
use crate::text;

/// Adds an agent.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAgent {
    /// Their name.
    #[schema(value_type = schema::PersonName)]
    pub name: String,
    /// Their e-mail address, which they log in with.
    #[schema(value_type = schema::EmailAddress)]
    pub email: String,
    /// Their department.
    #[schema(value_type = schema::DepartmentName)]
    pub department: String,
    /// Their telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Phone)]
    pub phone: Option<String>,
    /// Their level; 1 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Tier)]
    pub tier: Option<u8>,
    /// How many tickets they take; 10 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Capacity)]
    pub capacity: Option<u32>,
    /// Whether they take new tickets; `available` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = choice::AgentStatus)]
    pub status: Option<choice::AgentStatus>,
    /// Their password, if they may log in with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::NewPassword)]
    pub password: Option<String>,
}

/// An agent who is to be added, and the password that is still to be hashed.
#[derive(Clone, Debug)]
pub struct NewAgent {
    /// The command, without a password.
    pub command: command::CreateAgent,
    /// The password.
    pub password: Option<Password>,
}

impl Request for CreateAgent {
    type Command = NewAgent;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let name = body.required("name", reader::text(text::parse::<PersonName>));
        let email = body.required("email", reader::text(text::parse::<EmailAddress>));
        let department = body.required("department", reader::text(text::parse::<DepartmentName>));
        let phone = body.optional("phone", reader::text(text::parse::<Phone>));
        let tier = body.optional("tier", reader::tier);
        let capacity = capacity(body);
        let status = body.optional("status", reader::choice(AgentStatus::parse));
        let password = body.optional("password", reader::text(Password::choose));
        let command = command::CreateAgent {
            name: name?,
            email: email?,
            phone: phone?,
            department: department?,
            tier: tier?.unwrap_or(Tier::FIRST),
            capacity: capacity?.unwrap_or(DEFAULT_CAPACITY),
            status: status?.unwrap_or(AgentStatus::Available),
            password: None,
        };
        Ok(NewAgent { command, password: password? })
    }
}

fn capacity(body: &mut Reader<'_>) -> Read<Option<u32>> {
    let range = reader::integer(1, i64::from(MAX_CAPACITY));
    body.optional("capacity", |value| u32::try_from(range(value)?).map_err(|error| error.to_string()))
}

/// Changes an agent. What is absent stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAgent {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::PersonName)]
    pub name: Option<String>,
    /// A new telephone number; null removes it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "nullable")]
    #[schema(value_type = Option<schema::Phone>)]
    pub phone: Option<Option<String>>,
    /// A new department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::DepartmentName)]
    pub department: Option<String>,
    /// A new level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Tier)]
    pub tier: Option<u8>,
    /// How many tickets they take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Capacity)]
    pub capacity: Option<u32>,
    /// Whether they take new tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = choice::AgentStatus)]
    pub status: Option<choice::AgentStatus>,
}

impl Request for UpdateAgent {
    type Command = command::UpdateAgent;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let name = body.optional("name", reader::text(text::parse::<PersonName>));
        let phone = body.nullable("phone", reader::text(text::parse::<Phone>));
        let department = body.optional("department", reader::text(text::parse::<DepartmentName>));
        let tier = body.optional("tier", reader::tier);
        let capacity = capacity(body);
        let status = body.optional("status", reader::choice(AgentStatus::parse));
        Ok(command::UpdateAgent {
            name: name?,
            phone: phone?,
            department: department?,
            tier: tier?,
            capacity: capacity?,
            status: status?,
        })
    }
}

/// Tells null from absent.
mod nullable {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::option_option, clippy::ref_option, reason = "serde hands the field over as it is")]
    pub(super) fn serialize<S: Serializer>(value: &Option<Option<String>>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(to)
    }

    #[expect(clippy::option_option, reason = "serde asks for the field as it is")]
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<String>>, D::Error> {
        Option::deserialize(from).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_null_phone_is_told_from_an_absent_one() {
        let phone = |body| reader::read::<UpdateAgent>(&body).expect("fits").phone;
        assert_eq!(phone(json!({})), None);
        assert_eq!(phone(json!({"phone": null})), Some(None));
        assert!(matches!(phone(json!({"phone": "+44 20 7946 0018"})), Some(Some(_))));
        for body in [json!({}), json!({"phone": null}), json!({"phone": "1234"})] {
            let client: UpdateAgent = serde_json::from_value(body.clone()).expect("fits");
            assert_eq!(serde_json::to_value(client).expect("JSON"), body);
        }
    }
}
