//! Authenticated encryption: XChaCha20-Poly1305 with random nonces (RFC 8439, draft-irtf-cfrg-xchacha).

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand::TryRng;
use rand::rngs::SysRng;
use support_crypto::Secret;
use support_domain::error::StoreError;
use support_domain::port::StoreResult;
use zeroize::Zeroizing;

/// Bytes of a nonce: enough that random ones never meet.
const NONCE: usize = 24;

/// What was sealed is not what is being opened: it was changed, it was moved, or the key is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DecryptionFailed;

/// A random key.
pub(crate) fn draw() -> StoreResult<Secret> {
    let mut key = Secret::default();
    fill(key.as_mut_slice())?;
    Ok(key)
}

/// Seals `plain` for `place`, and appends nonce, ciphertext and tag to `sealed`.
pub(crate) fn seal(key: &Secret, place: &[u8], plain: &[u8], sealed: &mut Vec<u8>) -> StoreResult<()> {
    let mut nonce = [0_u8; NONCE];
    fill(&mut nonce)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(**key));
    let payload = Payload { msg: plain, aad: place };
    let text = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| StoreError::Internal("failed to seal personal data".to_owned()))?;
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&text);
    Ok(())
}

/// Opens what [`seal`] appended for the same place.
pub(crate) fn open(
    key: &Secret,
    place: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptionFailed> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(DecryptionFailed)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(**key));
    let payload = Payload { msg: text, aad: place };
    cipher.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| DecryptionFailed)
}

fn fill(bytes: &mut [u8]) -> StoreResult<()> {
    SysRng
        .try_fill_bytes(bytes)
        .map_err(|error| StoreError::Internal(format!("the system has no random numbers: {error}")))
}

#[cfg(test)]
mod tests {
    use support_crypto::derive;

    use super::*;

    #[test]
    fn what_is_sealed_is_opened_by_the_same_key_in_the_same_place_alone() {
        let (key, other) = (derive(b"k", b"one"), derive(b"k", b"two"));
        let mut sealed = Vec::new();
        seal(&key, b"here", b"text", &mut sealed).expect("sealed");
        assert_eq!(*open(&key, b"here", &sealed).expect("opened"), b"text");
        assert_eq!(open(&other, b"here", &sealed), Err(DecryptionFailed));
        assert_eq!(open(&key, b"there", &sealed), Err(DecryptionFailed));
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&key, b"here", &changed), Err(DecryptionFailed), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(open(&key, b"here", &sealed[..length]), Err(DecryptionFailed), "{length} bytes");
        }
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let key = draw().expect("drawn");
        let sealed = || {
            let mut sealed = Vec::new();
            seal(&key, b"", b"text", &mut sealed).expect("sealed");
            sealed
        };
        assert_ne!(sealed(), sealed());
    }
}
