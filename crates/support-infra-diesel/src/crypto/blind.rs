//! Blind indexes: keyed hashes (HMAC-SHA-256) by which personal data is found without being readable. What
//! they tell a thief of the database is told in `docs/security.md`, "What the blind indexes tell".

use support_crypto::MacKey;
use support_domain::search;
use support_domain::value::{EmailAddress, IdempotencyKey, PersonName};

/// With this sign, which no word of a text has, each token begins: so none is taken for a word, nor a word
/// for it.
const MARK: char = '\u{e000}';
/// Characters of a token behind its mark, of five bits each.
const TOKEN: usize = 12;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The key of the blind indexes.
pub(crate) struct BlindIndex(MacKey);

impl BlindIndex {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(MacKey::new(key))
    }

    /// The hash by which a user is found who has this address.
    pub(crate) fn email(&self, email: &EmailAddress) -> Vec<u8> {
        self.0.hash(b"email", email.as_str().to_lowercase().as_bytes()).to_vec()
    }

    /// The hash by which a repeated request is found.
    pub(crate) fn request(&self, key: &IdempotencyKey) -> Vec<u8> {
        self.0.hash(b"request", key.as_str().as_bytes()).to_vec()
    }

    /// Hides or shows the fingerprint of the request with `key`: what it is combined with is known to holders
    /// of the key alone, so that nobody else can try which content has this fingerprint.
    pub(crate) fn mask(&self, actor: &[u8], key: &IdempotencyKey, fingerprint: [u8; 32]) -> [u8; 32] {
        let mask = self.0.hash(b"fingerprint", &[actor, key.as_str().as_bytes()].concat());
        let mut masked = fingerprint;
        masked.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
        masked
    }

    /// The tokens by which a ticket is found that has this customer: one for each beginning of each word of
    /// the name, each once.
    pub(crate) fn name(&self, name: &PersonName) -> Vec<String> {
        let mut tokens = Vec::new();
        for word in search::words(name.as_str()) {
            let ends = word.char_indices().skip(1).map(|(end, _)| end).chain([word.len()]);
            for beginning in ends.filter_map(|end| word.get(..end)) {
                let token = self.word(beginning);
                if !tokens.contains(&token) {
                    tokens.push(token);
                }
            }
        }
        tokens
    }

    /// The token of a word that a name is searched for.
    pub(crate) fn word(&self, word: &str) -> String {
        let hash = self.0.hash(b"name", word.as_bytes());
        let bits = hash.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letter = |n: usize| ALPHABET.get((bits >> (59 - 5 * n) & 31) as usize).copied().map(char::from);
        std::iter::once(MARK).chain((0..TOKEN).filter_map(letter)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blind(key: u8) -> BlindIndex {
        BlindIndex::new(&[key; 32])
    }

    #[test]
    fn every_beginning_of_every_word_has_a_token() {
        let tokens = blind(1).name(&PersonName::known("Ána O'An"));
        let expected: Vec<String> =
            ["á", "án", "ána", "o", "a", "an"].iter().map(|word| blind(1).word(word)).collect();
        assert_eq!(tokens, expected);
        assert!(tokens.iter().all(|token| token.chars().count() == 1 + TOKEN));
    }

    #[test]
    fn hashes_depend_on_key_and_use() {
        let address = EmailAddress::parse("Ana@Example.org").expect("an address");
        assert_eq!(blind(1).email(&address), blind(1).0.hash(b"email", b"ana@example.org"));
        assert_ne!(blind(1).email(&address), blind(2).email(&address));
        assert_ne!(blind(1).word("ana"), blind(2).word("ana"));
        let key = IdempotencyKey::parse("ana@example.org").expect("a key");
        assert_ne!(blind(1).request(&key), blind(1).email(&address));
    }

    #[test]
    fn a_mask_hides_and_shows() {
        let key = IdempotencyKey::parse("key").expect("a key");
        let hidden = blind(1).mask(b"actor", &key, [7; 32]);
        assert_ne!(hidden, [7; 32]);
        assert_eq!(blind(1).mask(b"actor", &key, hidden), [7; 32]);
        assert_ne!(blind(1).mask(b"other", &key, [7; 32]), hidden);
    }

    #[test]
    fn tokens_do_not_change_between_versions() {
        // HMAC-SHA-256 with a key of 32 bytes 1 over "name", a zero byte and "ana", computed independently.
        assert_eq!(blind(1).word("ana"), "\u{e000}wry46d7pjxsz");
    }
}
