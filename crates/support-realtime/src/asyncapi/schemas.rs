//! The schemas of the document, from the wire types' own descriptions.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// The schemas that a document refers to.
#[derive(Default)]
pub(super) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// A reference to the schema of a type, which is kept with all that it refers to.
    pub(super) fn reference<T: ToSchema>(&mut self) -> Value {
        let mut found = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut found);
        for (name, schema) in found {
            self.0.entry(name).or_insert_with(|| in_draft_7(json!(schema)));
        }
        json!({ "$ref": format!("#/components/schemas/{}", T::name()) })
    }

    /// All of them, by name.
    pub(super) fn into_components(self) -> Map<String, Value> {
        self.0.into_iter().collect()
    }
}

/// A schema in draft 7 of JSON Schema, as AsyncAPI has it: there, unlike in OpenAPI 3.1, what stands beside a
/// `$ref` is ignored.
fn in_draft_7(schema: Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut members: Map<_, _> =
                members.into_iter().map(|(name, member)| (name, in_draft_7(member))).collect();
            if members.len() > 1
                && let Some(reference) = members.remove("$ref")
            {
                members.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
            }
            Value::Object(members)
        }
        Value::Array(items) => items.into_iter().map(in_draft_7).collect(),
        other => other,
    }
}
