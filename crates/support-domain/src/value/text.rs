//! Bounded texts.

/// Why a text was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing left after trimming.
    #[error("must not be empty")]
    Empty,
    /// Too many characters.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// Control characters where none belong.
    #[error("must not contain control characters")]
    Control,
    /// Not of the form asked for.
    #[error("{0}")]
    Form(&'static str),
}

/// Which control characters a text may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Controls {
    /// None: a single line.
    Refused,
    /// Newline and tab; others are refused.
    Lines,
    /// Newline and tab; others are dropped.
    Dropped,
}

/// Trims `text` and holds it to its limits, in characters.
pub(super) fn bounded(text: &str, max: usize, controls: Controls) -> Result<String, InvalidText> {
    let kept = |c: char| !c.is_control() || (controls != Controls::Refused && matches!(c, '\n' | '\t'));
    let text: String = match controls {
        Controls::Dropped => text.chars().filter(|c| kept(*c)).collect::<String>().trim().to_owned(),
        Controls::Lines => text.replace("\r\n", "\n").trim().to_owned(),
        Controls::Refused => text.trim().to_owned(),
    };
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    if text.chars().nth(max).is_some() {
        return Err(InvalidText::TooLong { max });
    }
    if !text.chars().all(kept) {
        return Err(InvalidText::Control);
    }
    Ok(text)
}

macro_rules! text {
    ($($(#[$doc:meta])* $name:ident: $max:literal, $controls:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The most characters.
            pub const MAX: usize = $max;

            /// Trims and checks `text`.
            ///
            /// # Errors
            /// [`InvalidText`] when it is empty, too long, or holds control characters that do not belong.
            pub fn parse(text: &str) -> Result<Self, InvalidText> {
                bounded(text, Self::MAX, Controls::$controls).map(Self)
            }

            /// A text that the program itself gives.
            #[must_use]
            pub fn known(text: &'static str) -> Self {
                Self(text.to_owned())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, for keeping.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

text! {
    /// A ticket's subject: one line of 1 to 200 characters.
    Subject: 200, Refused;
    /// A ticket's description: 1 to 20,000 characters.
    Description: 20_000, Lines;
    /// How a ticket was resolved: 1 to 10,000 characters.
    Resolution: 10_000, Lines;
    /// Why a ticket is escalated: 1 to 2,000 characters.
    Reason: 2_000, Lines;
    /// A chat message: 1 to 10,000 characters; control characters other than newline and tab are dropped
    /// (`docs/contract.md`, section 2.10).
    MessageText: 10_000, Dropped;
    /// A client's own name for a message, by which a repeated send is recognised: 1 to 200 characters.
    ClientMessageId: 200, Refused;
    /// A client's own name for a request, by which a repetition is recognised: 1 to 255 characters.
    IdempotencyKey: 255, Refused;
}

impl MessageText {
    /// The beginning of the text on one line, at most `max` characters, for a history entry or a
    /// notification.
    #[must_use]
    pub fn excerpt(&self, max: usize) -> String {
        let line = self.0.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(max) {
            None => line,
            Some((end, _)) => line.get(..end).map(|head| format!("{head}…")).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_bounded_in_characters() {
        assert_eq!(Subject::parse("  Card ate my pin ").expect("valid").as_str(), "Card ate my pin");
        assert_eq!(Subject::parse(" \t "), Err(InvalidText::Empty));
        assert!(Subject::parse(&"ä".repeat(200)).is_ok());
        assert_eq!(Subject::parse(&"ä".repeat(201)), Err(InvalidText::TooLong { max: 200 }));
        assert_eq!(Subject::parse("two\nlines"), Err(InvalidText::Control));
        assert_eq!(Description::parse("a\0b"), Err(InvalidText::Control));
        assert_eq!(Description::parse("a\r\nb").expect("valid").as_str(), "a\nb");
    }

    #[test]
    fn messages_lose_control_characters_but_keep_lines() {
        assert_eq!(MessageText::parse("a\0b\u{7}\n\tc\r").expect("valid").as_str(), "ab\n\tc");
        assert_eq!(MessageText::parse("\0\u{1}"), Err(InvalidText::Empty));
    }

    #[test]
    fn excerpts_end_with_an_ellipsis_when_cut() {
        let text = MessageText::parse("We're looking\ninto it").expect("valid");
        assert_eq!(text.excerpt(100), "We're looking into it");
        assert_eq!(text.excerpt(5), "We're…");
    }
}
