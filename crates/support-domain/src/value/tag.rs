//! Tags.

use super::text::{Controls, InvalidText, bounded};

/// The most tags on one ticket.
pub const MAX_TAGS: usize = 20;

/// A label on a ticket: 1 to 50 characters on one line, in lower case, without commas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// The most characters.
    pub const MAX: usize = 50;

    /// Trims, lowers and checks `text`.
    ///
    /// # Errors
    /// [`InvalidText`] when it is empty, too long, or has control characters or a comma.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        // Lowered first: there are letters that become two.
        let text = bounded(&text.to_lowercase(), Self::MAX, Controls::Refused)?;
        if text.contains(',') { Err(InvalidText::Form("must not contain a comma")) } else { Ok(Self(text)) }
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The tags of one ticket: at most [`MAX_TAGS`], each once, in the order they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// Keeps each tag once.
    ///
    /// # Errors
    /// [`InvalidText`] when more than [`MAX_TAGS`] remain.
    pub fn new(tags: impl IntoIterator<Item = Tag>) -> Result<Self, InvalidText> {
        let mut kept: Vec<Tag> = Vec::new();
        for tag in tags {
            if !kept.contains(&tag) {
                kept.push(tag);
            }
        }
        if kept.len() > MAX_TAGS {
            return Err(InvalidText::Form("must have at most 20 tags"));
        }
        Ok(Self(kept))
    }

    /// The tags in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Tag] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_bounded_as_it_is_kept() {
        let tag = Tag::parse(" VIP ").expect("valid");
        assert_eq!(Tag::parse(tag.as_str()), Ok(tag));
        assert_eq!(Tag::parse(&"İ".repeat(50)), Err(InvalidText::TooLong { max: 50 }));
        assert!(Tag::parse("a,b").is_err());
    }
}
