//! Base32 (RFC 4648, section 6), as people type secrets and codes.

/// The alphabet.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The letters of `bytes`, without padding. All that is written so comes in groups of five bytes; a shorter
/// rest would be left out.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let group = |bytes: &[u8]| {
        let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        (0..8).rev().filter_map(move |place| ALPHABET.get((number >> (5 * place) & 31) as usize))
    };
    bytes.chunks_exact(5).flat_map(group).map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_rfc_4648() {
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
    }
}
