//! `keys`: the keys that protect personal data.

use support_infra_diesel::Rotation;

use crate::config::Config;
use crate::failure::Failure;
use crate::store;

/// Damaged rows that are named one by one.
const NAMED: usize = 20;

/// Adds an encryption key, seals every row anew by it, and says what was done. Fails when damaged rows were
/// met, which are left as they are.
pub(crate) fn rotate(config: &Config) -> Result<(), Failure> {
    let Rotation { key, resealed, damaged } = store::rotate_keys(config)?;
    println!("Encryption key {key} is in use; {resealed} values were encrypted again.");
    if damaged.is_empty() {
        return Ok(());
    }
    for row in damaged.iter().take(NAMED) {
        eprintln!("damaged: {row}");
    }
    Err(Failure::new(format!("{} damaged values were left as they are", damaged.len())))
}
