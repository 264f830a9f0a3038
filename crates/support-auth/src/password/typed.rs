//! Passwords as people type them.

use std::fmt;

use zeroize::Zeroizing;

/// A password as somebody typed it. `Debug` hides it; it is wiped when it is dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The fewest characters of a new password (NIST SP 800-63B, section 3.1.1.2).
    pub const MIN_LENGTH: usize = 8;
    /// The most characters of a password: enough for any passphrase, too few to keep the hasher busy.
    pub const MAX_LENGTH: usize = 256;

    /// Takes a password that somebody chooses.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn choose(text: &str) -> Result<Self, String> {
        if text.chars().count() < Self::MIN_LENGTH {
            return Err(format!("must have at least {} characters", Self::MIN_LENGTH));
        }
        Self::claim(text)
    }

    /// Takes a password that somebody claims to have; whether it is one is for the hash to tell.
    ///
    /// # Errors
    /// When it is longer than any password.
    pub fn claim(text: &str) -> Result<Self, String> {
        if text.chars().nth(Self::MAX_LENGTH).is_some() {
            return Err(format!("must have at most {} characters", Self::MAX_LENGTH));
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The bytes to hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(Password::choose("ä234567").is_err());
        assert!(Password::choose("ä2345678").is_ok());
        assert!(Password::choose(&"ä".repeat(256)).is_ok());
        assert!(Password::choose(&"ä".repeat(257)).is_err());
        assert!(Password::claim("").is_ok());
        assert!(Password::claim(&"ä".repeat(257)).is_err());
        assert_eq!(format!("{:?}", Password::claim("secret").expect("short")), "Password(…)");
    }
}
