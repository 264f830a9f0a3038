//! PDF: a header in front, and at the end `%%EOF`.

use std::fs::File;

use super::checked::Checked;
use super::source::{GOES_ON, is_padding};
use crate::read_at::fill_at;

/// How many bytes at the end hold the trailer's last lines.
const TAIL: u64 = 1024;

pub(super) fn check(file: &File, size: u64) -> Checked {
    let mut head = [0; 8];
    let length = fill_at(file, &mut head, 0)?;
    let version = head.get(..length).and_then(|head| head.strip_prefix(b"%PDF-"));
    if !version.is_some_and(|version| matches!(version, [b'1' | b'2', b'.', digit] if digit.is_ascii_digit()))
    {
        return Ok(Err("its header is damaged"));
    }
    let mut tail = vec![0; usize::try_from(size.min(TAIL)).unwrap_or_default()];
    let length = fill_at(file, &mut tail, size - size.min(TAIL))?;
    tail.truncate(length);
    while tail.last().copied().is_some_and(is_padding) {
        tail.pop();
    }
    if !tail.ends_with(b"%%EOF") {
        return Ok(Err(GOES_ON));
    }
    let has_table = tail.windows(9).any(|window| window == b"startxref");
    Ok(if has_table { Ok(()) } else { Err("its trailer is damaged") })
}
