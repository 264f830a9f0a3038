//! Files at rest: each is sealed by a key of its own, chunk by chunk (the STREAM construction: Hoang,
//! Reyhanitabar, Rogaway and Vizár 2015, with ChaCha20-Poly1305 of RFC 8439).
//!
//! A nonce is the number of the chunk and whether it is the last, so chunks cannot be moved, left out or cut
//! off unseen. The key is drawn for one file and seals nothing else, so no nonce comes twice but with the
//! same bytes.

use bytes::Bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use rand::TryRng;
use rand::rngs::SysRng;
use support_domain::value::FileKey;
use uuid::Uuid;

use crate::error::Error;
use crate::limits::CHUNK;

/// Bytes that sealing adds to a chunk.
pub(crate) const TAG: usize = 16;

/// Draws the key of a new file.
pub(crate) fn generate_key() -> Result<FileKey, Error> {
    let mut key = FileKey([0; 32]);
    SysRng.try_fill_bytes(&mut key.0).map_err(Error::storage)?;
    Ok(key)
}

/// The size that a file of `size` bytes has when it is sealed.
pub(crate) const fn sealed_size(size: u64) -> u64 {
    size + size.div_ceil(CHUNK as u64) * TAG as u64
}

/// Seals or opens the chunks of one file, in order.
pub(crate) struct Sealing {
    cipher: ChaCha20Poly1305,
    id: Uuid,
    next: u64,
    last: u64,
}

impl Sealing {
    /// For the file of `size` bytes, at least one, that is kept under `id`.
    pub(crate) fn new(key: &FileKey, id: Uuid, size: u64) -> Self {
        let last = size.saturating_sub(1) / CHUNK as u64;
        Self { cipher: ChaCha20Poly1305::new(&Key::from(key.0)), id, next: 0, last }
    }

    /// Seals the next chunk.
    pub(crate) fn seal(&mut self, chunk: &[u8]) -> Result<Bytes, Error> {
        let nonce = self.nonce();
        let payload = Payload { msg: chunk, aad: self.id.as_bytes() };
        let sealed = self.cipher.encrypt(&nonce, payload);
        sealed.map(Bytes::from).map_err(|_| Error::Storage("a chunk could not be sealed".to_owned()))
    }

    /// Opens the next chunk.
    pub(crate) fn open(&mut self, chunk: &[u8]) -> Result<Bytes, Error> {
        let nonce = self.nonce();
        let payload = Payload { msg: chunk, aad: self.id.as_bytes() };
        self.cipher.decrypt(&nonce, payload).map(Bytes::from).map_err(|_| Error::Damaged(self.id))
    }

    /// Says whether the file has ended where it should.
    pub(crate) const fn finish(&self) -> Result<(), Error> {
        if self.next == self.last + 1 { Ok(()) } else { Err(Error::Damaged(self.id)) }
    }

    fn nonce(&mut self) -> Nonce {
        let mut nonce = [0; 12];
        let [_, _, _, is_last, number @ ..] = &mut nonce;
        *is_last = u8::from(self.next == self.last);
        *number = self.next.to_be_bytes();
        self.next += 1;
        Nonce::from(nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(1);

    fn sealed(size: usize) -> Vec<Bytes> {
        let mut sealing = Sealing::new(&FileKey([1; 32]), ID, size as u64);
        vec![7; size].chunks(CHUNK).map(|chunk| sealing.seal(chunk).expect("sealed")).collect()
    }

    /// Opens the chunks of a file of `size` bytes.
    fn open(key: u8, id: Uuid, size: usize, chunks: &[Bytes]) -> Result<usize, Error> {
        let mut opening = Sealing::new(&FileKey([key; 32]), id, size as u64);
        let mut length = 0;
        for chunk in chunks {
            length += opening.open(chunk)?.len();
        }
        opening.finish().map(|()| length)
    }

    #[test]
    fn files_of_every_size_come_back() {
        for size in [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let chunks = sealed(size);
            let total: usize = chunks.iter().map(Bytes::len).sum();
            assert_eq!(total as u64, sealed_size(size as u64));
            assert_eq!(open(1, ID, size, &chunks), Ok(size));
        }
    }

    #[test]
    fn whatever_is_done_to_chunks_is_damage() {
        let size = 2 * CHUNK + 5;
        let chunks = sealed(size);
        let damaged = Err(Error::Damaged(ID));
        let mut changed = chunks.clone();
        let mut bytes = changed[1].to_vec();
        bytes[9] ^= 1;
        changed[1] = bytes.into();
        assert_eq!(open(1, ID, size, &changed), damaged);
        assert_eq!(open(1, ID, size, &chunks[..2]), damaged, "cut off");
        assert_eq!(open(1, ID, 2 * CHUNK, &chunks[..2]), damaged, "cut off, and the size with it");
        assert_eq!(
            open(1, ID, size, &[chunks[1].clone(), chunks[0].clone(), chunks[2].clone()]),
            damaged,
            "moved"
        );
        assert_eq!(open(1, ID, size, &[chunks.clone(), chunks[2..].to_vec()].concat()), damaged, "repeated");
        assert_eq!(open(2, ID, size, &chunks), damaged, "another key");
        let other = Uuid::from_u128(2);
        assert_eq!(open(1, other, size, &chunks), Err(Error::Damaged(other)), "another file's place");
    }
}
