//! Keyed hashes (HMAC with SHA-256, RFC 2104).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The block of SHA-256 in bytes, to which HMAC fills up its key with zeros (RFC 2104, section 2).
const BLOCK: usize = 64;

/// A key of keyed hashes, wiped when it is dropped. `Debug` hides it.
#[derive(Clone)]
pub struct MacKey(Zeroizing<[u8; BLOCK]>);

impl MacKey {
    /// Takes a key, which is used for nothing else.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK]);
        for (to, from) in block.iter_mut().zip(key) {
            *to = *from;
        }
        Self(block)
    }

    /// The hash of `bytes` for one purpose, in whose name there is no zero byte.
    #[must_use]
    pub fn hash(&self, purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
        self.mac(purpose, bytes).finalize().into_bytes().into()
    }

    /// Whether `tag` is the beginning of what [`MacKey::hash`] returns. It takes as long whatever differs; a
    /// tag without a byte is none.
    #[must_use]
    pub fn verify(&self, purpose: &[u8], bytes: &[u8], tag: &[u8]) -> bool {
        self.mac(purpose, bytes).verify_truncated_left(tag).is_ok()
    }

    fn mac(&self, purpose: &[u8], bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*self.0).into());
        mac.update(purpose);
        mac.update(&[0]);
        mac.update(bytes);
        mac
    }
}

impl std::fmt::Debug for MacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MacKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_do_not_change_between_versions() {
        // HMAC-SHA-256 with a key of 32 bytes 1 over "name", a zero byte and "ana", computed independently.
        let expected = [
            0xb4, 0x71, 0xcf, 0x0f, 0xef, 0x4d, 0xe5, 0x94, 0x40, 0x88, 0x81, 0xcc, 0x59, 0xb2, 0x2d, 0xd4,
            0xb9, 0xc4, 0xb8, 0x78, 0x36, 0x38, 0x98, 0x5f, 0xa0, 0xf6, 0xdb, 0x0c, 0xa0, 0x6f, 0x67, 0x3f,
        ];
        assert_eq!(MacKey::new(&[1; 32]).hash(b"name", b"ana"), expected);
    }

    #[test]
    fn hashes_depend_on_key_purpose_and_text() {
        let hash = |key: u8, purpose: &[u8], bytes: &[u8]| MacKey::new(&[key; 32]).hash(purpose, bytes);
        let one = hash(1, b"cursor", b"text");
        assert!(
            [hash(2, b"cursor", b"text"), hash(1, b"cookie", b"text"), hash(1, b"cursor", b"test")]
                .iter()
                .all(|other| *other != one)
        );
    }

    #[test]
    fn a_tag_is_the_whole_hash_or_its_beginning() {
        let key = MacKey::new(&[7; 32]);
        let mut tag = key.hash(b"cursor", b"text");
        assert!(key.verify(b"cursor", b"text", &tag) && key.verify(b"cursor", b"text", &tag[..16]));
        assert!(!key.verify(b"cursor", b"text", b"") && !key.verify(b"cookie", b"text", &tag));
        assert!(!key.verify(b"cursor", b"text", &[&tag[..], b"x"].concat()));
        tag[15] ^= 1;
        assert!(!key.verify(b"cursor", b"text", &tag[..16]));
    }
}
