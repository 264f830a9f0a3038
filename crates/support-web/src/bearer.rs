//! Bearer tokens.

/// The token of an `Authorization` header, `Bearer <token>` (RFC 6750, section 2.1). The scheme's letter case
/// does not count (RFC 9110, section 11.1), nor do spaces around the token.
///
/// `None` for another scheme, and for `Bearer` without a token: the token has at least one character
/// (`b64token` of RFC 6750), so this is no bearer token that does not hold but no bearer token.
#[must_use]
pub fn bearer_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_tokens_are_told_from_other_schemes() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer  abc "), Some("abc"));
        for other in ["", "Bearer", "Bearer ", "Bearer  ", "Basic abc", "abc", "Bearerabc"] {
            assert_eq!(bearer_token(other), None, "{other}");
        }
    }
}
