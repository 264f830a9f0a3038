//! The form that a file arrives in (RFC 7578), read piece by piece.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, DispositionParam};
use actix_web::rt::{self, time::Instant};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage, HttpRequest};
use futures_core::Stream;
use support_api::problem::Kind;
use support_attachments::{FileSource, MAX_BYTES, Refused};
use tokio::time::timeout_at;

use super::failure::{FILE, invalid};
use crate::failure::Failure;
use crate::limits::{BODY_TIMEOUT, DISCONNECT_TIMEOUT, MAX_FORM_BYTES, UPLOAD_TIMEOUT};

/// The most bytes of a request that brings a file.
const MAX_REQUEST: u64 = MAX_BYTES + MAX_FORM_BYTES;

/// For how long the body of a refused upload is held: longer than the connection takes to close.
const ABANDONED_FOR: Duration = DISCONNECT_TIMEOUT.saturating_mul(5);

/// Refuses by its head alone what cannot be a form with a file.
pub(super) fn check_head(request: &HttpRequest) -> Result<(), Failure> {
    if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
        let detail = "the content type must be multipart/form-data";
        return Err(Failure::new(Kind::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_REQUEST) {
        return Err(Refused::TooLarge.into());
    }
    Ok(())
}

/// A form with one file and nothing else, of which nothing is read before it is asked for.
pub(super) struct Form {
    multipart: Multipart,
    body: Rc<RefCell<Payload>>,
    is_too_long: Rc<Cell<bool>>,
    /// The part that is the file, while it is read.
    file: Option<Field>,
    /// Until when all of it must have come, once it is read.
    deadline: Option<Instant>,
    /// Whether it was read to its end.
    is_read: bool,
}

impl Form {
    pub(super) fn new(request: &HttpRequest, body: Payload) -> Self {
        let body = Rc::new(RefCell::new(body));
        let is_too_long = Rc::new(Cell::new(false));
        let limited =
            Limited { payload: Rc::clone(&body), left: MAX_REQUEST, is_too_long: Rc::clone(&is_too_long) };
        let multipart = Multipart::new(request.headers(), limited);
        Self { multipart, body, is_too_long, file: None, deadline: None, is_read: false }
    }

    /// Has the connection closed behind the answer if some of the body is left unread. The server would read
    /// on to the end of a body in chunks that nobody holds any more, however far that is; one that is held
    /// and not read makes it close.
    pub(super) fn abandon_unread(self) {
        if !self.is_read {
            let body = self.body;
            rt::spawn(async move {
                rt::time::sleep(ABANDONED_FOR).await;
                drop(body);
            });
        }
    }

    async fn part(&mut self) -> Result<Option<Field>, Failure> {
        let deadline = self.next_deadline();
        let next = poll_fn(|context| Pin::new(&mut self.multipart).poll_next(context));
        let next = timeout_at(deadline, next).await.map_err(|_| late())?;
        next.transpose().map_err(|error| self.failure(&error))
    }

    /// When the next piece must have come.
    fn next_deadline(&mut self) -> Instant {
        let now = Instant::now();
        let end = *self.deadline.get_or_insert(now + UPLOAD_TIMEOUT);
        end.min(now + BODY_TIMEOUT)
    }

    fn failure(&self, error: &MultipartError) -> Failure {
        if self.is_too_long.get() {
            return Refused::TooLarge.into();
        }
        let why = match error {
            MultipartError::Payload(PayloadError::Overflow) => {
                "the headers of a part are too long".to_owned()
            }
            MultipartError::Payload(error) => error.to_string(),
            other => other.to_string(),
        };
        Failure::new(Kind::MALFORMED, format!("the form could not be read: {why}"))
    }
}

impl FileSource for Form {
    type Error = Failure;

    async fn name(&mut self) -> Result<String, Failure> {
        let Some(part) = self.part().await? else {
            return Err(invalid(FILE, "the form must have a file"));
        };
        let Some(name) = file_name(&part) else { return Err(no_file(&part)) };
        self.file = Some(part);
        Ok(name)
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        let deadline = self.next_deadline();
        if let Some(file) = &mut self.file {
            let next = poll_fn(|context| Pin::new(&mut *file).poll_next(context));
            let next = timeout_at(deadline, next).await.map_err(|_| late())?;
            if let Some(piece) = next.transpose().map_err(|error| self.failure(&error))? {
                return Ok(Some(piece));
            }
            self.file = None;
        }
        match self.part().await? {
            Some(second) if file_name(&second).is_some() => {
                Err(invalid(FILE, "the form must have one file only"))
            }
            Some(second) => Err(no_file(&second)),
            None => {
                self.is_read = true;
                Ok(None)
            }
        }
    }
}

fn late() -> Failure {
    Failure::new(Kind::TIMEOUT, "the file did not come in time")
}

/// The name of a part that is a file, as it was sent.
fn file_name(part: &Field) -> Option<String> {
    let disposition = part.content_disposition()?;
    let extended = disposition.parameters.iter().find_map(|parameter| match parameter {
        DispositionParam::FilenameExt(name) => String::from_utf8(name.value.clone()).ok(),
        _ => None,
    });
    extended.or_else(|| disposition.get_filename().map(str::to_owned))
}

fn no_file(part: &Field) -> Failure {
    invalid(format!("/{}", part.name().unwrap_or_default()), "is no file, and the form has nothing else")
}

/// A body that ends with a failure as soon as more came of it than may: whatever stands around the file.
struct Limited {
    payload: Rc<RefCell<Payload>>,
    left: u64,
    is_too_long: Rc<Cell<bool>>,
}

impl Stream for Limited {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = ready!(Pin::new(&mut *self.payload.borrow_mut()).poll_next(context));
        if let Some(Ok(bytes)) = &piece {
            let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
                self.is_too_long.set(true);
                return Poll::Ready(Some(Err(PayloadError::Overflow)));
            };
            self.left = left;
        }
        Poll::Ready(piece)
    }
}
