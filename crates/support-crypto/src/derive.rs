//! Keys that come from another key (HKDF with SHA-256, RFC 5869).

use hkdf::Hkdf;
use sha2::Sha256;

use crate::Secret;

/// Derives the key for one purpose from `key`, which must be as hard to guess as a key of 32 random bytes.
/// Keys for different purposes tell nothing of each other, nor of `key`.
#[must_use]
pub fn derive(key: &[u8], purpose: &[u8]) -> Secret {
    let mut derived = Secret::default();
    // HKDF refuses more than 255 hashes, which is 8,160 bytes; this is one hash.
    let _fits = Hkdf::<Sha256>::new(None, key).expand(purpose, derived.as_mut_slice());
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_standard() {
        // RFC 5869, appendix A.3: no salt, no info; the first 32 of its 42 bytes.
        let expected = [
            0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f, 0x71, 0x5f, 0x80, 0x2a, 0x06, 0x3c, 0x5a, 0x31,
            0xb8, 0xa1, 0x1f, 0x5c, 0x5e, 0xe1, 0x87, 0x9e, 0xc3, 0x45, 0x4e, 0x5f, 0x3c, 0x73, 0x8d, 0x2d,
        ];
        assert_eq!(*derive(&[0x0b; 22], b""), expected);
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let key = |master: u8, purpose: &[u8]| *derive(&[master; 32], purpose);
        assert_eq!(key(1, b"cursors"), key(1, b"cursors"));
        assert_ne!(key(1, b"cursors"), key(1, b"others"));
        assert_ne!(key(1, b"cursors"), key(2, b"cursors"));
    }
}
