//! Those who write: one message after the other, each confirmed before the next.

use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::bare::Lever;
use crate::client::{Exchange, Link, Placed, Transport, request};
use crate::desk::Person;
use crate::failure::Result;

/// What is written every time. No quotes in it, so that a frame can be searched for its sequence.
const TEXT: &str =
    "I tried it again at another till just now and it was refused once more, what should I do?";

/// Somebody who writes.
#[derive(Debug)]
pub(crate) enum Sender {
    /// Over HTTP, always the same request.
    Http(Exchange, Vec<u8>),
    /// Over a transport, always the same event.
    Live(Link, Value),
    /// To the bare loop.
    Bare(Lever),
}

#[derive(Deserialize)]
struct Sent {
    message: Placed,
}

impl Sender {
    /// Somebody who writes over HTTP.
    pub(crate) async fn http(address: SocketAddr, person: &Person) -> Result<Self> {
        Self::http_with(address, person, TEXT).await
    }

    /// The same with another text.
    pub(crate) async fn http_with(address: SocketAddr, person: &Person, text: &str) -> Result<Self> {
        let headers = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", person.token);
        let path = format!("/support/tickets/{}/messages", person.ticket);
        let request = request("POST", &path, &headers, &json!({ "message": text }).to_string());
        Ok(Self::Http(Exchange::connect(address).await?, request))
    }

    /// Somebody who has the server on actix-ws send its next text.
    pub(crate) async fn actix(address: SocketAddr) -> Result<Self> {
        Ok(Self::Http(Exchange::connect(address).await?, request("POST", "/messages", "", "")))
    }

    /// Somebody who writes over a transport, without being in the room.
    pub(crate) async fn live(transport: Transport, address: SocketAddr, person: &Person) -> Result<Self> {
        let link = Link::open(transport, address, &person.token).await?;
        Ok(Self::Live(link, json!({ "ticketId": person.ticket, "message": TEXT })))
    }

    /// Writes a message. Answers its sequence once it is durable.
    pub(crate) async fn send(&mut self) -> Result<u32> {
        match self {
            Self::Http(exchange, request) => {
                let body = exchange.expect(request, 201).await?;
                Ok(serde_json::from_slice::<Placed>(&body)?.sequence)
            }
            Self::Live(link, data) => Ok(link.ask::<Sent>("send_message", data).await?.message.sequence),
            Self::Bare(lever) => lever.send().await,
        }
    }
}
