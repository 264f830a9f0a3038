//! Adding and changing departments.

use serde::{Deserialize, Serialize};
use support_domain::command;
use support_domain::entity::{Department, Tier};
use support_domain::value::{Category, DepartmentName};
use utoipa::ToSchema;

use crate::choice;
use crate::reader::{self, Read, Reader, Request};
use crate::schema;
use crate::text;

/// Adds a department.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDepartment {
    /// Its name.
    #[schema(value_type = schema::DepartmentName)]
    pub name: String,
    /// What it is for; empty unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::DepartmentDescription)]
    pub description: Option<String>,
    /// Its level; 1 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Tier)]
    pub tier: Option<u8>,
    /// The ticket categories that it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<choice::Category>, max_items = 6)]
    pub categories: Option<Vec<choice::Category>>,
}

impl Request for CreateDepartment {
    type Command = command::CreateDepartment;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let name = body.required("name", reader::text(text::parse::<DepartmentName>));
        let description = body.optional("description", reader::text(description));
        let tier = body.optional("tier", reader::tier);
        let categories = categories(body);
        Ok(command::CreateDepartment {
            name: name?,
            description: description?.unwrap_or_default(),
            tier: tier?.unwrap_or(Tier::FIRST),
            categories: categories?.unwrap_or_default(),
        })
    }
}

/// Changes a department. What is absent stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateDepartment {
    /// A new name, which its agents and tickets take over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::DepartmentName)]
    pub name: Option<String>,
    /// A new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::DepartmentDescription)]
    pub description: Option<String>,
    /// A new level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Tier)]
    pub tier: Option<u8>,
    /// The ticket categories that it serves, in place of the old ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<choice::Category>, max_items = 6)]
    pub categories: Option<Vec<choice::Category>>,
}

impl Request for UpdateDepartment {
    type Command = command::UpdateDepartment;

    fn read(body: &mut Reader<'_>) -> Read<Self::Command> {
        let name = body.optional("name", reader::text(text::parse::<DepartmentName>));
        let description = body.optional("description", reader::text(description));
        let tier = body.optional("tier", reader::tier);
        let categories = categories(body);
        Ok(command::UpdateDepartment {
            name: name?,
            description: description?,
            tier: tier?,
            categories: categories?,
        })
    }
}

fn categories(body: &mut Reader<'_>) -> Read<Option<Vec<Category>>> {
    body.list("categories", Category::ALL.len(), reader::choice(Category::parse))
}

fn description(text: &str) -> Result<String, String> {
    if text.chars().nth(Department::MAX_DESCRIPTION).is_some() {
        return Err(format!("must have at most {} characters", Department::MAX_DESCRIPTION));
    }
    let text = text.replace("\r\n", "\n").trim().to_owned();
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err("must not contain control characters".to_owned());
    }
    Ok(text)
}
