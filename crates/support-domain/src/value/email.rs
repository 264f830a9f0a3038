//! E-mail addresses.

use std::fmt;

use super::text::InvalidText;

/// An e-mail address, kept in lower case so that addresses compare as people expect. Personal data: `Debug`
/// hides it.
///
/// The form is the one browsers take for `<input type=email>` (HTML, "valid e-mail address"), with a dot in
/// the domain, at most [`EmailAddress::MAX`] characters and [`EmailAddress::MAX_LOCAL`] before the `@`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The most characters (RFC 5321, section 4.5.3.1.3, less the brackets).
    pub const MAX: usize = 254;
    /// The most characters before the `@` (RFC 5321, section 4.5.3.1.1).
    pub const MAX_LOCAL: usize = 64;

    /// Trims and checks `text`.
    ///
    /// # Errors
    /// [`InvalidText`] when it is no address.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.len() > Self::MAX {
            return Err(InvalidText::TooLong { max: Self::MAX });
        }
        let valid = text.rsplit_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
        if valid {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(InvalidText::Form("must be an e-mail address such as name@example.com"))
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local(text: &str) -> bool {
    (1..=EmailAddress::MAX_LOCAL).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b))
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        assert_eq!(EmailAddress::parse(" Ana@Example.COM ").expect("valid").as_str(), "ana@example.com");
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "a b@example.com",
            "ana@localhost",
            "ana@-x.org",
            "a@b..c",
            "ä@b.c",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
    }
}
