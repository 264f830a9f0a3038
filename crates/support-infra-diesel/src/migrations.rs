//! Bringing a database to this version's schema.

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{OpenError, one_line};

/// The steps for PostgreSQL.
pub(crate) const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
/// The steps for SQLite.
pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Applies the steps of `source` that the database lacks and returns their names. The caller holds a lock
/// against others who do the same.
pub(crate) fn apply<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> Result<Vec<String>, OpenError>
where
    DB: Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migration {
        reason: one_line(&error.to_string()),
    };
    let known: Vec<Box<dyn Migration<DB>>> = MigrationSource::<DB>::migrations(&source).map_err(failed)?;
    let known: Vec<String> = known.iter().map(|step| step.name().version().to_string()).collect();
    let applied: Vec<MigrationVersion<'static>> = conn.applied_migrations().map_err(failed)?;
    if let Some(version) = applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        return Err(OpenError::Newer { version });
    }
    let new = conn.run_pending_migrations(source).map_err(failed)?;
    Ok(new.iter().map(ToString::to_string).collect())
}
