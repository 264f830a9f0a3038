use std::error::Error as StdError;
use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

use super::cluster::Cluster;
use crate::error::Doing;
use crate::{Error, Result};

/// A database that is prepared once and then copied, which is far quicker than to prepare each copy.
#[derive(Clone, Debug)]
pub struct Template {
    cluster: Cluster,
    name: String,
}

impl Template {
    /// The template of this name, prepared by the first test of the run that asks for it; the others wait.
    /// `prepare` gets the address of an empty database and must do the same in every test that names the
    /// template.
    ///
    /// # Errors
    /// That of `prepare`, and the template stays unprepared; those of `PostgreSQL`.
    pub fn prepared<E>(
        cluster: &Cluster,
        name: &str,
        prepare: impl FnOnce(&str) -> std::result::Result<(), E>,
    ) -> Result<Self>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let template = Self { cluster: cluster.clone(), name: format!("template_{name}") };
        let done = cluster.directory().join(format!("{}.done", template.name));
        let _turn = cluster.lock(&template.name)?;
        if !done.exists() {
            create(cluster, &template.name, None)?;
            prepare(&cluster.url(&template.name))
                .map_err(|error| Error::Prepare { name: name.to_owned(), source: error.into() })?;
            // A copy needs a source that nobody is connected to; a pool of `prepare` may still be closing.
            cluster.sql(
                "postgres",
                &format!(
                    "ALTER DATABASE \"{0}\" ALLOW_CONNECTIONS false;
                     SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{0}'",
                    template.name
                ),
            )?;
            fs::write(&done, "").doing(|| format!("write {}", done.display()))?;
        }
        Ok(template)
    }

    /// A new database with all that the template has.
    ///
    /// # Errors
    /// Those of `PostgreSQL`.
    pub fn copy(&self) -> Result<Database> {
        Database::create(&self.cluster, Some(&self.name))
    }
}

/// A database of its own for one test, dropped with this value.
#[derive(Debug)]
pub struct Database {
    cluster: Cluster,
    name: String,
}

impl Database {
    /// A new database with nothing in it.
    ///
    /// # Errors
    /// Those of `PostgreSQL`.
    pub fn empty(cluster: &Cluster) -> Result<Self> {
        Self::create(cluster, None)
    }

    fn create(cluster: &Cluster, template: Option<&str>) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{count}", std::process::id());
        create(cluster, &name, template)?;
        Ok(Self { cluster: cluster.clone(), name })
    }

    /// Its address, in the form that libpq and `SUPPORT_DATABASE_URL` take.
    #[must_use]
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// Runs SQL in it; see [`Cluster::sql`].
    ///
    /// # Errors
    /// [`Error::Program`] with `PostgreSQL`'s message when a statement fails.
    pub fn sql(&self, statements: &str) -> Result<String> {
        self.cluster.sql(&self.name, statements)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Best effort: the cluster may be down, and goes away as a whole after the run.
        let _ = self.cluster.sql("postgres", &drop_statement(&self.name));
    }
}

/// Replaces a database of that name: only a dead process with our id can have left it, or a failed
/// preparation.
fn create(cluster: &Cluster, name: &str, template: Option<&str>) -> Result<()> {
    cluster.sql("postgres", &drop_statement(name))?;
    let template = template.unwrap_or("template0");
    cluster.sql("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"")).map(drop)
}

fn drop_statement(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")
}
