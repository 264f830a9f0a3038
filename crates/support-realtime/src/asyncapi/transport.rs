//! What the descriptions of both transports have in common.

use serde_json::{Map, Value, json};

/// One transport: a channel's messages, and the operations on it.
pub(super) struct Transport {
    channel: &'static str,
    pub(super) messages: Map<String, Value>,
    pub(super) operations: Map<String, Value>,
}

/// What there is to say about a message or an operation.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) name: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
}

impl Transport {
    pub(super) fn new(channel: &'static str) -> Self {
        Self { channel, messages: Map::new(), operations: Map::new() }
    }

    /// A message that may pass: a schema, and an example that fits it.
    pub(super) fn message(&mut self, key: &str, about: About<'_>, schema: &Value, example: &Value) {
        let message = json!({
            "name": about.name,
            "title": about.title,
            "summary": about.description,
            "payload": schema,
            "examples": [{ "payload": example }],
        });
        self.messages.insert(key.to_owned(), message);
    }

    /// The client says the message of this name, and is answered with one of `replies` if it asks for an
    /// answer.
    pub(super) fn receives(&mut self, about: About<'_>, replies: &[&str]) {
        let mut operation = self.operation("receive", about);
        let reply = json!({
            "channel": self.itself(),
            "messages": replies.iter().map(|key| self.reference(key)).collect::<Vec<_>>(),
        });
        operation.insert("reply".to_owned(), reply);
        self.add(about.name, operation);
    }

    /// The server says the message of this name.
    pub(super) fn sends(&mut self, about: About<'_>) {
        let operation = self.operation("send", about);
        self.add(about.name, operation);
    }

    fn operation(&self, action: &str, about: About<'_>) -> Map<String, Value> {
        [
            ("action", json!(action)),
            ("title", json!(about.title)),
            ("summary", json!(about.description)),
            ("channel", self.itself()),
            ("messages", json!([self.reference(about.name)])),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    fn add(&mut self, name: &str, operation: Map<String, Value>) {
        self.operations.insert(format!("{}_{name}", self.channel), Value::Object(operation));
    }

    fn itself(&self) -> Value {
        json!({ "$ref": format!("#/channels/{}", self.channel) })
    }

    fn reference(&self, key: &str) -> Value {
        json!({ "$ref": format!("#/channels/{}/messages/{key}", self.channel) })
    }
}
