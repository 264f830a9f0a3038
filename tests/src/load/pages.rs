//! Whole lists, page by page.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use support_testkit::{Error, Http, Response, Result};

use super::wire::{Agent, Entry, Message};

/// The largest page.
const LIMIT: usize = 200;

/// The body of a response that must have this status.
///
/// # Errors
/// [`Error::Response`] when the status or the body is another.
pub fn read<T: DeserializeOwned>(response: &Response, status: u16) -> Result<T> {
    parse(response.expect(status)?)
}

fn parse<T: DeserializeOwned>(body: Value) -> Result<T> {
    let shown = body.to_string();
    serde_json::from_value(body).map_err(|error| Error::Response(format!("{error} in {shown}")))
}

/// All items of a list, by its cursor. `path` may carry a query.
///
/// # Errors
/// [`Error::Response`] when a page is not one.
pub fn all<T: DeserializeOwned>(http: &Http, path: &str) -> Result<Vec<T>> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let first = format!("{path}{separator}limit={LIMIT}");
    let mut address = first.clone();
    let mut items = Vec::new();
    loop {
        let page = http.get(&address)?.expect(200)?;
        let found: Vec<T> = parse(page.get("items").cloned().unwrap_or_default())?;
        items.extend(found);
        match page.get("nextCursor") {
            Some(Value::Null) => return Ok(items),
            Some(Value::String(cursor)) => {
                address = format!("{first}&cursor={}", utf8_percent_encode(cursor, NON_ALPHANUMERIC));
            }
            _ => return Err(Error::Response(format!("{address} has no nextCursor: {page}"))),
        }
    }
}

/// All agents, whose list comes whole.
///
/// # Errors
/// [`Error::Response`] when it does not.
pub fn agents(http: &Http) -> Result<Vec<Agent>> {
    let page = http.get("/support/agents")?.expect(200)?;
    match page.get("nextCursor") {
        Some(Value::Null) => parse(page.get("items").cloned().unwrap_or_default()),
        _ => Err(Error::Response(format!("the list of agents is not whole: {page}"))),
    }
}

/// A ticket's whole history.
///
/// # Errors
/// [`Error::Response`] when a page is not one.
pub fn history(http: &Http, ticket: &str) -> Result<Vec<Entry>> {
    all(http, &format!("/support/tickets/{ticket}/history"))
}

/// A ticket's whole conversation, as a client reads it that knows the last sequence it holds.
///
/// # Errors
/// [`Error::Response`] when a page is not one.
pub fn messages(http: &Http, ticket: &str) -> Result<Vec<Message>> {
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let after = messages.last().map_or(0, |message| message.sequence);
        let page = http.get(&format!("/support/tickets/{ticket}/messages?after={after}&limit={LIMIT}"))?;
        let found: Vec<Message> = parse(page.expect(200)?.get("items").cloned().unwrap_or_default())?;
        let is_last = found.len() < LIMIT;
        messages.extend(found);
        if is_last {
            return Ok(messages);
        }
    }
}
