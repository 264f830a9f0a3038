//! Opening the database.

use std::path::Path;
use std::sync::Arc;

use support_domain::port::Store;
use support_infra_diesel::{MasterKey, Options, Rotation, Stores};

use crate::config::Config;
use crate::failure::Failure;

/// Opens the configured database and brings it to this version's schema.
pub(crate) fn open(config: &Config) -> Result<Stores, Failure> {
    let master = MasterKey::new(*config.master_key()?);
    support_infra_diesel::open(&config.database_url, &master, &options(config))
        .map_err(|error| failed(&error))
}

/// As [`open`], for commands that check histories: they need no master key, and no database is made where
/// none is.
pub(crate) fn open_sealed(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    check_exists(config)?;
    support_infra_diesel::open_sealed(&config.database_url, &options(config)).map_err(|error| failed(&error))
}

/// Brings the configured database to this version's schema; returns the names of the steps that it lacked.
pub(crate) fn migrate(config: &Config) -> Result<Vec<String>, Failure> {
    support_infra_diesel::migrate(&config.database_url, &options(config)).map_err(|error| failed(&error))
}

/// Rotates the keys of the configured database.
pub(crate) fn rotate_keys(config: &Config) -> Result<Rotation, Failure> {
    check_exists(config)?;
    let master = MasterKey::new(*config.master_key()?);
    support_infra_diesel::rotate_keys(&config.database_url, &master, &options(config))
        .map_err(|error| Failure::new(error.to_string()))
}

/// No database is made where none is.
fn check_exists(config: &Config) -> Result<(), Failure> {
    match config.database_url.strip_prefix("sqlite://") {
        Some(path) if !Path::new(path).exists() => {
            Err(Failure::new(format!("there is no database file {path}")))
        }
        _ => Ok(()),
    }
}

fn options(config: &Config) -> Options {
    let mut options = Options::default();
    options.postgres.connections = config.database_connections;
    options
}

fn failed(error: &support_infra_diesel::OpenError) -> Failure {
    Failure::new(error.to_string())
}
