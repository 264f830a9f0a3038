//! Opening the database.

use std::sync::Arc;

use support_domain::port::Store;
use support_infra_diesel::Options;

use crate::config::Config;
use crate::failure::Failure;

/// Opens the configured database and brings it to this version's schema.
pub(crate) fn open(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    support_infra_diesel::open(&config.database_url, &options(config)).map_err(|error| failed(&error))
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
