//! JPEG: segments, each behind a marker, and between them the coded image. Cameras put further whole images
//! behind the first (CIPA DC-007), which is allowed; anything else behind it is not.

use std::io;

use super::checked::{Checked, sound};
use super::source::{CUT_OFF, Source};

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;

pub(super) fn check(source: &mut Source<'_>) -> Checked {
    loop {
        sound!(image(source));
        source.skip_padding()?;
        if source.position() == source.size() {
            return Ok(Ok(()));
        }
    }
}

fn image(source: &mut Source<'_>) -> Checked {
    if sound!(source.take::<2>()) != [0xFF, START] {
        return Ok(Err("there is data behind the end of the image"));
    }
    let mut marker = sound!(next_marker(source));
    let mut has_scan = false;
    loop {
        match marker {
            END if has_scan => return Ok(Ok(())),
            END => return Ok(Err("there is no image in it")),
            START => return Ok(Err("its segments are damaged")),
            // Markers that stand alone.
            0x01 | 0xD0..=0xD7 => {}
            _ => {
                let length = u16::from_be_bytes(sound!(source.take()));
                match length.checked_sub(2) {
                    Some(rest) => sound!(source.skip(rest.into())),
                    None => return Ok(Err("its segments are damaged")),
                }
            }
        }
        marker = if marker == SCAN {
            has_scan = true;
            sound!(after_scan(source))
        } else {
            sound!(next_marker(source))
        };
    }
}

/// The next marker, before which there may be any number of bytes `FF`.
fn next_marker(source: &mut Source<'_>) -> Checked<u8> {
    if source.byte()? != Some(0xFF) {
        return Ok(Err("its segments are damaged"));
    }
    marker_code(source)
}

fn marker_code(source: &mut Source<'_>) -> Checked<u8> {
    loop {
        match source.byte()? {
            Some(0xFF) => {}
            Some(code) => return Ok(Ok(code)),
            None => return Ok(Err(CUT_OFF)),
        }
    }
}

/// The marker behind the coded image, in which `FF` is followed by zero or by the number of a restart.
fn after_scan(source: &mut Source<'_>) -> Checked<u8> {
    loop {
        if !skip_to_ff(source)? {
            return Ok(Err(CUT_OFF));
        }
        match sound!(marker_code(source)) {
            0x00 | 0xD0..=0xD7 => {}
            code => return Ok(Ok(code)),
        }
    }
}

/// Goes past the next byte `FF`, if there is one.
fn skip_to_ff(source: &mut Source<'_>) -> io::Result<bool> {
    loop {
        let held = source.peek()?;
        if held.is_empty() {
            return Ok(false);
        }
        let found = held.iter().position(|byte| *byte == 0xFF);
        let count = found.map_or(held.len(), |place| place + 1);
        source.advance(count);
        if found.is_some() {
            return Ok(true);
        }
    }
}
