//! WebP: chunks in a RIFF container, which says how long it is.

use super::checked::{Checked, sound};
use super::source::Source;

pub(super) fn check(source: &mut Source<'_>) -> Checked {
    if sound!(source.take::<4>()) != *b"RIFF" {
        return Ok(Err("its container is damaged"));
    }
    let length = u64::from(u32::from_le_bytes(sound!(source.take())));
    let end = source.position() + length;
    if end > source.size() || sound!(source.take::<4>()) != *b"WEBP" {
        return Ok(Err("its container is damaged"));
    }
    let mut has_image = false;
    while source.position() < end {
        let name = sound!(source.take::<4>());
        let length = u64::from(u32::from_le_bytes(sound!(source.take())));
        has_image |= matches!(&name, b"VP8 " | b"VP8L" | b"ANMF");
        // Chunks have an even length; the byte that makes it so is not counted.
        let padded = length + length % 2;
        if !name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
            || source.position() + padded > end
        {
            return Ok(Err("its chunks are damaged"));
        }
        sound!(source.skip(padded));
    }
    if has_image { source.end() } else { Ok(Err("there is no image in it")) }
}
