//! Recovery codes, which stand in for the codes of a lost device, each once.

use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::base32::base32;
use crate::code::Code;
use crate::second_factor::RecoveryCodeHash;

/// How many codes a factor comes with.
const COUNT: usize = 10;
/// The random bytes of a code: 80 bits, so that a fast hash will do.
const BYTES: usize = 10;
/// The characters of each group of a code.
const GROUP: usize = 4;

/// Draws codes: what their owner is told, and what is stored.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn draw_all() -> Result<Vec<(String, RecoveryCodeHash)>, SysError> {
    std::iter::repeat_with(draw).take(COUNT).collect()
}

fn draw() -> Result<(String, RecoveryCodeHash), SysError> {
    let mut bytes = Zeroizing::new([0_u8; BYTES]);
    SysRng.try_fill_bytes(bytes.as_mut_slice())?;
    let code = Zeroizing::new(base32(bytes.as_slice()));
    let groups: Vec<String> =
        code.as_bytes().chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok((groups.join("-"), hash_of(&code)))
}

/// The hash of a code as somebody typed it, under which it is stored if it is one.
pub(crate) fn hash(code: &Code) -> RecoveryCodeHash {
    hash_of(code.as_str())
}

fn hash_of(code: &str) -> RecoveryCodeHash {
    RecoveryCodeHash(Sha256::digest(code.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_are_found_however_they_are_typed() {
        let codes = draw_all().expect("drawn");
        assert_eq!(codes.len(), COUNT);
        for (told, stored) in &codes {
            assert_eq!(told.len(), 19, "{told}");
            let typed = Code::claim(&told.to_lowercase().replace('-', " ")).expect("short");
            assert_eq!(hash(&typed), *stored);
            assert_eq!(codes.iter().filter(|(other, _)| other == told).count(), 1);
        }
    }
}
