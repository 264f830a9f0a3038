//! Fingerprints of JSON bodies.

use serde_json::Value;
use sha2::{Digest, Sha256};
use support_domain::value::Fingerprint;

/// SHA-256 over a body's canonical form: the members of objects sorted by name, no white space. So bodies
/// that say the same have the same one, however they are written.
pub(crate) fn of(body: &Value) -> Fingerprint {
    let mut text = String::new();
    write(body, &mut text);
    Fingerprint(Sha256::digest(text.as_bytes()).into())
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (name, member) in sorted {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(member, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_that_say_the_same_have_the_same_fingerprint() {
        let written = |text: &str| of(&serde_json::from_str(text).expect("JSON"));
        let one = written(r#"{"a": 1, "b": {"c": ["x", null], "d": "é"}}"#);
        assert_eq!(one, written(r#"{"b":{"d":"\u00e9","c":["x",null]},"a":1}"#));
        for other in
            [json!({"a": 1}), json!({"a": 1, "b": {"c": [null, "x"], "d": "é"}}), json!([]), json!("")]
        {
            assert_ne!(one, of(&other));
        }
        assert_ne!(of(&json!(["a,b"])), of(&json!(["a", "b"])));
    }
}
