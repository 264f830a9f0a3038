//! What is said over each transport, as text.

use serde_json::{Map, Value, json};

use super::{Answer, Event, Transport};

/// What the server says in one text frame.
pub(super) enum Said {
    Event(Event),
    Answer(u64, Answer),
    /// Whether the namespace was joined.
    Entry(Answer),
    /// The heartbeat of Engine.IO.
    Ping,
    /// Something that a test need not know.
    Nothing,
    /// Something that it must not say.
    Nonsense,
}

/// The packet by which the namespace of Socket.IO is joined.
pub(super) fn connect(token: Option<&str>) -> String {
    match token {
        Some(token) => format!("40/support,{}", json!({ "token": token })),
        None => "40/support,".to_owned(),
    }
}

/// An event of a client's, with a number if it is to be answered.
pub(super) fn event(transport: Transport, name: &str, data: &Value, number: Option<u64>) -> String {
    match transport {
        Transport::Plain => {
            let mut frame = Map::new();
            frame.insert("event".into(), name.into());
            frame.insert("data".into(), data.clone());
            frame.extend(number.map(|number| ("id".into(), number.into())));
            Value::Object(frame).to_string()
        }
        Transport::SocketIo => {
            let number = number.map(|number| number.to_string()).unwrap_or_default();
            format!("42/support,{number}{}", json!([name, data]))
        }
    }
}

/// Reads a frame of the server's.
pub(super) fn read(transport: Transport, text: &str) -> Said {
    match transport {
        Transport::Plain => plain(text),
        Transport::SocketIo => engine(text),
    }
    .unwrap_or(Said::Nonsense)
}

fn plain(text: &str) -> Option<Said> {
    let Value::Object(mut frame) = serde_json::from_str(text).ok()? else { return None };
    let data = frame.remove("data")?;
    let number = frame.remove("id");
    let Value::String(name) = frame.remove("event")? else { return None };
    if !frame.is_empty() {
        return None;
    }
    Some(match (name.as_str(), number) {
        ("ack", Some(number)) => Said::Answer(number.as_u64()?, Ok(data)),
        ("error", Some(number)) => Said::Answer(number.as_u64()?, Err(data)),
        (_, Some(_)) | ("ack", None) => return None,
        (_, None) => Said::Event(Event { name, data }),
    })
}

/// A packet of Engine.IO.
fn engine(text: &str) -> Option<Said> {
    match text.split_at_checked(1)? {
        ("0" | "6", _) => Some(Said::Nothing),
        ("2", "") => Some(Said::Ping),
        ("4", packet) => socket(packet),
        _ => None,
    }
}

/// A packet of Socket.IO, without attachments, in the namespace.
fn socket(packet: &str) -> Option<Said> {
    let (kind, rest) = packet.split_at_checked(1)?;
    let rest = rest.strip_prefix("/support,").or_else(|| rest.strip_prefix("/support"))?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, json) = rest.split_at_checked(digits)?;
    let value: Value = if json.is_empty() { Value::Null } else { serde_json::from_str(json).ok()? };
    match (kind, number, value) {
        ("0", "", Value::Object(entry)) if entry.keys().eq(["sid"]) => Some(Said::Entry(Ok(json!({})))),
        ("1", "", Value::Null) => Some(Said::Nothing),
        ("2", "", Value::Array(arguments)) => match <[Value; 2]>::try_from(arguments) {
            Ok([Value::String(name), data]) => Some(Said::Event(Event { name, data })),
            _ => None,
        },
        ("3", number, Value::Array(arguments)) => {
            let [answer] = <[Value; 1]>::try_from(arguments).ok()?;
            Some(Said::Answer(number.parse().ok()?, acknowledged(answer)?))
        }
        ("4", "", mut refusal) => {
            refusal.get("message")?.as_str()?;
            Some(Said::Entry(Err(refusal.get_mut("data")?.take())))
        }
        _ => None,
    }
}

/// `{ok: true, …}` as what it holds, `{ok: false, error}` as the error.
fn acknowledged(answer: Value) -> Option<Answer> {
    let Value::Object(mut answer) = answer else { return None };
    match answer.remove("ok")? {
        Value::Bool(true) => Some(Ok(Value::Object(answer))),
        Value::Bool(false) if answer.len() == 1 => Some(Err(answer.remove("error")?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_transports_say_the_same() {
        let told = [
            (Transport::Plain, r#"{"event":"new_ticket","data":{"a":1}}"#),
            (Transport::SocketIo, r#"42/support,["new_ticket",{"a":1}]"#),
        ];
        for (transport, text) in told {
            let Said::Event(event) = read(transport, text) else { panic!("no event: {text}") };
            assert_eq!(event, Event { name: "new_ticket".into(), data: json!({ "a": 1 }) });
        }
        let answers = [
            (Transport::Plain, r#"{"event":"ack","id":7,"data":{"read":1}}"#, Ok(json!({ "read": 1 }))),
            (Transport::SocketIo, r#"43/support,7[{"ok":true,"read":1}]"#, Ok(json!({ "read": 1 }))),
            (
                Transport::Plain,
                r#"{"event":"error","id":7,"data":{"status":404}}"#,
                Err(json!({ "status": 404 })),
            ),
            (
                Transport::SocketIo,
                r#"43/support,7[{"ok":false,"error":{"status":404}}]"#,
                Err(json!({ "status": 404 })),
            ),
        ];
        for (transport, text, expected) in answers {
            let Said::Answer(7, answer) = read(transport, text) else { panic!("no answer: {text}") };
            assert_eq!(answer, expected);
        }
    }

    #[test]
    fn what_a_server_must_not_say_is_noticed() {
        let wrong = [
            (Transport::Plain, "nonsense"),
            (Transport::Plain, r#"{"event":"new_ticket","data":{},"more":1}"#),
            (Transport::Plain, r#"{"event":"new_ticket","data":{},"id":1}"#),
            (Transport::Plain, r#"{"event":"ack","data":{}}"#),
            (Transport::SocketIo, ""),
            (Transport::SocketIo, r#"42["new_ticket",{}]"#),
            (Transport::SocketIo, r#"42/other,["new_ticket",{}]"#),
            (Transport::SocketIo, r#"42/support,["new_ticket"]"#),
            (Transport::SocketIo, r#"43/support,7[{"read":1}]"#),
            (Transport::SocketIo, r#"40/support,{"sid":"x","pid":"y"}"#),
        ];
        for (transport, text) in wrong {
            assert!(matches!(read(transport, text), Said::Nonsense), "{text}");
        }
    }
}
