//! `migrate`: applies pending migrations.

use crate::config::Config;
use crate::failure::Failure;
use crate::store;

pub(crate) fn run(config: &Config) -> Result<(), Failure> {
    let applied = store::migrate(config)?;
    if applied.is_empty() {
        println!("the database is up to date");
    }
    for step in applied {
        println!("applied {step}");
    }
    Ok(())
}
