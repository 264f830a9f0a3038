//! Department management (`docs/specification.md`, section 4.4).

use crate::command::{CreateDepartment, DepartmentDetail, UpdateDepartment};
use crate::entity::Department;
use crate::error::{Entity, Error, RuleViolation, StoreError};
use crate::id::DepartmentId;
use crate::rules::access;
use crate::usecase::UseCaseContext;
use crate::value::Category;

/// A department with its agents and the distribution of its tickets.
pub(crate) fn detail(work: &mut UseCaseContext<'_>, id: DepartmentId) -> Result<DepartmentDetail, Error> {
    access::staff(work.actor)?;
    let known = work.tx.departments().list()?.into_iter().find(|department| department.id == id);
    let department = known.ok_or(Error::NotFound(Entity::Department))?;
    let agents = work.tx.agents().list()?;
    let agents = agents.into_iter().filter(|agent| agent.department == department.name).collect();
    let distribution = work.tx.statistics().distribution(&department.name)?;
    Ok(DepartmentDetail { department, agents, distribution })
}

/// Adds a department.
pub(crate) fn create(work: &mut UseCaseContext<'_>, command: &CreateDepartment) -> Result<Department, Error> {
    access::admin(work.actor)?;
    let categories = sorted(command.categories.clone());
    check_categories(work, None, &categories)?;
    let department = Department {
        id: DepartmentId::generate(work.ids),
        name: command.name.clone(),
        description: command.description.clone(),
        tier: command.tier,
        agent_count: 0,
        categories,
    };
    work.tx.departments().insert(&department).map_err(taken)?;
    work.effects.directory_changed = true;
    work.effects.dispatch.insert(department.name.clone());
    Ok(department)
}

/// Changes a department.
pub(crate) fn update(
    work: &mut UseCaseContext<'_>,
    id: DepartmentId,
    command: &UpdateDepartment,
) -> Result<Department, Error> {
    access::admin(work.actor)?;
    let before = work.tx.departments().lock(id)?.ok_or(Error::NotFound(Entity::Department))?;
    let mut department = before.clone();
    if let Some(name) = &command.name {
        department.name = name.clone();
    }
    if let Some(description) = &command.description {
        department.description.clone_from(description);
    }
    department.tier = command.tier.unwrap_or(department.tier);
    if let Some(categories) = &command.categories {
        department.categories = sorted(categories.clone());
        check_categories(work, Some(id), &department.categories)?;
    }
    if department != before || department.name.as_str() != before.name.as_str() {
        work.tx.departments().save(&department).map_err(taken)?;
        work.effects.directory_changed = true;
        work.effects.dispatch.insert(department.name.clone());
    }
    Ok(department)
}

fn check_categories(
    work: &mut UseCaseContext<'_>,
    own: Option<DepartmentId>,
    wanted: &[Category],
) -> Result<(), Error> {
    let departments = work.tx.departments().list()?;
    let others = departments.iter().filter(|department| Some(department.id) != own);
    let taken =
        others.flat_map(|department| &department.categories).find(|category| wanted.contains(category));
    taken.map_or(Ok(()), |category| Err(RuleViolation::CategoryTaken { category: *category }.into()))
}

fn sorted(mut categories: Vec<Category>) -> Vec<Category> {
    categories.sort_unstable();
    categories.dedup();
    categories
}

/// A conflict on a department is about its name; two requests that race for a category meet here too.
fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Conflict { field: "name", .. } => RuleViolation::DepartmentNameTaken.into(),
        other => other.into(),
    }
}
