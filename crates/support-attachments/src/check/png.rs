//! PNG: a signature and chunks, the last of which is `IEND`.

use super::checked::{Checked, sound};
use super::source::Source;

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1A\n";

pub(super) fn check(source: &mut Source<'_>) -> Checked {
    if sound!(source.take::<8>()) != *SIGNATURE {
        return Ok(Err("its signature is damaged"));
    }
    let mut is_first = true;
    loop {
        let length = u32::from_be_bytes(sound!(source.take()));
        let name = sound!(source.take::<4>());
        if !name.iter().all(u8::is_ascii_alphabetic) || (is_first && name != *b"IHDR") {
            return Ok(Err("its chunks are damaged"));
        }
        is_first = false;
        // Behind the data stands a checksum.
        sound!(source.skip(u64::from(length) + 4));
        if name == *b"IEND" {
            return if length == 0 { source.end() } else { Ok(Err("its last chunk is not empty")) };
        }
    }
}
