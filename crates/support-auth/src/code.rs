//! Codes of second factors as people type them.

use std::fmt;

use zeroize::Zeroizing;

/// A code as somebody typed it: one that their device shows, or a recovery code. `Debug` hides it; it is
/// wiped when it is dropped.
#[derive(Clone)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// The most characters of a code as somebody types it, with whatever they put between its groups.
    pub const MAX_LENGTH: usize = 64;

    /// Takes a code. Blanks and hyphens, which group its characters, and letter case do not count.
    ///
    /// # Errors
    /// When it is longer than any code.
    pub fn claim(text: &str) -> Result<Self, String> {
        if text.chars().nth(Self::MAX_LENGTH).is_some() {
            return Err(format!("must have at most {} characters", Self::MAX_LENGTH));
        }
        let kept = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        Ok(Self(Zeroizing::new(kept.map(|letter| letter.to_ascii_uppercase()).collect())))
    }

    /// Its characters, without what groups them, in capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_letter_case_do_not_count() {
        assert_eq!(Code::claim(" 123 456\n").expect("short").as_str(), "123456");
        assert_eq!(Code::claim("abcd-EFGH-2345").expect("short").as_str(), "ABCDEFGH2345");
        assert!(Code::claim(&"1".repeat(65)).is_err());
        assert_eq!(format!("{:?}", Code::claim("123456").expect("short")), "Code(…)");
    }
}
