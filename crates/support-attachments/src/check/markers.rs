//! Signs of a second format within a file of a first: what a browser, a viewer or an unpacker would take the
//! file for if it looked elsewhere than at its beginning.

use std::fs::File;

use super::archive;
use super::checked::Checked;
use crate::limits::CHUNK;
use crate::read_at::fill_at;

/// What begins pages and scripts, in small letters, without the `<` before it. Each is long enough that
/// compressed data of 10 MiB holds it by chance less than once in a hundred thousand files; a short one
/// counts with what ends a word.
const BEGINNINGS: &[&[u8]] = &[b"!doctype", b"script", b"iframe", b"html", b"?php"];
/// How many bytes behind a `<` are looked at.
const LONGEST: usize = 9;
/// Viewers take a file for a PDF document that begins anywhere in as many first bytes.
const PDF_HEAD: usize = 1024;

/// Checks that there are none. A PDF document may begin as one.
pub(super) fn none(file: &File, size: u64, is_pdf: bool) -> Checked {
    if archive::has_end(file, size)? {
        return Ok(Err("there is an archive in it"));
    }
    // Each window begins with the last bytes of the one before.
    let mut window = vec![0; CHUNK];
    let mut at = 0;
    loop {
        let length = fill_at(file, &mut window, at)?;
        let held = window.get(..length).unwrap_or_default();
        if at == 0 && !is_pdf && holds_pdf(held) {
            return Ok(Err("there is a PDF document in it"));
        }
        if holds_page(held) {
            return Ok(Err("there is a web page or a script in it"));
        }
        if length < CHUNK {
            return Ok(Ok(()));
        }
        at += (CHUNK - LONGEST) as u64;
    }
}

fn holds_pdf(head: &[u8]) -> bool {
    head.get(..head.len().min(PDF_HEAD)).unwrap_or_default().windows(5).any(|window| window == b"%PDF-")
}

pub(super) fn holds_page(bytes: &[u8]) -> bool {
    let signs = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<');
    signs.map(|(place, _)| bytes.get(place + 1..).unwrap_or_default()).any(begins_page)
}

fn begins_page(text: &[u8]) -> bool {
    BEGINNINGS.iter().any(|beginning| {
        let Some((word, rest)) = text.split_at_checked(beginning.len()) else { return false };
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        word.eq_ignore_ascii_case(beginning) && (beginning.len() > 6 || rest.first().is_some_and(ends))
    })
}
