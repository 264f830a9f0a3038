//! `join_ticket_room`: enters a ticket's room. The answer holds all messages behind `after`, and the live
//! stream goes on where it ends.
//!
//! The seat in the room is taken first and the store is read then, so that nothing falls in between: what is
//! committed before the read is in the answer, what is published after the seat was taken is held back until
//! the answer is sent.

use std::sync::Arc;

use support_api::live::Joined;
use support_api::problem::Kind;
use support_api::request::{Join, JoinTicketRoom};
use support_domain::actor::Actor;
use support_domain::command::TicketKey;
use support_domain::entity::{Message, Ticket};
use support_domain::error::{Entity, Error};
use support_domain::id::TicketId;
use support_domain::port::MessageWindow;
use support_domain::value::PersonName;

use super::call::Call;
use crate::broadcast::{Broadcast, raw};
use crate::failure::Failure;
use crate::reply::Reply;
use crate::room::EntryOutcome;
use crate::session;

/// How many messages are answered without `after`.
const NEWEST: u32 = 50;
/// How many messages are read at once.
const PAGE: u32 = 500;
/// The most messages of one answer.
const MAX_MESSAGES: usize = 10_000;
/// The most bytes of text of one answer.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The most rooms of one connection.
const MAX_ROOMS: usize = 500;

pub(super) async fn run(call: Call<'_>, reply: Reply) {
    match enter(call).await {
        Ok(entered) => complete(call, entered, reply).await,
        Err(failure) => call.answer(reply, Err(failure)),
    }
}

/// Somebody who has a seat and has read the store.
struct Entered {
    id: TicketId,
    entry: u64,
    after: Option<i64>,
    ticket: Ticket,
    messages: Vec<Message>,
}

async fn enter(call: Call<'_>) -> Result<Entered, Failure> {
    let Join { ticket, after } = call.read::<JoinTicketRoom>()?;
    let id = match ticket {
        TicketKey::Id(id) => id,
        TicketKey::Number(_) => call.desk.ticket(&call.session.actor, ticket).await?.id,
    };
    if call.session.count_rooms() >= MAX_ROOMS && call.session.room(id.into()).is_none() {
        let detail = format!("a connection is in at most {MAX_ROOMS} rooms; leave one first");
        return Err(Failure::new(Kind::TOO_MANY_ROOMS, detail));
    }
    let hub = call.hub;
    let entry = hub.next_id();
    hub.rooms.enter(id, Arc::clone(call.session), entry);
    match read(call, id, after).await {
        Ok((ticket, messages)) => {
            let (number, name) = (ticket.number, display_name(&call.session.actor, &ticket));
            call.session.add_room(session::Joined { id, number, name });
            Ok(Entered { id, entry, after, ticket, messages })
        }
        Err(failure) => {
            leave(call, id);
            Err(failure)
        }
    }
}

fn leave(call: Call<'_>, id: TicketId) {
    call.hub.rooms.leave(id, call.session.id);
    call.session.remove_room(id);
}

/// The ticket and the messages that the client does not hold, up to now.
async fn read(call: Call<'_>, id: TicketId, after: Option<i64>) -> Result<(Ticket, Vec<Message>), Failure> {
    let (desk, actor) = (call.desk, &call.session.actor);
    let Some(mut after) = after else {
        return Ok(desk.conversation(actor, id.into(), MessageWindow::Newest, NEWEST).await?);
    };
    let (mut messages, mut bytes) = (Vec::new(), 0);
    loop {
        let window = MessageWindow::After(after);
        let (ticket, page) = desk.conversation(actor, id.into(), window, PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        after = page.last().map_or(after, |last| last.sequence);
        bytes += page.iter().map(|message| message.text.as_str().len()).sum::<usize>();
        messages.extend(page);
        if messages.len() > MAX_MESSAGES || bytes > MAX_BYTES {
            let detail =
                "more messages were missed than one answer holds; read the older ones over HTTP first";
            return Err(Failure::new(Kind::TOO_FAR_BEHIND, detail));
        }
        if is_last {
            return Ok((ticket, messages));
        }
    }
}

/// Answers, and lets the live stream begin behind what was read.
async fn complete(call: Call<'_>, mut entered: Entered, reply: Reply) {
    // Answers may be long. A client that joins many rooms at once is to get them one after the other.
    call.session.drained().await;
    let mut reply = Some(reply);
    let outcome = loop {
        match try_to_complete(call, &entered, &mut reply) {
            EntryOutcome::ReadAgain => {}
            outcome => break outcome,
        }
        match read(call, entered.id, entered.after).await {
            Ok((ticket, messages)) => entered = Entered { ticket, messages, ..entered },
            Err(failure) => {
                leave(call, entered.id);
                return reply.map_or((), |reply| call.answer(reply, Err(failure)));
            }
        }
    };
    let hub = call.hub;
    hub.metrics.rooms(hub.rooms.count());
    // Their access was lost in between, and the seat with it; or the connection ended.
    if outcome == EntryOutcome::Lost || call.session.is_over() {
        leave(call, entered.id);
    }
    if let Some(reply) = reply {
        call.answer(reply, Err(Error::NotFound(Entity::Ticket).into()));
    }
}

fn try_to_complete(call: Call<'_>, entered: &Entered, reply: &mut Option<Reply>) -> EntryOutcome {
    let Entered { id, entry, after, ticket, messages } = entered;
    let joined = Joined { ticket: ticket.into(), messages: messages.iter().map(Into::into).collect() };
    let answer = || {
        let Some(reply) = reply.take() else { return };
        if reply.is_wanted() {
            reply.ok(&raw(&joined));
        } else if after.is_some() {
            // Who holds messages and asks for no answer gets the rest as if it had just been written.
            for message in &joined.messages {
                call.session.send(&Broadcast::new("new_message", message));
            }
        }
    };
    let (session, upto) = (call.session.id, ticket.message_count);
    let outcome = call.hub.with_room(*id, |room| room.complete_entry(session, *entry, upto, answer));
    outcome.unwrap_or(EntryOutcome::Lost)
}

/// How the others in the room are told who somebody is.
fn display_name(actor: &Actor, ticket: &Ticket) -> PersonName {
    let handlers = [&ticket.escalated_to, &ticket.assigned_to];
    let handler = handlers.into_iter().flatten().find(|handler| actor.agent_id() == Some(handler.id));
    let known = if ticket.customer.id == actor.id {
        Some(&ticket.customer.name)
    } else {
        handler.map(|handler| &handler.name)
    };
    actor.name.as_ref().or(known).cloned().unwrap_or_else(|| actor.display_name())
}
