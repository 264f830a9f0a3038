//! Telephone numbers.

use std::fmt;

use super::text::{Controls, InvalidText, bounded};

/// A telephone number as people write it: 3 to 32 characters, digits and `+ - ( ) . / # x` and spaces, with
/// at least three digits. Personal data: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// The fewest characters, and the fewest digits.
    pub const MIN: usize = 3;
    /// The most characters.
    pub const MAX: usize = 32;

    /// Trims and checks `text`.
    ///
    /// # Errors
    /// [`InvalidText`] when it is no telephone number.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let text = bounded(text, Self::MAX, Controls::Refused)?;
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if digits >= Self::MIN && text.bytes().all(|b| b.is_ascii_digit() || b"+-()./#x ".contains(&b)) {
            Ok(Self(text))
        } else {
            Err(InvalidText::Form("must be a telephone number such as +44 20 7946 0018"))
        }
    }

    /// The number as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}
