//! Keys that are derived from the master key, one for each use (HKDF with SHA-256, RFC 5869).

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Derives the key for one use. Another name gives another key; none tells anything of the master key.
pub(crate) fn derive(master: &[u8; 32], purpose: &str) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let mut key = Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(None, master)
        .expand(purpose.as_bytes(), key.as_mut_slice())
        .map_err(|error| Failure::new(format!("deriving a key: {error}")))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let key = |master: u8, purpose| *derive(&[master; 32], purpose).expect("derived");
        assert_eq!(key(1, "cursors"), key(1, "cursors"));
        assert_ne!(key(1, "cursors"), key(1, "others"));
        assert_ne!(key(1, "cursors"), key(2, "cursors"));
    }
}
