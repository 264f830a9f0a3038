//! Opening the database.

use std::path::Path;
use std::sync::Arc;

use support_domain::port::Store;
use support_infra_diesel::{MasterKey, Options};

use crate::config::Config;
use crate::failure::Failure;

/// Opens the configured database and brings it to this version's schema.
pub(crate) fn open(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    let master = MasterKey::new(*config.master_key()?);
    support_infra_diesel::open(&config.database_url, &master, &options(config))
        .map_err(|error| failed(&error))
}

/// As [`open`], for commands that ask about what is there: no database is made where none is.
pub(crate) fn open_existing(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    if let Some(path) = config.database_url.strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        return Err(Failure::new(format!("there is no database file {path}")));
    }
    open(config)
}

/// Brings the configured database to this version's schema; answers the names of the steps that it lacked.
pub(crate) fn migrate(config: &Config) -> Result<Vec<String>, Failure> {
    support_infra_diesel::migrate(&config.database_url, &options(config)).map_err(|error| failed(&error))
}

fn options(config: &Config) -> Options {
    let mut options = Options::default();
    options.postgres.connections = config.database_connections;
    options
}

fn failed(error: &support_infra_diesel::OpenError) -> Failure {
    Failure::new(error.to_string())
}
