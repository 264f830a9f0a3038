//! GIF: a screen, images and extensions, and a trailer.

use super::checked::{Checked, sound};
use super::source::{CUT_OFF, Source};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;

pub(super) fn check(source: &mut Source<'_>) -> Checked {
    let header = sound!(source.take::<6>());
    if !matches!(&header, b"GIF87a" | b"GIF89a") {
        return Ok(Err("its version is unknown"));
    }
    let [_, _, _, _, packed, _, _] = sound!(source.take::<7>());
    sound!(skip_colours(source, packed));
    loop {
        match source.byte()? {
            Some(TRAILER) => return source.end(),
            Some(EXTENSION) => {
                // Its label.
                sound!(source.skip(1));
                sound!(skip_blocks(source));
            }
            Some(IMAGE) => {
                let [.., packed] = sound!(source.take::<9>());
                sound!(skip_colours(source, packed));
                // The size of the codes.
                sound!(source.skip(1));
                sound!(skip_blocks(source));
            }
            Some(_) => return Ok(Err("its blocks are damaged")),
            None => return Ok(Err(CUT_OFF)),
        }
    }
}

/// Goes past a table of colours, if a packed field says that there is one.
fn skip_colours(source: &mut Source<'_>, packed: u8) -> Checked {
    if packed & 0x80 == 0 {
        return Ok(Ok(()));
    }
    source.skip(3 << ((packed & 0x07) + 1))
}

/// Goes past blocks, each behind its length, and the empty one that ends them.
fn skip_blocks(source: &mut Source<'_>) -> Checked {
    loop {
        match source.byte()? {
            Some(0) => return Ok(Ok(())),
            Some(length) => sound!(source.skip(length.into())),
            None => return Ok(Err(CUT_OFF)),
        }
    }
}
