//! `leave_ticket_room`: ends the delivery of a room. To leave a room that one is not in is no mistake.

use support_api::live::Done;
use support_api::request::TicketRoom;

use super::call::{Answer, Call};
use crate::broadcast::raw;

pub(super) fn run(call: Call<'_>) -> Answer {
    if let Some(room) = call.session.room(call.read::<TicketRoom>()?) {
        call.session.remove_room(room.id);
        call.hub.rooms.leave(room.id, call.session.id);
    }
    Ok(raw(&Done {}))
}
