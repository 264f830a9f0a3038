//! Cursors: places in lists that callers hand back but cannot make up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The bytes of a tag: enough that guessing one is hopeless, few enough for a short cursor.
const TAG: usize = 16;

/// The block of SHA-256 in bytes, to which HMAC fills up its key with zeros (RFC 2104).
const BLOCK: usize = 64;

/// The key under which cursors are made. All nodes of a service have the same one.
pub struct CursorKey(Zeroizing<[u8; BLOCK]>);

impl CursorKey {
    /// Takes a key, which is used for nothing else.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK]);
        for (to, from) in block.iter_mut().zip(key) {
            *to = from;
        }
        Self(block)
    }

    /// Makes the cursor of a place in a list. `list` names the list and its order: elsewhere the cursor does
    /// not hold.
    pub(crate) fn seal(&self, list: &str, place: &[u8]) -> String {
        let tag = self.mac(list, place).finalize().into_bytes();
        let mut bytes = place.to_vec();
        bytes.extend_from_slice(tag.get(..TAG).unwrap_or(&tag));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place of a cursor that [`CursorKey::seal`] made for the same list; `None` for any other text.
    pub(crate) fn open<const N: usize>(&self, list: &str, cursor: &str) -> Option<[u8; N]> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (place, tag) = bytes.split_at_checked(N)?;
        if tag.len() != TAG || self.mac(list, place).verify_truncated_left(tag).is_err() {
            return None;
        }
        place.try_into().ok()
    }

    fn mac(&self, list: &str, place: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*self.0).into());
        mac.update(list.as_bytes());
        mac.update(&[0]);
        mac.update(place);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_holds_for_its_list_and_its_key_alone() {
        let key = CursorKey::new([7; 32]);
        let cursor = key.seal("tickets", b"place");
        assert_eq!(key.open("tickets", &cursor), Some(*b"place"));
        assert_eq!(key.open::<5>("history", &cursor), None);
        assert_eq!(key.open::<4>("tickets", &cursor), None);
        assert_eq!(CursorKey::new([8; 32]).open::<5>("tickets", &cursor), None);
    }

    #[test]
    fn changed_and_made_up_cursors_do_not_hold() {
        let key = CursorKey::new([7; 32]);
        let mut bytes = URL_SAFE_NO_PAD.decode(key.seal("tickets", b"place")).expect("base64");
        for index in 0..bytes.len() {
            bytes[index] ^= 1;
            assert_eq!(key.open::<5>("tickets", &URL_SAFE_NO_PAD.encode(&bytes)), None, "byte {index}");
            bytes[index] ^= 1;
        }
        for made_up in ["", "x", "AAAA", "ä", "a b", "place"] {
            assert_eq!(key.open::<5>("tickets", made_up), None, "{made_up}");
        }
    }
}
