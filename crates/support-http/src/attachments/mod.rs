//! Files of tickets.

pub(crate) mod download;
mod form;
pub(crate) mod upload;

use support_api::problem::InvalidField;
use support_api::problem::Kind;
use support_attachments::{Error, Refused};

use crate::failure::Failure;

/// Where a form's file is, for validation failures.
const FILE: &str = "/file";

/// The failure of a form that has something else than one file.
fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Failure {
    Failure::validation(vec![InvalidField { pointer: pointer.into(), detail: detail.into() }])
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let away = |what: &str| {
            let detail = format!("{what} cannot be reached; try again later");
            Self::with_cause(Kind::UNAVAILABLE, detail, error.to_string())
        };
        match &error {
            Error::Refused(Refused::Empty) => invalid(FILE, Refused::Empty.to_string()),
            Error::Refused(Refused::TooLarge) => {
                Self::new(Kind::PAYLOAD_TOO_LARGE, Refused::TooLarge.to_string())
            }
            Error::Refused(Refused::NotAllowed) => {
                let allowed: Vec<&str> =
                    support_attachments::Kind::ALL.iter().map(|kind| kind.media_type()).collect();
                let detail = format!("{}: {}", Refused::NotAllowed, allowed.join(", "));
                Self::new(Kind::UNSUPPORTED_MEDIA_TYPE, detail)
            }
            Error::Refused(refused @ Refused::Malformed { .. }) => {
                Self::new(Kind::ATTACHMENT_REFUSED, refused.to_string())
            }
            Error::Busy => Self::new(Kind::OVERLOADED, "too many files arrive at once; try again later"),
            Error::Scanner(_) => away("the scanner, without which no file is taken,"),
            Error::Storage(_) => away("the storage of attachments"),
            Error::Missing | Error::Damaged(_) => Self::internal(error.to_string()),
        }
    }
}
