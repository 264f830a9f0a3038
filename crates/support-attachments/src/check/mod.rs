//! What a file is, by its bytes alone: all of them, so that nothing can hide behind what it seems to be.
//! Neither its name nor its sender is believed. At most a few hundred kilobytes of it are held at a time.

mod archive;
mod checked;
mod gif;
mod jpeg;
mod markers;
mod office;
mod pdf;
mod png;
mod source;
#[cfg(test)]
mod tests;
mod text;
mod webp;

use std::fs::File;

use infer::MatcherType;

use self::checked::{Checked, sound};
use self::source::Source;
use crate::error::{Error, Refused};
use crate::kind::Kind;
use crate::read_at::fill_at;

/// How many bytes tell what a file may be.
const HEAD: usize = 4 * 1024;

/// Types that are text to look at and more than that to the programs that open them.
const PROGRAMS_IN_LETTERS: [&str; 2] = ["application/rtf", "application/postscript"];

/// Says what a file of `size` bytes is. Its `name` only tells comma-separated values from other text.
pub(crate) fn identify(file: &File, size: u64, name: &str) -> Result<Kind, Error> {
    let mut head = vec![0; HEAD];
    let length = fill_at(file, &mut head, 0).map_err(Error::storage)?;
    head.truncate(length);
    let kind = match guess(&head) {
        Sniffed::Is(kind) => kind,
        Sniffed::Archive => office::kind(file, size).map_err(Error::storage)?.ok_or(Refused::NotAllowed)?,
        Sniffed::Text if !text::is_plain(file).map_err(Error::storage)? => {
            return Err(Refused::NotAllowed.into());
        }
        Sniffed::Text if Kind::Csv.fits(name) => return Ok(Kind::Csv),
        Sniffed::Text => return Ok(Kind::Text),
        Sniffed::Other => return Err(Refused::NotAllowed.into()),
    };
    match check(file, size, kind).map_err(Error::storage)? {
        Ok(()) => Ok(kind),
        Err(why) => Err(Refused::Malformed { kind, why }.into()),
    }
}

/// What a file may be, by how it begins.
enum Sniffed {
    Is(Kind),
    /// An archive: perhaps an office document.
    Archive,
    /// Nothing known: perhaps text.
    Text,
    /// What is not allowed.
    Other,
}

fn guess(head: &[u8]) -> Sniffed {
    // Office documents are told by their contents, not by which of them comes first.
    if head.starts_with(archive::LOCAL_HEADER) {
        return Sniffed::Archive;
    }
    match infer::get(head) {
        None => Sniffed::Text,
        Some(found) => match (Kind::of_media_type(found.mime_type()), found.matcher_type()) {
            (Some(kind), _) => Sniffed::Is(kind),
            // Pages, scripts and documents in letters. Some other types are known by two letters, with which
            // a text may begin as well; what is not text does not pass for one.
            (None, MatcherType::Text | MatcherType::Doc) => Sniffed::Other,
            (None, _) if PROGRAMS_IN_LETTERS.contains(&found.mime_type()) => Sniffed::Other,
            (None, _) => Sniffed::Text,
        },
    }
}

/// Checks the whole of a file that begins as `kind` does.
fn check(file: &File, size: u64, kind: Kind) -> Checked {
    let mut source = Source::new(file, size);
    match kind {
        Kind::Png => sound!(png::check(&mut source)),
        Kind::Jpeg => sound!(jpeg::check(&mut source)),
        Kind::Gif => sound!(gif::check(&mut source)),
        Kind::WebP => sound!(webp::check(&mut source)),
        Kind::Pdf => sound!(pdf::check(file, size)),
        Kind::Docx | Kind::Xlsx | Kind::Pptx | Kind::Odt | Kind::Ods | Kind::Odp => {
            return office::check(file, size);
        }
        Kind::Csv | Kind::Text => return Ok(Ok(())),
    }
    markers::none(file, size, kind == Kind::Pdf)
}
