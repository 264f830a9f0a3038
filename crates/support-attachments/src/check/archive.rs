//! ZIP archives (PKWARE APPNOTE 6.3), as strictly as office documents are written: no byte belongs to
//! nothing, the two places that tell of an entry agree, and what it unpacks to is counted by unpacking it.

use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::bufread::DeflateDecoder;

use super::checked::{Checked, sound};
use super::source::Source;
use crate::read_at::fill_at;

/// What an archive begins with, unless it is empty.
pub(super) const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const CENTRAL_HEADER: [u8; 4] = *b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

const LOCAL_BYTES: u64 = 30;
const END_BYTES: u64 = 22;
/// Where the end can begin: before it stands at most a comment.
const MAX_TAIL: u64 = END_BYTES + 0xFFFF;

/// The most entries, and bytes of their names together.
const MAX_ENTRIES: usize = 5_000;
const MAX_NAMES: usize = 512 * 1024;
/// The most bytes that an archive unpacks to.
const MAX_UNPACKED: u64 = 100 * 1024 * 1024;
/// The most bytes that it unpacks to for each byte that it has; small archives are let be.
const MAX_RATIO: u64 = 100;
const SMALL: u64 = 1024 * 1024;

/// An entry is encrypted; its sizes and checksum stand behind its data.
const ENCRYPTED: u16 = 1;
const DESCRIPTOR: u16 = 1 << 3;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

const DAMAGED: &str = "its directory is damaged";
const BOMB: &str = "it unpacks to far more than its size";

/// How many bytes of what an entry unpacks to are shown to who asks.
const HEAD: usize = 4 * 1024;

/// Whether an archive ends in the file's last bytes, where an unpacker looks for it.
pub(super) fn has_end(file: &File, size: u64) -> io::Result<bool> {
    let mut tail = vec![0; usize::try_from(size.min(MAX_TAIL)).unwrap_or_default()];
    let length = fill_at(file, &mut tail, size - size.min(MAX_TAIL))?;
    tail.truncate(length);
    Ok(tail.windows(END.len()).any(|window| window == END))
}

/// What the directory tells of an entry.
pub(super) struct Entry {
    pub(super) name: String,
    flags: u16,
    method: u16,
    packed: u64,
    unpacked: u64,
    offset: u64,
}

/// An archive's directory.
pub(super) struct Directory<'f> {
    file: &'f File,
    size: u64,
    /// Where it begins, which is where the entries end.
    start: u64,
    /// By their place in the file.
    pub(super) entries: Vec<Entry>,
}

impl<'f> Directory<'f> {
    /// Reads it. The archive must fill the file to its last byte.
    pub(super) fn read(file: &'f File, size: u64) -> Checked<Self> {
        let Some(end) = size.checked_sub(END_BYTES) else { return Ok(Err(DAMAGED)) };
        let mut source = Source::new(file, size);
        sound!(source.skip(end));
        let record: [u8; 22] = sound!(source.take());
        let count = usize::from(u16_at(&record, 10));
        let (length, start) = (u64::from(u32_at(&record, 12)), u64::from(u32_at(&record, 16)));
        let is_whole = record.starts_with(END)
            && [u16_at(&record, 4), u16_at(&record, 6), u16_at(&record, 20)] == [0; 3]
            && usize::from(u16_at(&record, 8)) == count
            && start + length == end;
        if !is_whole || count == 0 || count > MAX_ENTRIES {
            return Ok(Err(DAMAGED));
        }
        let mut source = Source::new(file, end);
        sound!(source.skip(start));
        let mut entries = Vec::with_capacity(count);
        let mut names = 0;
        for _ in 0..count {
            let entry = sound!(read_entry(&mut source));
            names += entry.name.len();
            if names > MAX_NAMES {
                return Ok(Err(DAMAGED));
            }
            entries.push(entry);
        }
        if source.position() != end {
            return Ok(Err(DAMAGED));
        }
        entries.sort_by_key(|entry| entry.offset);
        Ok(Ok(Self { file, size, start, entries }))
    }

    /// Checks every entry, and lets `inspect` see the first bytes of what it unpacks to.
    pub(super) fn check(&self, inspect: impl Fn(&Entry, &[u8]) -> Result<(), &'static str>) -> Checked {
        let unpacked: u64 = self.entries.iter().map(|entry| entry.unpacked).sum();
        if unpacked > MAX_UNPACKED || (unpacked > SMALL && unpacked / self.size.max(1) > MAX_RATIO) {
            return Ok(Err(BOMB));
        }
        if !has_distinct_names(&self.entries) {
            return Ok(Err("two of its parts have one name"));
        }
        if self.entries.first().is_none_or(|entry| entry.offset != 0) {
            return Ok(Err("there is data before its parts"));
        }
        let ends = self.entries.iter().skip(1).map(|entry| entry.offset).chain([self.start]);
        for (entry, end) in self.entries.iter().zip(ends) {
            if let Err(why) = check_entry(entry) {
                return Ok(Err(why));
            }
            let data = sound!(self.locate(entry, end));
            let head = sound!(self.unpack(entry, data));
            if let Err(why) = inspect(entry, &head) {
                return Ok(Err(why));
            }
        }
        Ok(Ok(()))
    }

    /// The bytes of an entry that is not packed, if there are at most `limit`.
    pub(super) fn stored(&self, entry: &Entry, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let Ok(length) = usize::try_from(entry.unpacked) else { return Ok(None) };
        if entry.method != STORED || length > limit {
            return Ok(None);
        }
        let mut bytes = vec![0; length];
        let start = entry.offset + LOCAL_BYTES + entry.name.len() as u64;
        let read = fill_at(self.file, &mut bytes, start)?;
        Ok(Some(bytes).filter(|_| read == length))
    }

    /// Where an entry's data begins, if its own header says what the directory says and it fills the file up
    /// to `end`.
    fn locate(&self, entry: &Entry, end: u64) -> Checked<u64> {
        let mut source = Source::new(self.file, self.start);
        sound!(source.skip(entry.offset));
        let header: [u8; 30] = sound!(source.take());
        let (packed, unpacked) = (u64::from(u32_at(&header, 18)), u64::from(u32_at(&header, 22)));
        let has_descriptor = entry.flags & DESCRIPTOR != 0;
        let agrees = header.starts_with(LOCAL_HEADER)
            && u16_at(&header, 6) == entry.flags
            && u16_at(&header, 8) == entry.method
            && usize::from(u16_at(&header, 26)) == entry.name.len()
            && (has_descriptor || (packed, unpacked) == (entry.packed, entry.unpacked));
        if !agrees {
            return Ok(Err("its parts contradict its directory"));
        }
        for byte in entry.name.bytes() {
            if source.byte()? != Some(byte) {
                return Ok(Err("its parts contradict its directory"));
            }
        }
        sound!(source.skip(u16_at(&header, 28).into()));
        let data = source.position();
        match end.checked_sub(data + entry.packed) {
            Some(0) => Ok(Ok(data)),
            // With or without a signature, and with sizes of four or eight bytes.
            Some(12 | 16 | 20 | 24) if has_descriptor => Ok(Ok(data)),
            Some(_) => Ok(Err("there is data between its parts")),
            None => Ok(Err("its parts overlap")),
        }
    }

    /// Unpacks an entry; returns its first bytes.
    fn unpack(&self, entry: &Entry, data: u64) -> Checked<Vec<u8>> {
        let packed = Range { file: self.file, at: data, left: entry.packed };
        if entry.method == STORED {
            let mut head = Vec::new();
            packed.take(HEAD as u64).read_to_end(&mut head)?;
            return Ok(if entry.packed == entry.unpacked { Ok(head) } else { Err(DAMAGED) });
        }
        let mut decoder = DeflateDecoder::new(BufReader::with_capacity(16 * 1024, packed));
        let (mut head, mut buffer, mut count) = (Vec::new(), vec![0; 32 * 1024], 0_u64);
        loop {
            let length = match decoder.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(Err(DAMAGED)),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(Err(DAMAGED)),
                Err(error) => return Err(error),
            };
            count += length as u64;
            if count > entry.unpacked {
                return Ok(Err(BOMB));
            }
            let wanted = HEAD.saturating_sub(head.len()).min(length);
            head.extend_from_slice(buffer.get(..wanted).unwrap_or_default());
        }
        let is_whole = count == entry.unpacked && decoder.total_in() == entry.packed;
        Ok(if is_whole { Ok(head) } else { Err(DAMAGED) })
    }
}

fn read_entry(source: &mut Source<'_>) -> Checked<Entry> {
    let header: [u8; 46] = sound!(source.take());
    let mut name = vec![0; usize::from(u16_at(&header, 28))];
    for place in &mut name {
        *place = sound!(source.take::<1>())[0];
    }
    sound!(source.skip(u64::from(u16_at(&header, 30)) + u64::from(u16_at(&header, 32))));
    let Ok(name) = String::from_utf8(name) else { return Ok(Err(DAMAGED)) };
    if !header.starts_with(&CENTRAL_HEADER) {
        return Ok(Err(DAMAGED));
    }
    Ok(Ok(Entry {
        name,
        flags: u16_at(&header, 8),
        method: u16_at(&header, 10),
        packed: u32_at(&header, 20).into(),
        unpacked: u32_at(&header, 24).into(),
        offset: u32_at(&header, 42).into(),
    }))
}

fn check_entry(entry: &Entry) -> Result<(), &'static str> {
    if entry.flags & ENCRYPTED != 0 {
        return Err("it is encrypted");
    }
    if !matches!(entry.method, STORED | DEFLATED) {
        return Err("it is packed in an unknown way");
    }
    let is_outside = entry.name.split('/').any(|part| part == "..")
        || entry.name.starts_with('/')
        || entry.name.contains(['\\', ':'])
        || entry.name.chars().any(char::is_control);
    if entry.name.is_empty() || is_outside { Err("its parts have names that lead elsewhere") } else { Ok(()) }
}

fn has_distinct_names(entries: &[Entry]) -> bool {
    let mut names: Vec<String> = entries.iter().map(|entry| entry.name.to_lowercase()).collect();
    names.sort_unstable();
    names.is_sorted_by(|earlier, later| earlier != later)
}

/// A part of a file.
struct Range<'f> {
    file: &'f File,
    at: u64,
    left: u64,
}

impl Read for Range<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let length = fill_at(self.file, buffer.get_mut(..wanted).unwrap_or_default(), self.at)?;
        self.at += length as u64;
        self.left -= length as u64;
        Ok(length)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let field = bytes.get(at..at + 2).and_then(|field| field.try_into().ok());
    u16::from_le_bytes(field.unwrap_or_default())
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let field = bytes.get(at..at + 4).and_then(|field| field.try_into().ok());
    u32::from_le_bytes(field.unwrap_or_default())
}
