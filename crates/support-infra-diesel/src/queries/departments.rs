//! Departments.

use diesel::dsl::count_star;
use diesel::prelude::*;
use support_domain::entity::Department;
use support_domain::error::{Entity, StoreError};
use support_domain::id::DepartmentId;
use support_domain::port::{DepartmentRepository, StoreResult};
use tracing::instrument;

use super::super::dialect::locked;
use super::Tx;
use crate::rows::{CategoryRow, DepartmentRow};
use crate::schema::{agents, department_categories, departments};
use crate::types::DbId;

impl DepartmentRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.departments.lock", skip_all)]
    fn lock(&mut self, id: DepartmentId) -> StoreResult<Option<Department>> {
        self.writable()?;
        self.settle_agents()?;
        let query = locked!(departments::table.find(DbId(id)).select(DepartmentRow::as_select()));
        let row: Option<DepartmentRow> = self.run(|conn| query.get_result(conn).optional())?;
        let Some(row) = row else { return Ok(None) };
        let query = department_categories::table
            .filter(department_categories::department_id.eq(DbId(id)))
            .select(CategoryRow::as_select());
        let categories: Vec<CategoryRow> = self.run(|conn| query.load(conn))?;
        let query = agents::table.filter(agents::department.eq(&row.name)).select(count_star());
        let agent_count: i64 = self.run(|conn| query.get_result(conn))?;
        row.restore(&categories, agent_count).map(Some)
    }

    #[instrument(level = "debug", name = "db.departments.list", skip_all)]
    fn list(&mut self) -> StoreResult<Vec<Department>> {
        self.settle_agents()?;
        let agent_count = agents::table
            .filter(agents::department.eq(departments::name))
            .select(count_star())
            .single_value();
        let query = departments::table
            .left_join(department_categories::table)
            .order(departments::id)
            .select((DepartmentRow::as_select(), Option::<CategoryRow>::as_select(), agent_count));
        let mut rows: Vec<(DepartmentRow, Option<CategoryRow>, Option<i64>)> =
            self.run(|conn| query.load(conn))?;
        let categories: Vec<CategoryRow> =
            rows.iter_mut().filter_map(|(_, category, _)| category.take()).collect();
        rows.dedup_by_key(|(row, ..)| row.id.0);
        let restored = rows.into_iter().map(|(row, _, count)| row.restore(&categories, count.unwrap_or(0)));
        let mut all: Vec<Department> = restored.collect::<StoreResult<_>>()?;
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    #[instrument(level = "debug", name = "db.departments.insert", skip_all)]
    fn insert(&mut self, department: &Department) -> StoreResult<()> {
        self.writable()?;
        let row = DepartmentRow::of(department);
        let added = self.run(|conn| {
            diesel::insert_into(departments::table).values(&row).on_conflict_do_nothing().execute(conn)
        })?;
        if added == 0 {
            let query = departments::table.find(row.id).select(departments::tier);
            let same_id = self.run(|conn| query.get_result::<i16>(conn).optional())?.is_some();
            return conflict(if same_id { "id" } else { "name" });
        }
        self.add_categories(department)
    }

    #[instrument(level = "debug", name = "db.departments.save", skip_all)]
    fn save(&mut self, department: &Department) -> StoreResult<()> {
        self.writable()?;
        // A new name is taken over by tickets and agents, also by those that wait to be sent under the old
        // one.
        self.flush()?;
        self.tickets.clear();
        let row = DepartmentRow::of(department);
        let namesake = departments::table
            .filter(departments::name_key.eq(&row.name_key))
            .filter(departments::id.ne(row.id))
            .select(departments::tier);
        if self.run(|conn| namesake.get_result::<i16>(conn).optional())?.is_some() {
            return conflict("name");
        }
        let update = diesel::update(departments::table.find(row.id)).set(&row);
        if self.run(|conn| update.execute(conn))? == 0 {
            return Err(StoreError::Internal(format!("department {} was never inserted", department.id)));
        }
        let old = department_categories::table.filter(department_categories::department_id.eq(row.id));
        self.run(|conn| diesel::delete(old).execute(conn))?;
        self.add_categories(department)
    }
}

impl Tx<'_> {
    fn add_categories(&mut self, department: &Department) -> StoreResult<()> {
        for row in CategoryRow::all_of(department) {
            let added = self.run(|conn| {
                diesel::insert_into(department_categories::table)
                    .values(&row)
                    .on_conflict_do_nothing()
                    .execute(conn)
            })?;
            if added == 0 {
                return conflict("category");
            }
        }
        Ok(())
    }
}

const fn conflict<T>(field: &'static str) -> StoreResult<T> {
    Err(StoreError::Conflict { entity: Entity::Department, field })
}
