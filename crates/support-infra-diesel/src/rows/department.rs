//! Departments.

use diesel::prelude::*;
use support_domain::entity::{Department, Tier};
use support_domain::id::DepartmentId;
use support_domain::port::StoreResult;
use support_domain::value::{Category, DepartmentName};

use crate::rows::CellRef;
use crate::schema::{department_categories, departments};
use crate::types::DbId;

/// A row of `departments`.
#[derive(Clone, Debug, AsChangeset, Identifiable, Insertable, Queryable, Selectable)]
#[diesel(table_name = departments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct DepartmentRow {
    pub(crate) id: DbId<DepartmentId>,
    pub(crate) name: String,
    pub(crate) name_key: String,
    pub(crate) description: String,
    pub(crate) tier: i16,
}

/// A row of `department_categories`.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = department_categories, treat_none_as_default_value = false)]
pub(crate) struct CategoryRow {
    pub(crate) category: i16,
    pub(crate) department_id: DbId<DepartmentId>,
}

impl DepartmentRow {
    /// The row of `department`.
    pub(crate) fn of(department: &Department) -> Self {
        Self {
            id: DbId(department.id),
            name: department.name.as_str().to_owned(),
            name_key: department.name.key().to_owned(),
            description: department.description.clone(),
            tier: i16::from(department.tier.get()),
        }
    }

    /// The department of this row, with its categories and the number of its agents.
    pub(crate) fn restore(self, categories: &[CategoryRow], agent_count: i64) -> StoreResult<Department> {
        let place = CellRef { table: "departments", row: &self.id.0 };
        let mut served: Vec<Category> = categories
            .iter()
            .filter(|row| row.department_id == self.id)
            .map(|row| place.known("category", Category::from_rank(row.category)))
            .collect::<StoreResult<_>>()?;
        served.sort_unstable();
        Ok(Department {
            name: place.parsed("name", DepartmentName::parse(&self.name))?,
            tier: place.known("tier", Tier::new(self.tier.into()))?,
            agent_count: u32::try_from(agent_count).unwrap_or(u32::MAX),
            categories: served,
            id: self.id.0,
            description: self.description,
        })
    }
}

impl CategoryRow {
    /// The rows of the categories that `department` serves.
    pub(crate) fn all_of(department: &Department) -> Vec<Self> {
        let mut categories = department.categories.clone();
        categories.sort_unstable();
        categories.dedup();
        categories
            .iter()
            .map(|category| Self { category: category.rank(), department_id: DbId(department.id) })
            .collect()
    }
}
