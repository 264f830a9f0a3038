//! The texts of requests, held to the lengths that the OpenAPI document tells.

use support_domain::value::{
    ClientMessageId, DepartmentName, Description, EmailAddress, InvalidText, MessageText, PersonName, Phone,
    Reason, Resolution, Subject, Tag,
};

/// A text of the domain.
pub trait Text: Sized {
    /// The most characters, white space around them included.
    const MAX: usize;
    /// Whether white space around the text counts; a message is trimmed before it is measured.
    const COUNTS_SPACE: bool = true;

    /// The domain's own parser.
    ///
    /// # Errors
    /// What is wrong with the text.
    fn parse_text(text: &str) -> Result<Self, InvalidText>;
}

/// Reads a text.
///
/// # Errors
/// What is wrong with it.
pub fn parse<T: Text>(text: &str) -> Result<T, InvalidText> {
    if T::COUNTS_SPACE && text.chars().nth(T::MAX).is_some() {
        return Err(InvalidText::TooLong { max: T::MAX });
    }
    T::parse_text(text)
}

macro_rules! texts {
    ($($name:ident),+) => {$(
        impl Text for $name {
            const MAX: usize = Self::MAX;

            fn parse_text(text: &str) -> Result<Self, InvalidText> {
                Self::parse(text)
            }
        }
    )+};
}

texts! {
    Subject, Description, Resolution, Reason, ClientMessageId, DepartmentName, Tag, PersonName, EmailAddress, Phone
}

impl Text for MessageText {
    const MAX: usize = Self::MAX;
    const COUNTS_SPACE: bool = false;

    fn parse_text(text: &str) -> Result<Self, InvalidText> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the longest text of the domain is as long as told here.
    fn holds<T: Text>(character: &str) -> bool {
        let (longest, longer) = (character.repeat(T::MAX), character.repeat(T::MAX + 1));
        T::parse_text(&longest).is_ok() && matches!(T::parse_text(&longer), Err(InvalidText::TooLong { .. }))
    }

    #[test]
    fn lengths_are_those_of_the_domain() {
        assert!(
            holds::<Subject>("x")
                && holds::<Description>("x")
                && holds::<Resolution>("x")
                && holds::<Reason>("x")
        );
        assert!(holds::<ClientMessageId>("x") && holds::<MessageText>("x") && holds::<Phone>("1"));
        assert!(holds::<DepartmentName>("x") && holds::<Tag>("x") && holds::<PersonName>("x"));
        let address = |length: usize| {
            format!("{}@{}.org", "x".repeat(64), format!("{}.", "y".repeat(60)).repeat(4))
                .chars()
                .take(length - 4)
                .chain(".org".chars())
                .collect::<String>()
        };
        assert!(parse::<EmailAddress>(&address(EmailAddress::MAX)).is_ok());
        assert!(parse::<EmailAddress>(&address(EmailAddress::MAX + 1)).is_err());
    }

    #[test]
    fn white_space_counts_except_around_messages() {
        assert!(parse::<Tag>(&format!("{} ", "x".repeat(49))).is_ok());
        assert!(parse::<Tag>(&format!("{} ", "x".repeat(50))).is_err());
        assert!(parse::<MessageText>(&format!("{}\n", "x".repeat(10_000))).is_ok());
    }
}
