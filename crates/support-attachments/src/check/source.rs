//! Reading a file from its beginning.

use std::fs::File;
use std::io;

use super::checked::Checked;
use crate::limits::CHUNK;
use crate::read_at::fill_at;

/// What is wrong with a file that ends too soon.
pub(super) const CUT_OFF: &str = "it is cut off";
/// What is wrong with a file that goes on too long.
pub(super) const GOES_ON: &str = "there is data behind its end";

/// A file that is read once, through one buffer.
pub(super) struct Source<'f> {
    file: &'f File,
    size: u64,
    /// Where the buffer begins.
    at: u64,
    buffer: Vec<u8>,
    /// How much of the buffer has been read.
    read: usize,
}

impl<'f> Source<'f> {
    pub(super) const fn new(file: &'f File, size: u64) -> Self {
        Self { file, size, at: 0, buffer: Vec::new(), read: 0 }
    }

    pub(super) const fn position(&self) -> u64 {
        self.at + self.read as u64
    }

    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// What is in the buffer and not read, which is empty at the end of the file alone.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        if self.read >= self.buffer.len() {
            self.at = self.position();
            self.buffer.resize(CHUNK, 0);
            let length = fill_at(self.file, &mut self.buffer, self.at)?;
            self.buffer.truncate(length);
            self.read = 0;
        }
        Ok(self.buffer.get(self.read..).unwrap_or_default())
    }

    /// The next byte, if there is one.
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?.first().copied();
        self.read += usize::from(byte.is_some());
        Ok(byte)
    }

    /// Goes past `count` bytes of what was peeked at.
    pub(super) fn advance(&mut self, count: usize) {
        self.read = (self.read + count).min(self.buffer.len());
    }

    /// The next `N` bytes.
    pub(super) fn take<const N: usize>(&mut self) -> Checked<[u8; N]> {
        let mut taken = [0; N];
        for place in &mut taken {
            match self.byte()? {
                Some(byte) => *place = byte,
                None => return Ok(Err(CUT_OFF)),
            }
        }
        Ok(Ok(taken))
    }

    /// Goes past `count` bytes, which must be there.
    #[expect(clippy::unnecessary_wraps, reason = "so that it is one step among others that read")]
    pub(super) fn skip(&mut self, count: u64) -> Checked {
        let to = self.position().saturating_add(count);
        if to > self.size {
            return Ok(Err(CUT_OFF));
        }
        let in_buffer = usize::try_from(to - self.at).ok().filter(|read| *read <= self.buffer.len());
        if let Some(read) = in_buffer {
            self.read = read;
        } else {
            (self.at, self.read) = (to, 0);
            self.buffer.clear();
        }
        Ok(Ok(()))
    }

    /// Goes past bytes of padding: spaces, line ends and zeros.
    pub(super) fn skip_padding(&mut self) -> io::Result<()> {
        loop {
            let held = self.peek()?;
            let padding = held.iter().take_while(|byte| is_padding(**byte)).count();
            let more = padding == held.len() && padding > 0;
            self.read += padding;
            if !more {
                return Ok(());
            }
        }
    }

    /// Checks that nothing but padding is left.
    pub(super) fn end(&mut self) -> Checked {
        self.skip_padding()?;
        Ok(if self.position() == self.size { Ok(()) } else { Err(GOES_ON) })
    }
}

pub(super) const fn is_padding(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | b'\r' | 0x0C | b' ')
}
