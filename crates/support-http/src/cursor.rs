//! Cursors: places in lists that callers hand back but cannot make up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use support_crypto::MacKey;

/// The bytes of a tag: enough that guessing one is hopeless, few enough for a short cursor.
const TAG: usize = 16;

/// The key under which cursors are made. All nodes of a service have the same one.
pub struct CursorKey(MacKey);

impl CursorKey {
    /// Takes a key, which is used for nothing else.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(MacKey::new(&key))
    }

    /// Makes the cursor of a place in a list. `list` names the list and its order: elsewhere the cursor does
    /// not hold.
    pub(crate) fn seal(&self, list: &str, place: &[u8]) -> String {
        let tag = self.0.hash(list.as_bytes(), place);
        let mut bytes = place.to_vec();
        bytes.extend_from_slice(tag.get(..TAG).unwrap_or(&tag));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place of a cursor that [`CursorKey::seal`] made for the same list; `None` for any other text.
    pub(crate) fn open<const N: usize>(&self, list: &str, cursor: &str) -> Option<[u8; N]> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (place, tag) = bytes.split_at_checked(N)?;
        if tag.len() != TAG || !self.0.verify(list.as_bytes(), place, tag) {
            return None;
        }
        place.try_into().ok()
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
