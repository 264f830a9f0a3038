//! Ids that nobody guesses.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::{SysError, SysRng};

/// Draws an id: 160 random bits in base64url, 27 characters.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn draw() -> Result<String, SysError> {
    let mut bytes = [0_u8; 20];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ() {
        let (one, other) = (draw().unwrap(), draw().unwrap());
        assert!(one.len() == 27 && one != other);
    }
}
