//! Departments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use support_domain::{command, entity};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::agent::Agent;
use crate::choice::Category;
use crate::schema;

/// An organisational unit that tickets belong to and agents work in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Department {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its level, which counts when tickets are escalated into it.
    #[schema(value_type = schema::Tier)]
    pub tier: u8,
    /// How many agents belong to it.
    #[schema(value_type = schema::Count)]
    pub agent_count: u32,
    /// The ticket categories that it serves.
    pub categories: Vec<Category>,
}

impl From<&entity::Department> for Department {
    fn from(department: &entity::Department) -> Self {
        Self {
            id: department.id.uuid(),
            name: department.name.as_str().to_owned(),
            description: department.description.clone(),
            tier: department.tier.get(),
            agent_count: department.agent_count,
            categories: department.categories.iter().map(|category| (*category).into()).collect(),
        }
    }
}

/// A department with who works in it and what it has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepartmentDetail {
    /// The department.
    #[serde(flatten)]
    pub department: Department,
    /// Its agents.
    pub agents: Vec<Agent>,
    /// Its tickets by status.
    #[schema(value_type = BTreeMap<String, schema::Count>)]
    pub ticket_distribution: BTreeMap<String, u64>,
}

impl From<&command::DepartmentDetail> for DepartmentDetail {
    fn from(detail: &command::DepartmentDetail) -> Self {
        let counts = detail.distribution.iter().map(|(status, count)| (status.to_string(), *count));
        Self {
            department: (&detail.department).into(),
            agents: detail.agents.iter().map(Agent::from).collect(),
            ticket_distribution: counts.collect(),
        }
    }
}
