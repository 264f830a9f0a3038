//! Lets a request that was begun be finished.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt;
use tracing::Instrument;

use crate::failure::Failure;

/// Answers in a task of its own. If the caller hangs up, a command that was committed is still published; if
/// the handler panics, the caller gets a 500.
pub(crate) async fn detach(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let head = request.request().clone();
    let task = rt::spawn(next.call(request).instrument(tracing::Span::current()));
    Ok(match task.await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => ServiceResponse::from_err(error, head),
        Err(error) => {
            let cause = match error.try_into_panic() {
                Ok(panic) => format!("the handler panicked: {}", message(panic.as_ref())),
                Err(error) => format!("the handler was stopped: {error}"),
            };
            ServiceResponse::from_err(Failure::internal(cause), head)
        }
    })
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
