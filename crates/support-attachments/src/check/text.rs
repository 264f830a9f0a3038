//! Text: UTF-8 that a person could have written, and that no program takes for a page or a script.

use std::fs::File;
use std::io;

use super::markers;
use crate::limits::CHUNK;
use crate::read_at::fill_at;

/// What begins markup, in small letters, without the `<` before it.
const MARKUP: &[&[u8]] =
    &[b"?xml", b"svg", b"body", b"head", b"style", b"object", b"embed", b"link", b"meta", b"form", b"math"];
/// How many bytes a window has of the one before: more than any sign, and than any character.
const OVERLAP: usize = 16;

/// Whether all of the file is text.
pub(super) fn is_plain(file: &File) -> io::Result<bool> {
    let mut window = vec![0; CHUNK];
    let mut at = 0;
    // Where in the window the text goes on that is known to be valid.
    let mut begin = 0;
    loop {
        let length = fill_at(file, &mut window, at)?;
        let held = window.get(..length).unwrap_or_default();
        let is_last = length < CHUNK;
        let valid = match std::str::from_utf8(held.get(begin..).unwrap_or_default()) {
            Ok(text) => text,
            // A character may go on in the next window.
            Err(error) if error.error_len().is_none() && !is_last => {
                let end = begin + error.valid_up_to();
                std::str::from_utf8(held.get(begin..end).unwrap_or_default()).unwrap_or_default()
            }
            Err(_) => return Ok(false),
        };
        if valid.chars().any(is_control) || markers::holds_page(held) || holds_markup(held) {
            return Ok(false);
        }
        if is_last {
            return Ok(true);
        }
        let end = begin + valid.len();
        at += (CHUNK - OVERLAP) as u64;
        begin = end - (CHUNK - OVERLAP);
    }
}

/// Tabs, line ends and page breaks are part of text; other controls steer terminals, or are no text at all.
fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{0C}')
}

fn holds_markup(bytes: &[u8]) -> bool {
    let signs = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<');
    signs.map(|(place, _)| bytes.get(place + 1..).unwrap_or_default()).any(|text| {
        MARKUP.iter().any(|beginning| {
            let Some((word, rest)) = text.split_at_checked(beginning.len()) else { return false };
            let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b':');
            word.eq_ignore_ascii_case(beginning) && rest.first().is_some_and(ends)
        })
    })
}
