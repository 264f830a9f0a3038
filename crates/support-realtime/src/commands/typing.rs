//! `typing_start`, `typing_stop`: says to the others in a room whether somebody types.

use std::sync::Arc;
use std::time::Duration;

use support_api::live::{Done, TypingIndicator};
use support_api::problem::Kind;
use support_api::request::TicketRoom;
use tokio::time::Instant;

use super::call::{Answer, Call};
use crate::broadcast::{Broadcast, raw};
use crate::failure::Failure;
use crate::hub::Task;
use crate::room::Typist;
use crate::session::Joined;

/// After this, somebody who says nothing more types no longer (`docs/contract.md`, section 4.3).
const TYPING: Duration = Duration::from_secs(6);

pub(super) fn start(call: Call<'_>) -> Answer {
    let room = room(call)?;
    let (hub, session) = (call.hub, call.session.id);
    let beginning = hub.next_id();
    let until = Instant::now() + TYPING;
    let typist = Typist { session, beginning, stopped: Arc::new(indicator(call, &room, false)), until };
    let started = indicator(call, &room, true);
    if hub.with_room(room.id, |room| room.start_typing(&started, typist)) == Some(true) {
        hub.agenda.add(until, Task::StopTyping(room.id, session, beginning));
    }
    Ok(raw(&Done {}))
}

pub(super) fn stop(call: Call<'_>) -> Answer {
    let room = room(call)?;
    call.hub.with_room(room.id, |room| room.stop_typing(call.session.id));
    Ok(raw(&Done {}))
}

fn room(call: Call<'_>) -> Result<Joined, Failure> {
    let key = call.read::<TicketRoom>()?;
    call.session.room(key).ok_or_else(|| Failure::new(Kind::NOT_IN_ROOM, "join the ticket's room first"))
}

fn indicator(call: Call<'_>, room: &Joined, typing: bool) -> Broadcast {
    let indicator = TypingIndicator {
        ticket_id: room.id.uuid(),
        user_id: call.session.actor.id.uuid(),
        name: room.name.as_str().to_owned(),
        typing,
    };
    Broadcast::new("typing_indicator", &indicator)
}
