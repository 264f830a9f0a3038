//! Departments.

use crate::entity::Department;
use crate::id::DepartmentId;
use crate::port::StoreResult;

/// Keeps departments.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait DepartmentRepository {
    /// The department with this id, kept from others until the transaction ends.
    fn lock(&mut self, id: DepartmentId) -> StoreResult<Option<Department>>;

    /// Every department, by name.
    fn list(&mut self) -> StoreResult<Vec<Department>>;

    /// Adds a department. [`crate::error::StoreError::Conflict`] on `name` or `category`.
    fn insert(&mut self, department: &Department) -> StoreResult<()>;

    /// Stores a department that was locked before; a new name is taken over by its agents and tickets.
    /// [`crate::error::StoreError::Conflict`] on `name` or `category`.
    fn save(&mut self, department: &Department) -> StoreResult<()>;
}
