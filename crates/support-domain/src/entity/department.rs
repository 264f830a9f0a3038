//! `Department` (`docs/specification.md`, section 2.3).

use crate::entity::Tier;
use crate::id::DepartmentId;
use crate::value::{Category, DepartmentName};

/// An organisational unit that tickets belong to and agents work in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its name, unique in any letter case.
    pub name: DepartmentName,
    /// What it is for; at most [`Department::MAX_DESCRIPTION`] characters, may be empty.
    pub description: String,
    /// Its level, which counts when tickets are escalated into it.
    pub tier: Tier,
    /// The agents who belong to it: always the true count. Stores compute it and ignore it on writes.
    pub agent_count: u32,
    /// The ticket categories it serves, ascending; a category belongs to at most one department.
    pub categories: Vec<Category>,
}

impl Department {
    /// The most characters of a description.
    pub const MAX_DESCRIPTION: usize = 2_000;
}
