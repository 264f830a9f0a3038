//! The one table from the errors of authentication to problems (RFC 9457).

use support_auth::{Error, ProviderError, Rejected};

use crate::problem::{self, Kind, Problem};

/// What a fault was is for the log, so it is not told here.
impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let kind = match error {
            Error::InvalidCredentials => Kind::INVALID_CREDENTIALS,
            Error::WrongPassword => Kind::WRONG_PASSWORD,
            Error::SecondFactorRequired => Kind::SECOND_FACTOR_REQUIRED,
            Error::InvalidCode => Kind::INVALID_CODE,
            Error::WrongCode => Kind::WRONG_CODE,
            Error::SecondFactorActive => Kind::SECOND_FACTOR_ACTIVE,
            Error::NoSecondFactor => Kind::NO_SECOND_FACTOR,
            Error::InvalidSession(_) => Kind::INVALID_SESSION,
            Error::NoOwnLogins | Error::Forbidden(_) => Kind::FORBIDDEN,
            Error::NoProvider => Kind::NO_PROVIDER,
            Error::SignInExpired => Kind::SIGN_IN_EXPIRED,
            Error::SignInRefused(_) => Kind::SIGN_IN_REFUSED,
            Error::UnknownIdentity => Kind::UNKNOWN_IDENTITY,
            Error::TooManyLogins | Error::TooManySignIns => Kind::OVERLOADED,
            Error::NotFound(_) => Kind::NOT_FOUND,
            Error::TooManyAttempts { retry_after } => return Self::rate_limited(*retry_after),
            Error::Provider(error) => return Self::from(error),
            Error::Store(error) => return Self::from(error),
            Error::Internal(_) => return Self::internal(),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<&ProviderError> for Problem {
    fn from(error: &ProviderError) -> Self {
        let (kind, detail) = match error {
            ProviderError::Unreachable(_) => {
                (Kind::PROVIDER_UNAVAILABLE, "the identity provider cannot be reached; try again later")
            }
            ProviderError::Misconfigured(_) => (
                Kind::PROVIDER_UNAVAILABLE,
                "the identity provider is set up otherwise than expected; the request id leads to the cause in the log",
            ),
            ProviderError::Refused(_) => {
                (Kind::SIGN_IN_REFUSED, "the identity provider did not accept the code")
            }
            ProviderError::InvalidToken(_) => {
                (Kind::SIGN_IN_REFUSED, "what the identity provider answered proves nothing")
            }
        };
        Self::new(kind, detail)
    }
}

/// What the bearer of an access token that was not accepted is told.
impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        let kind = match rejected {
            Rejected::Invalid(_) => Kind::INVALID_TOKEN,
            Rejected::Expired => Kind::EXPIRED_TOKEN,
        };
        Self::new(kind, rejected.to_string())
    }
}

/// What the log is to know of an error: the cause of a fault, which its problem does not tell.
#[must_use]
pub fn cause(error: &Error) -> Option<String> {
    match error {
        Error::Store(store) => problem::store_cause(store),
        Error::Provider(_) | Error::Internal(_) => Some(error.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use support_domain::error::{Entity, StoreError};

    use super::*;

    #[test]
    fn every_error_of_authentication_has_its_status_and_code() {
        let secret = || "secret".to_owned();
        let table = [
            (Error::InvalidCredentials, 401, "invalid_credentials"),
            (Error::WrongPassword, 403, "wrong_password"),
            (Error::SecondFactorRequired, 401, "second_factor_required"),
            (Error::InvalidCode, 401, "invalid_code"),
            (Error::WrongCode, 403, "wrong_code"),
            (Error::SecondFactorActive, 409, "second_factor_active"),
            (Error::NoSecondFactor, 409, "no_second_factor"),
            (Error::InvalidSession("over"), 401, "invalid_session"),
            (Error::NoOwnLogins, 403, "forbidden"),
            (Error::Forbidden("no"), 403, "forbidden"),
            (Error::NoProvider, 404, "no_identity_provider"),
            (Error::SignInExpired, 400, "sign_in_expired"),
            (Error::SignInRefused("access_denied".to_owned()), 403, "sign_in_refused"),
            (Error::UnknownIdentity, 403, "unknown_identity"),
            (ProviderError::Unreachable(secret()).into(), 503, "identity_provider_unavailable"),
            (ProviderError::Misconfigured(secret()).into(), 503, "identity_provider_unavailable"),
            (ProviderError::Refused(secret()).into(), 403, "sign_in_refused"),
            (ProviderError::InvalidToken("secret").into(), 403, "sign_in_refused"),
            (Error::TooManyAttempts { retry_after: 2 }, 429, "rate_limited"),
            (Error::TooManyLogins, 503, "overloaded"),
            (Error::TooManySignIns, 503, "overloaded"),
            (Error::NotFound(Entity::Identity), 404, "not_found"),
            (StoreError::Unavailable.into(), 503, "unavailable"),
            (StoreError::Internal(secret()).into(), 500, "internal_error"),
            (Error::Internal(secret()), 500, "internal_error"),
        ];
        for (error, status, code) in table {
            let problem = Problem::from(&error);
            assert_eq!((problem.status, problem.code.as_str()), (status, code), "{error:?}");
            assert!(!problem.detail.contains("secret"), "{error:?}");
            let has_cause = error.to_string().contains("secret");
            assert!(!has_cause || cause(&error).is_some_and(|cause| cause.contains("secret")), "{error:?}");
        }
        assert_eq!(
            Problem::from(&Error::TooManyAttempts { retry_after: 1 }).detail,
            "too many requests; try again in 1 second"
        );
    }

    #[test]
    fn bearers_are_told_what_is_wrong_with_their_token() {
        let told = |rejected| {
            let problem = Problem::from(rejected);
            (problem.status, problem.code, problem.detail)
        };
        let expected = |code: &str, detail: &str| (401, code.to_owned(), detail.to_owned());
        assert_eq!(told(Rejected::Expired), expected("expired_token", "the access token has expired"));
        let malformed = Rejected::Invalid("the token is malformed");
        assert_eq!(told(malformed), expected("invalid_token", "the token is malformed"));
    }
}
