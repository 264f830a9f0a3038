//! The failures of operations.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Type,
};

use crate::middleware::PROBLEM_JSON;

/// Adds the failures that follow from an operation's form, and describes all of them.
pub(super) fn complete(operation: &mut Operation) {
    for status in implied(operation) {
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| Response::new("").into());
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.required = Some(Required::True);
    }
    for (status, response) in &mut operation.responses.responses {
        if status.starts_with(['4', '5']) {
            *response = problem(status);
        }
    }
}

fn implied(operation: &Operation) -> Vec<u16> {
    let mut statuses = vec![500, 503];
    // Parameters that nobody knows are refused everywhere but where the service speaks of itself.
    if operation.tags.iter().flatten().all(|tag| tag != "service") {
        statuses.extend([400, 422]);
    }
    // Without requirements of its own an operation has those of the document: a token.
    if operation.security.is_none() {
        statuses.push(401);
    }
    if operation.request_body.is_some() {
        statuses.extend([408, 413, 415]);
    }
    for parameter in operation.parameters.iter().flatten() {
        match parameter {
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path => statuses.push(404),
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
                statuses.push(414);
            }
            _ => {}
        }
    }
    statuses
}

fn problem(status: &str) -> RefOr<Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(description(status)).content(PROBLEM_JSON, content);
    let header = |kind: Type, description: &str| {
        let schema = ObjectBuilder::new().schema_type(kind);
        HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
    };
    let response = match status {
        "401" => response.header("WWW-Authenticate", header(Type::String, "`Bearer`.")),
        "429" | "503" => {
            response.header("Retry-After", header(Type::Integer, "In how many seconds to try again."))
        }
        _ => response,
    };
    response.build().into()
}

fn description(status: &str) -> &'static str {
    match status {
        "400" => "The request is malformed.",
        "401" => "There is no token, or one that does not hold.",
        "403" => "The caller's role may not do this.",
        "404" => "Absent, or not visible to the caller.",
        "408" => "The body did not come in time.",
        "409" => "The rules refuse it; `code` says which.",
        "412" => "The ticket has another version than `If-Match` asks for.",
        "413" => "The body is too large.",
        "414" => "The address is too long.",
        "415" => "The body is not of a type that is taken.",
        "422" => "Fields or parameters do not fit; `errors` names them.",
        "429" => "More requests than the caller may make.",
        "503" => "Overloaded, or without the database.",
        _ => "A fault of the service.",
    }
}
