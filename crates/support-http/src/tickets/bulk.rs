//! The same action on several tickets, one after the other.

use std::future::Future;

use actix_web::HttpResponse;
use support_api::problem::Problem;
use support_api::request::Bulk;
use support_api::ticket::{BulkItem, BulkResult, Ticket};
use support_domain::command::TicketKey;
use support_domain::error::{Error, StoreError};

use crate::failure::Failure;
use crate::middleware::RequestId;

/// Runs `action` on each ticket. What fails for one leaves the others standing, but once the database is away
/// or overloaded, the tickets that are left are not tried: each would only wait for the same answer.
pub(super) async fn run<A, F, Fut>(bulk: Bulk<A>, id: &RequestId, action: F) -> HttpResponse
where
    F: Fn(&A, TicketKey) -> Fut,
    Fut: Future<Output = Result<support_domain::entity::Ticket, Error>>,
{
    let mut results: Vec<BulkItem> = Vec::with_capacity(bulk.tickets.len());
    let mut stopped: Option<Problem> = None;
    for (ticket_id, key) in bulk.tickets {
        let outcome = match &stopped {
            Some(problem) => Err(problem.clone()),
            None => match action(&bulk.action, key).await {
                Ok(ticket) => Ok(Ticket::from(&ticket)),
                Err(error) => {
                    let away =
                        matches!(error, Error::Store(StoreError::Unavailable | StoreError::Overloaded));
                    let problem = problem(error, id);
                    stopped = away.then(|| problem.clone());
                    Err(problem)
                }
            },
        };
        results.push(match outcome {
            Ok(ticket) => BulkItem { ticket_id, ok: true, ticket: Some(ticket), error: None },
            Err(problem) => BulkItem { ticket_id, ok: false, ticket: None, error: Some(problem) },
        });
    }
    HttpResponse::Ok().json(BulkResult::from(results))
}

fn problem(error: Error, id: &RequestId) -> Problem {
    let failure = Failure::from(error);
    if let Some(cause) = failure.cause() {
        tracing::error!(cause, request_id = id.as_str(), "failed to act on one of several tickets");
    }
    Problem { request_id: id.as_str().to_owned(), ..failure.problem().clone() }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use actix_web::body::to_bytes;
    use actix_web::{FromRequest, HttpMessage, test::TestRequest};
    use serde_json::Value;
    use support_domain::error::Entity;

    use super::*;

    async fn outcome(errors: Vec<Option<Error>>) -> (Vec<Value>, usize) {
        let tickets = (1..=errors.len()).map(|n| format!("TKT-2026-{n:03}"));
        let tickets = tickets.filter_map(|name| TicketKey::parse(&name).map(|key| (name, key))).collect();
        let request = TestRequest::default().to_http_request();
        request
            .extensions_mut()
            .insert(RequestId::of(&request, &support_domain::memory::SequentialIds::default()));
        let id = RequestId::extract(&request).await.expect("an id");
        let (tried, errors) = (Cell::new(0), Cell::new(errors));
        let response = run(Bulk { tickets, action: () }, &id, |(), _| {
            let mut left = errors.take();
            let error = left.remove(0);
            errors.set(left);
            tried.set(tried.get() + 1);
            std::future::ready(Err(error.unwrap_or(Error::NotFound(Entity::Ticket))))
        })
        .await;
        let body = to_bytes(response.into_body()).await.expect("a body");
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((body["succeeded"].clone(), body["failed"].as_u64()), (Value::from(0), Some(3)));
        (body["results"].as_array().expect("results").clone(), tried.get())
    }

    #[actix_web::test]
    async fn one_failure_does_not_end_the_others_but_a_lost_database_does() {
        let (results, tried) = outcome(vec![None, None, None]).await;
        assert_eq!(tried, 3);
        assert_eq!(results[2]["ticketId"], "TKT-2026-003");
        assert_eq!(results[2]["error"]["code"], "not_found");
        assert!(!results[2]["error"]["requestId"].as_str().expect("an id").is_empty());
        let away = Some(Error::Store(StoreError::Unavailable));
        let (results, tried) = outcome(vec![None, away, None]).await;
        assert_eq!(tried, 2);
        let codes: Vec<&Value> = results.iter().map(|result| &result["error"]["code"]).collect();
        assert_eq!(codes, ["not_found", "unavailable", "unavailable"]);
    }
}
