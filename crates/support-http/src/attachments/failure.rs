//! What callers are told when a file is not taken or not served.

use support_api::problem::{InvalidField, Kind};
use support_attachments::{Error, Refused, ServiceError};

use crate::failure::Failure;

/// Where a form's file is, for validation failures.
pub(super) const FILE: &str = "/file";

/// The failure of a form that has something else than one file.
pub(super) fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Failure {
    Failure::validation(vec![InvalidField { pointer: pointer.into(), detail: detail.into() }])
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Desk(error) => error.into(),
            ServiceError::File(error) => error.into(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let away = |what: &str| {
            let detail = format!("{what} cannot be reached; try again later");
            Self::with_cause(Kind::UNAVAILABLE, detail, error.to_string())
        };
        match &error {
            Error::Refused(refused) => Self::from(*refused),
            Error::Busy => Self::new(Kind::OVERLOADED, "too many files arrive at once; try again later"),
            Error::Scanner(_) => away("the scanner, without which no file is taken,"),
            Error::Storage(_) => away("the storage of attachments"),
            Error::Missing | Error::Damaged(_) => Self::internal(error.to_string()),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let told = refused.to_string();
        match refused {
            Refused::NameTooLong | Refused::Empty => invalid(FILE, told),
            Refused::TooLarge => Self::new(Kind::PAYLOAD_TOO_LARGE, told),
            Refused::NotAllowed => {
                let allowed: Vec<&str> =
                    support_attachments::Kind::ALL.iter().map(|kind| kind.media_type()).collect();
                Self::new(Kind::UNSUPPORTED_MEDIA_TYPE, format!("{told}: {}", allowed.join(", ")))
            }
            Refused::Malformed { .. } => Self::new(Kind::ATTACHMENT_REFUSED, told),
            Refused::Infected => Self::new(Kind::ATTACHMENT_INFECTED, told),
        }
    }
}
