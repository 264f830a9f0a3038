//! The form that a file arrives in (RFC 7578), read piece by piece.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, DispositionParam};
use actix_web::rt::{self, time::timeout};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage, http};
use futures_core::Stream;
use support_api::problem::Kind;
use support_attachments::{AttachmentStore, MAX_BYTES, Refused, UploadWriter, clean};

use super::{FILE, invalid};
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
        return Err(support_attachments::Error::from(Refused::TooLarge).into());
    }
    Ok(())
}

/// The body of an upload, of which some may be left unread when the upload is refused.
pub(super) struct UploadBody(Rc<RefCell<Payload>>);

impl UploadBody {
    pub(super) fn new(payload: Payload) -> Self {
        Self(Rc::new(RefCell::new(payload)))
    }

    /// Has the connection closed behind the answer. The server would read on to the end of a body in chunks
    /// that nobody holds any more, however far that is; one that is held and not read makes it close.
    pub(super) fn abandon(self) {
        rt::spawn(async move {
            rt::time::sleep(ABANDONED_FOR).await;
            drop(self);
        });
    }
}

/// Reads the form's one file; returns its clean name and what arrived.
pub(super) async fn receive(
    headers: &http::header::HeaderMap,
    body: &UploadBody,
    attachment_store: &AttachmentStore,
) -> Result<(String, UploadWriter), Failure> {
    let payload = Rc::clone(&body.0);
    let is_too_long = Rc::new(Cell::new(false));
    let limited = Limited { payload, left: MAX_REQUEST, is_too_long: Rc::clone(&is_too_long) };
    let form = Form { multipart: Multipart::new(headers, limited), is_too_long };
    in_time(UPLOAD_TIMEOUT, form.file(attachment_store)).await?
}

/// A form, and whether more of it came than may.
struct Form {
    multipart: Multipart,
    is_too_long: Rc<Cell<bool>>,
}

impl Form {
    async fn file(mut self, attachment_store: &AttachmentStore) -> Result<(String, UploadWriter), Failure> {
        let Some(mut part) = self.part().await? else {
            return Err(invalid(FILE, "the form must have a file"));
        };
        let Some(name) = file_name(&part) else { return Err(no_file(&part)) };
        let name = clean(&name).map_err(|error| invalid(FILE, error.to_string()))?;
        let mut incoming = attachment_store.receive().await?;
        while let Some(piece) = self.piece(&mut part).await? {
            incoming.write(&piece).await?;
        }
        drop(part);
        match self.part().await? {
            Some(second) if file_name(&second).is_some() => {
                Err(invalid(FILE, "the form must have one file only"))
            }
            Some(second) => Err(no_file(&second)),
            None => Ok((name, incoming)),
        }
    }

    async fn part(&mut self) -> Result<Option<Field>, Failure> {
        let next = poll_fn(|context| Pin::new(&mut self.multipart).poll_next(context));
        let next = in_time(BODY_TIMEOUT, next).await?;
        next.transpose().map_err(|error| self.failure(&error))
    }

    async fn piece(&self, part: &mut Field) -> Result<Option<Bytes>, Failure> {
        let next = poll_fn(|context| Pin::new(&mut *part).poll_next(context));
        let next = in_time(BODY_TIMEOUT, next).await?;
        next.transpose().map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &MultipartError) -> Failure {
        if self.is_too_long.get() {
            return support_attachments::Error::from(Refused::TooLarge).into();
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

async fn in_time<T>(limit: Duration, what: impl Future<Output = T>) -> Result<T, Failure> {
    let late = |_| Failure::new(Kind::TIMEOUT, "the file did not come in time");
    timeout(limit, what).await.map_err(late)
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
