//! What answers say of limits.

use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, HeaderBuilder, ObjectBuilder, Ref, RefOr, Type};

const HEADERS: [(&str, Type, &str); 5] = [
    ("RateLimit-Policy", Type::String, "Every limit that the request falls under, as a structured field."),
    ("RateLimit", Type::String, "What is left of each of them, as a structured field."),
    ("RateLimit-Limit", Type::Integer, "How many requests the tightest limit takes at once."),
    ("RateLimit-Remaining", Type::Integer, "How many more it would take now."),
    ("RateLimit-Reset", Type::Integer, "In how many seconds it would take all of them again."),
];

/// Describes the headers.
pub(super) fn describe(components: &mut Components) {
    for (name, kind, description) in HEADERS {
        let schema = ObjectBuilder::new().schema_type(kind);
        let description = format!("{description} Absent where limits are off.");
        let header = HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build();
        components.headers.insert(name.to_owned(), header.into());
    }
}

/// Refers to them from what a limited operation answers: the one that may answer 429.
pub(super) fn complete(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    if !responses.contains_key("429") {
        return;
    }
    for (status, response) in responses {
        // Other failures carry them too, but there is no use for them there.
        if let RefOr::T(response) = response
            && (status.starts_with('2') || status == "429")
        {
            let refer =
                |name: &str| (name.to_owned(), RefOr::Ref(Ref::new(format!("#/components/headers/{name}"))));
            response.headers.extend(HEADERS.map(|(name, ..)| refer(name)));
        }
    }
}
