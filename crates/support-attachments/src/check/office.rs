//! Office documents: archives with certain parts. Any other archive is refused, as nobody can see what is in
//! it; and so is a document with macros, programs, or further archives and documents in it.

use std::fs::File;
use std::io;

use infer::MatcherType;

use super::archive::{Directory, Entry};
use super::checked::{Checked, sound};
use crate::kind::Kind;

/// The part of each kind that makes it one.
const MAIN_PARTS: &[(&str, Kind)] = &[
    ("word/document.xml", Kind::Docx),
    ("xl/workbook.xml", Kind::Xlsx),
    ("ppt/presentation.xml", Kind::Pptx),
];
/// The most bytes of the part by which an `OpenDocument` says what it is.
const MAX_TYPE: usize = 100;

/// Which document an archive is, if it is one.
pub(super) fn kind(file: &File, size: u64) -> io::Result<Option<Kind>> {
    let Ok(directory) = Directory::read(file, size)? else { return Ok(None) };
    let has = |name: &str| directory.entries.iter().any(|entry| entry.name == name);
    if has("[Content_Types].xml") {
        let mut kinds = MAIN_PARTS.iter().filter(|(part, _)| has(part)).map(|(_, kind)| *kind);
        return Ok(kinds.next().filter(|_| kinds.next().is_none()));
    }
    // It comes first and is not packed (ISO 26300-3, section 3.3).
    match directory.entries.first() {
        Some(first) if first.name == "mimetype" => {
            let media_type = directory.stored(first, MAX_TYPE)?;
            let media_type = media_type.and_then(|bytes| String::from_utf8(bytes).ok());
            let kind = media_type.and_then(|media_type| Kind::of_media_type(&media_type));
            Ok(kind.filter(|kind| matches!(kind, Kind::Odt | Kind::Ods | Kind::Odp)))
        }
        _ => Ok(None),
    }
}

pub(super) fn check(file: &File, size: u64) -> Checked {
    sound!(Directory::read(file, size)).check(inspect)
}

fn inspect(entry: &Entry, head: &[u8]) -> Result<(), &'static str> {
    let name = entry.name.to_lowercase();
    let is_macro = name.ends_with("vbaproject.bin")
        || name.starts_with("basic/")
        || name.starts_with("scripts/")
        || name.contains("/macrosheets/")
        || name.contains("/activex/");
    if is_macro {
        return Err("there are macros in it");
    }
    match infer::get(head).map(|found| found.matcher_type()) {
        Some(MatcherType::App) => Err("there is a program in it"),
        Some(MatcherType::Archive | MatcherType::Doc | MatcherType::Book) => {
            Err("there is an archive or another document in it")
        }
        _ => Ok(()),
    }
}
