//! Where a sign-in ends.

/// The most bytes of a path to return to.
const MAX_PATH: usize = 512;

/// A page of this service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Takes a path with its query. Whatever a browser could take for another host, or for a fragment, is
    /// refused.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#".contains(&byte));
        if text.len() > MAX_PATH {
            return Err("must have at most 512 characters");
        }
        if is_path && is_plain {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be a path of this service, such as /console")
        }
    }

    /// The path with its query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnTo {
    /// The root.
    fn default() -> Self {
        Self("/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_service_are_returned_to() {
        for good in ["/", "/console", "/console/tickets?status=open&x=//y", "/a:b@c"] {
            assert_eq!(ReturnTo::parse(good).map(|path| path.0), Ok(good.to_owned()));
        }
        let long = format!("/{}", "x".repeat(512));
        for bad in [
            "",
            "console",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/x#y",
            "/x\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            " /x",
            "/ä",
            "javascript:alert(1)",
            &long,
        ] {
            assert!(ReturnTo::parse(bad).is_err(), "{bad}");
        }
    }
}
