//! The OpenAPI document, made from the handlers' attributes.
//!
//! Handlers name what is particular to them. What follows from an operation's form is added here: the
//! failures that a body, a parameter or a token brings along, and the problem document of every failure.

mod alternatives;
mod failures;
mod limits;

use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use crate::routes::Operations;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Support System",
        description = "A helpdesk: tickets, conversations, agents, departments and history. Times are RFC 3339 in UTC \
                       with milliseconds; values of closed sets are read in any letter case, with `_` for `-` as \
                       well; every failure is a problem document (RFC 9457)."
    ),
    components(schemas(support_api::problem::Problem)),
    security(("bearer" = [])),
    tags(
        (name = "tickets", description = "Customers' requests and what is done about them."),
        (name = "messages", description = "The conversations of tickets."),
        (name = "agents", description = "The support staff."),
        (name = "departments", description = "The units that tickets belong to and agents work in."),
        (name = "customers", description = "What is held on customers: giving it out and erasing it."),
        (name = "notifications", description = "What the caller was told in the app."),
        (name = "auth", description = "Logins, and the second factor of staff."),
        (name = "service", description = "The service about itself.")
    )
)]
struct Document;

/// The OpenAPI 3.1 document of the interface.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(Operations::openapi());
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    if let Some(components) = &mut document.components {
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        alternatives::split(components);
        limits::describe(components);
    }
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    never_null(parameter);
                }
            }
            failures::complete(operation);
            limits::complete(operation);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// A parameter that may be absent is never null: there is no null in an address or a header.
fn never_null(parameter: &mut Parameter) {
    let Some(schema) = &mut parameter.schema else { return };
    match schema {
        RefOr::T(Schema::Object(object)) => strip_null(&mut object.schema_type),
        RefOr::T(Schema::Array(array)) => strip_null(&mut array.schema_type),
        RefOr::T(Schema::OneOf(one_of)) => {
            one_of.items.retain(|item| !is_null(item));
            if let [_] = one_of.items.as_slice()
                && let Some(only) = one_of.items.pop()
            {
                *schema = only;
            }
        }
        _ => {}
    }
}

fn strip_null(schema_type: &mut SchemaType) {
    if let SchemaType::Array(types) = schema_type {
        types.retain(|kind| *kind != Type::Null);
        if let [only] = types.as_slice() {
            *schema_type = SchemaType::Type(only.clone());
        }
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::routes::ROUTES;

    fn document() -> Value {
        serde_json::to_value(openapi()).expect("JSON")
    }

    /// Calls `visit` with every value and where it stands.
    fn walk(value: &Value, at: &str, visit: &mut impl FnMut(&str, &Value)) {
        visit(at, value);
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    walk(member, &format!("{at}/{name}"), visit);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{at}/{index}"), visit);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let document = document();
        let described: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .expect("paths")
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("an item").keys().cloned();
                methods.map(|method| (path.clone(), method)).collect::<Vec<_>>()
            })
            .collect();
        let routes: BTreeSet<(String, String)> = ROUTES
            .iter()
            .flat_map(|(path, methods)| {
                methods.iter().map(|method| ((*path).to_owned(), (*method).to_owned()))
            })
            .collect();
        assert_eq!(described, routes);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        walk(&document, "", &mut |at, value| {
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').expect("a local reference");
                assert!(document.pointer(pointer).is_some(), "{at} refers to {reference}");
            }
        });
    }

    #[test]
    fn every_failure_is_a_problem_document() {
        let document = document();
        let mut failures = 0;
        walk(&document["paths"], "", &mut |at, value| {
            let status = at.rsplit_once("/responses/").and_then(|(_, status)| status.parse::<u16>().ok());
            if status.is_some_and(|status| status >= 400) {
                failures += 1;
                let schema = &value["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{at}");
                assert!(!value["description"].as_str().unwrap_or_default().is_empty(), "{at}");
            }
        });
        assert!(failures > 100);
    }

    #[test]
    fn everything_but_logins_and_the_service_itself_needs_a_token() {
        let document = document();
        assert_eq!(document["security"], serde_json::json!([{"bearer": []}]));
        for (path, item) in document["paths"].as_object().expect("paths") {
            for operation in item.as_object().expect("an item").values() {
                let public = operation.get("security").is_some();
                let expected =
                    !path.starts_with("/support/") && path != "/auth/me" && !path.starts_with("/auth/totp");
                assert_eq!(public, expected, "{path}");
                assert!(public || operation["responses"].get("401").is_some(), "{path}");
            }
        }
    }
}
