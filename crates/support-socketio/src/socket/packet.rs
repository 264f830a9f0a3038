//! Packets: `<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]`, in the text of a message.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::websocket::Frame;

/// The namespace that is not written.
const ROOT: &str = "/";
/// Names that events may not have, because a client emits them itself.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// A packet of a client.
#[derive(Clone, Debug)]
pub(super) enum Packet<'a> {
    /// The client asks to join a namespace, with a JSON object.
    Connect {
        namespace: &'a str,
        auth: Option<&'a RawValue>,
    },
    Disconnect {
        namespace: &'a str,
    },
    Event {
        namespace: &'a str,
        event: Named<'a>,
        ack: Option<u64>,
        attachments: usize,
    },
    /// The answer to an event of the server.
    Ack {
        namespace: &'a str,
        attachments: usize,
    },
}

/// An event's name and arguments.
#[derive(Clone, Debug)]
pub(super) struct Named<'a> {
    pub(super) name: String,
    pub(super) args: Vec<&'a RawValue>,
}

/// A packet is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// A packet before it is known whether its JSON fits its type.
struct Head<'a> {
    kind: char,
    attachments: usize,
    namespace: &'a str,
    ack: Option<u64>,
    json: &'a str,
}

impl<'a> Head<'a> {
    fn of(text: &'a str) -> Result<Self, Malformed> {
        let mut characters = text.chars();
        let kind = characters.next().ok_or(Malformed)?;
        let mut rest = characters.as_str();
        let mut attachments = 0;
        if matches!(kind, '5' | '6') {
            let (digits, after) = digits(rest);
            attachments = digits.parse().ok().filter(|count| *count > 0).ok_or(Malformed)?;
            rest = after.strip_prefix('-').ok_or(Malformed)?;
        }
        let mut namespace = ROOT;
        if rest.starts_with('/') {
            (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
        }
        let (digits, json) = digits(rest);
        let ack = if digits.is_empty() { None } else { Some(digits.parse().map_err(|_| Malformed)?) };
        Ok(Self { kind, attachments, namespace, ack, json })
    }

    /// The JSON, if there is some.
    fn value(&self) -> Result<Option<&'a RawValue>, Malformed> {
        if self.json.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(self.json).map(Some).map_err(|_| Malformed)
    }

    /// The elements of the JSON, which must be an array, with no placeholder for an attachment that is not
    /// there.
    fn elements(&self) -> Result<Vec<&'a RawValue>, Malformed> {
        if self.attachments > 0 {
            let value: Value = serde_json::from_str(self.json).map_err(|_| Malformed)?;
            if !has_true_placeholders(&value, self.attachments) {
                return Err(Malformed);
            }
        }
        serde_json::from_str(self.json).map_err(|_| Malformed)
    }
}

impl<'a> Packet<'a> {
    /// Reads a packet with so many attachments at most.
    pub(super) fn of_text(text: &'a str, max_attachments: usize) -> Result<Self, Malformed> {
        let head = Head::of(text)?;
        if head.attachments > max_attachments {
            return Err(Malformed);
        }
        let Head { namespace, ack, attachments, .. } = head;
        match head.kind {
            '0' | '1' if ack.is_some() => Err(Malformed),
            '0' => match head.value()? {
                Some(auth) if !auth.get().starts_with('{') => Err(Malformed),
                auth => Ok(Self::Connect { namespace, auth }),
            },
            '1' if head.json.is_empty() => Ok(Self::Disconnect { namespace }),
            '2' | '5' => Ok(Self::Event { namespace, event: Named::of(head.elements()?)?, ack, attachments }),
            '3' | '6' => head.elements().map(|_| Self::Ack { namespace, attachments }),
            _ => Err(Malformed),
        }
    }
}

impl<'a> Named<'a> {
    fn of(mut elements: Vec<&'a RawValue>) -> Result<Self, Malformed> {
        if elements.is_empty() {
            return Err(Malformed);
        }
        let first = elements.remove(0).get();
        let name = match first.as_bytes() {
            [b'"', ..] => serde_json::from_str(first).map_err(|_| Malformed)?,
            [b'-' | b'0'..=b'9', ..] => first.to_owned(),
            _ => return Err(Malformed),
        };
        if RESERVED.contains(&name.as_str()) { Err(Malformed) } else { Ok(Self { name, args: elements }) }
    }
}

/// The digits that a text begins with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn has_true_placeholders(value: &Value, attachments: usize) -> bool {
    match value {
        Value::Array(elements) => elements.iter().all(|element| has_true_placeholders(element, attachments)),
        Value::Object(members) if members.get("_placeholder") == Some(&Value::Bool(true)) => {
            let index = members.get("num").and_then(Value::as_u64);
            index.is_some_and(|index| usize::try_from(index).is_ok_and(|index| index < attachments))
        }
        Value::Object(members) => members.values().all(|member| has_true_placeholders(member, attachments)),
        _ => true,
    }
}

/// The client joined a namespace and has this id there.
pub(super) fn connected(namespace: &str, id: &str) -> Frame {
    frame("0", 0, namespace, None, &["{\"sid\":", &quoted(id), "}"])
}

/// The client may not join a namespace.
pub(super) fn refused(namespace: &str, message: &str, data: Option<&RawValue>) -> Frame {
    let message = quoted(message);
    match data {
        Some(data) => {
            frame("4", 0, namespace, None, &["{\"message\":", &message, ",\"data\":", data.get(), "}"])
        }
        None => frame("4", 0, namespace, None, &["{\"message\":", &message, "}"]),
    }
}

/// The client is in a namespace no more.
pub(super) fn disconnected(namespace: &str) -> Frame {
    frame("1", 0, namespace, None, &[])
}

/// An event, which so many attachments follow.
pub(super) fn event(namespace: &str, name: &str, args: &[&RawValue], attachments: usize) -> Frame {
    let name = quoted(name);
    let mut json = vec!["[", name.as_str()];
    for arg in args {
        json.extend([",", arg.get()]);
    }
    json.push("]");
    frame(if attachments == 0 { "2" } else { "5" }, attachments, namespace, None, &json)
}

/// The answer to an event, which so many attachments follow.
pub(super) fn ack(namespace: &str, id: u64, args: &[&RawValue], attachments: usize) -> Frame {
    let mut json = vec!["["];
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            json.push(",");
        }
        json.push(arg.get());
    }
    json.push("]");
    frame(if attachments == 0 { "3" } else { "6" }, attachments, namespace, Some(id), &json)
}

/// A packet as the frame of a message. It counts its attachments if it has some.
fn frame(kind: &str, attachments: usize, namespace: &str, ack: Option<u64>, json: &[&str]) -> Frame {
    let (attachments, dash) =
        if attachments == 0 { (String::new(), "") } else { (attachments.to_string(), "-") };
    let (namespace, comma) = if namespace == ROOT { ("", "") } else { (namespace, ",") };
    let ack = ack.map(|ack| ack.to_string()).unwrap_or_default();
    let mut parts = vec!["4", kind, &attachments, dash, namespace, comma, &ack];
    parts.extend(json);
    Frame::text_of(&parts)
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
#[path = "packet_tests.rs"]
mod tests;
