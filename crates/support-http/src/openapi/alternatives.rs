//! Requests whose fields exclude or need each other: their schemas are split into one for each alternative.

use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Components, RefOr};

/// Splits the schemas that need it.
pub(super) fn split(components: &mut Components) {
    for name in ["EscalateTicket", "BulkEscalate"] {
        replace(components, name, |whole| exclusive(whole, &["agentId", "department", "tier"]));
    }
    for name in ["UpdateTicket", "BulkStatus"] {
        replace(components, name, resolution_goes_with_resolved);
    }
}

fn replace(components: &mut Components, name: &str, alternatives: impl FnOnce(&Object) -> Vec<Object>) {
    if let Some(RefOr::T(schema)) = components.schemas.get_mut(name)
        && let Schema::Object(whole) = schema
    {
        let one_of = OneOfBuilder::new().description(whole.description.clone());
        *schema = alternatives(whole).into_iter().fold(one_of, OneOfBuilder::item).into();
    }
}

/// One alternative with each of `fields`, and one with none of them.
fn exclusive(whole: &Object, fields: &[&str]) -> Vec<Object> {
    let with = |kept: Option<&str>| {
        let mut object = whole.clone();
        object.properties.retain(|name, _| !fields.contains(&name.as_str()) || Some(name.as_str()) == kept);
        object.required.extend(kept.map(str::to_owned));
        object
    };
    let mut alternatives: Vec<Object> = fields.iter().map(|field| with(Some(field))).collect();
    alternatives.push(with(None));
    alternatives
}

/// One alternative that resolves with a resolution, and one that does neither.
fn resolution_goes_with_resolved(whole: &Object) -> Vec<Object> {
    let statuses = |resolved: bool| {
        let names = support_domain::value::Status::ALL
            .iter()
            .filter(|status| (**status == support_domain::value::Status::Resolved) == resolved);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A new status."))
            .enum_values(Some(names.map(|status| status.as_str().to_owned())))
            .build()
    };
    let mut resolving = whole.clone();
    resolving.properties.insert("status".to_owned(), statuses(true).into());
    resolving.required.extend(["status".to_owned(), "resolution".to_owned()]);
    resolving.required.sort_unstable();
    resolving.required.dedup();
    let mut other = whole.clone();
    other.properties.insert("status".to_owned(), statuses(false).into());
    other.properties.remove("resolution");
    vec![resolving, other]
}
