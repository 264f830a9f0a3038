//! Files to upload: small ones of every type, as programs write them, and what else is made of their parts.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// A PNG image of one pixel, with `extra` in a chunk of text.
#[must_use]
pub fn png(extra: &[u8]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    let mut chunk = |name: &[u8; 4], data: &[u8]| {
        file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
        file.extend(name);
        file.extend(data);
        file.extend(crc(&[name, data]).to_be_bytes());
    };
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    if !extra.is_empty() {
        chunk(b"tEXt", &[b"Comment\0", extra].concat());
    }
    // The two bytes of one row of one grey pixel, in zlib's form without compression.
    chunk(b"IDAT", &[0x78, 0x01, 0x01, 2, 0, 0xFD, 0xFF, 0, 0x7F, 0x00, 0x81, 0x00, 0x80]);
    chunk(b"IEND", &[]);
    file
}

/// A PNG image of `size` bytes, in which nothing repeats.
#[must_use]
pub fn png_of(size: usize) -> Vec<u8> {
    let frame = png(b"x").len() - 1;
    png(&noise(size - frame))
}

/// Bytes in which nothing repeats, none of which begins a tag.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [byte, ..] = state.to_le_bytes();
        if byte == b'<' { b'=' } else { byte }
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// A JPEG image in form: its coded part is no picture.
#[must_use]
pub fn jpeg() -> Vec<u8> {
    let mut file = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00".to_vec();
    file.extend(b"\xFF\xDB\x00\x43\x00");
    file.extend([1; 64]);
    file.extend(b"\xFF\xC0\x00\x0B\x08\x00\x01\x00\x01\x01\x01\x11\x00");
    file.extend(b"\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00\x12\xFF\x00\x34\xFF\xD0\x56\xFF\xD9");
    file
}

/// A GIF image of one pixel.
#[must_use]
pub fn gif() -> Vec<u8> {
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xFF\xFF\xFF!\xF9\x04\x01\x00\x00\x00\x00,\
      \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
        .to_vec()
}

/// A `WebP` image of one pixel, without loss.
#[must_use]
pub fn webp() -> Vec<u8> {
    b"RIFF\x1A\x00\x00\x00WEBPVP8L\x0D\x00\x00\x00\x2F\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xFE\x07\x00"
        .to_vec()
}

/// A PDF document without pages, with `extra` in a comment.
#[must_use]
pub fn pdf(extra: &str) -> Vec<u8> {
    format!(
        "%PDF-1.7\n%{extra}\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 \
         >>\nendobj\nxref\n0 3\ntrailer\n<< /Root 1 0 R /Size 3 >>\nstartxref\n100\n%%EOF\n"
    )
    .into_bytes()
}

/// A Word document with these further parts.
#[must_use]
pub fn docx(more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let types = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let document =
        format!("<?xml version=\"1.0\"?><w:document>{}</w:document>", "<w:p>Hello.</w:p>".repeat(50));
    let mut archive = Archive::default();
    archive.add("[Content_Types].xml", types.as_bytes());
    archive.add("_rels/.rels", b"<?xml version=\"1.0\"?><Relationships/>");
    archive.add("word/document.xml", document.as_bytes());
    for (name, content) in more {
        archive.add(name, content);
    }
    archive.finish()
}

/// An `OpenDocument` text.
#[must_use]
pub fn odt() -> Vec<u8> {
    let mut archive = Archive::default();
    archive.store("mimetype", b"application/vnd.oasis.opendocument.text");
    archive.add("content.xml", b"<?xml version=\"1.0\"?><office:document-content/>");
    archive.finish()
}

/// The file that every scanner takes for a virus, and that is none (EICAR). It is put together here, so that
/// no scanner takes the tests for one.
#[must_use]
pub fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS", "-TEST-FILE!$H+H*"].concat().into_bytes()
}

/// A ZIP archive in the making. Its fields are what a test may want to be wrong.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
    /// The flags of the next entries.
    pub flags: u16,
    /// How many bytes the next entries say that they unpack to, if not the truth.
    pub claimed: Option<u32>,
    /// The comment behind the end.
    pub comment: Vec<u8>,
}

impl Archive {
    /// Adds an entry, compressed.
    pub fn add(&mut self, name: &str, content: &[u8]) {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        // Writing into memory does not fail.
        let _ = encoder.write_all(content);
        let packed = encoder.finish().unwrap_or_default();
        self.entry(name, 8, &packed, content);
    }

    /// Adds an entry as it is.
    pub fn store(&mut self, name: &str, content: &[u8]) {
        self.entry(name, 0, content, content);
    }

    /// Adds bytes that belong to no entry.
    pub fn stray(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    fn entry(&mut self, name: &str, method: u16, packed: &[u8], content: &[u8]) {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let offset = length(&self.bytes);
        let mut common = Vec::new();
        common.extend([20, 0].iter().chain(&self.flags.to_le_bytes()).chain(&method.to_le_bytes()));
        // Midnight of the first day that it knows.
        common.extend([0, 0, 0x21, 0]);
        let sizes = [crc(&[content]), length(packed), self.claimed.unwrap_or_else(|| length(content))];
        common.extend(sizes.iter().flat_map(|number| number.to_le_bytes()));
        common.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        common.extend([0, 0]);
        self.bytes.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), packed].concat());
        // A comment, a disk, attributes.
        let own = [[0; 10].as_slice(), &offset.to_le_bytes()].concat();
        self.directory.extend([b"PK\x01\x02\x14\x00".as_slice(), &common, &own, name.as_bytes()].concat());
        self.count += 1;
    }

    /// The archive.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        let count = self.count.to_le_bytes();
        let (length, start) = (number(self.directory.len()), number(self.bytes.len()));
        let [first, second, ..] = number(self.comment.len());
        let end =
            [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &length, &start, &[first, second]].concat();
        [self.bytes, self.directory, end, self.comment].concat()
    }
}

fn crc(parts: &[&[u8]]) -> u32 {
    let mut crc = Crc::new();
    for part in parts {
        crc.update(part);
    }
    crc.sum()
}
