//! Message exchange (`docs/specification.md`, section 3.3).

use crate::command::{SendMessage, SendOutcome, TicketKey};
use crate::entity::{Action, Message, Ticket, Upload};
use crate::error::Error;
use crate::event::Event;
use crate::id::MessageId;
use crate::port::MessageWindow;
use crate::usecase::{UseCaseContext, attachments};
use crate::value::{Role, SenderType};

/// Characters of a message that its history entry quotes.
const QUOTED: usize = 100;

/// Writes a message into a ticket's conversation, unless the sender wrote it before under the same name.
pub(crate) fn send(work: &mut UseCaseContext<'_>, command: &SendMessage) -> Result<SendOutcome, Error> {
    let ticket = work.lock_ticket(command.ticket)?;
    if let Some(id) = &command.client_message_id
        && let Some(message) = work.tx.messages().find_by_client_id(ticket.id, work.actor.id, id)?
    {
        return Ok(SendOutcome { message, repeated: true });
    }
    let sender_type = work.actor.sender_type();
    let ticket = ticket.count_message(sender_type == SenderType::Agent, work.now)?;
    let uploads = attachments::lock_waiting(work, &ticket, &command.attachments)?;
    let message = Message {
        id: MessageId::generate(work.ids),
        ticket_id: ticket.id,
        sequence: ticket.message_count,
        sender_id: work.actor.id,
        sender_name: work.actor_name(&ticket)?,
        sender_type,
        text: command.text.clone(),
        attachments: uploads.iter().map(Upload::attachment).collect(),
        client_message_id: command.client_message_id.clone(),
        is_read: false,
        created_at: work.now,
    };
    work.tx.messages().append(&message)?;
    work.tx.tickets().save(&ticket)?;
    let who = if sender_type == SenderType::Customer { "Customer" } else { "Agent" };
    let details = format!("{who} sent message: '{}'", message.text.excerpt(QUOTED));
    work.append_history(&ticket, Action::MessageSent, details)?;
    attachments::send(work, &ticket, message.id, uploads)?;
    work.emit(Event::NewMessage { message: message.clone() });
    Ok(SendOutcome { message, repeated: false })
}

/// A window of a ticket's conversation.
pub(crate) fn list(
    work: &mut UseCaseContext<'_>,
    key: TicketKey,
    window: MessageWindow,
    limit: u32,
) -> Result<Vec<Message>, Error> {
    let ticket = work.find_ticket(key)?;
    Ok(work.tx.messages().list(ticket.id, window, limit)?)
}

/// A ticket and a window of its conversation, from one state of the store.
pub(crate) fn conversation(
    work: &mut UseCaseContext<'_>,
    key: TicketKey,
    window: MessageWindow,
    limit: u32,
) -> Result<(Ticket, Vec<Message>), Error> {
    let ticket = work.find_ticket(key)?;
    let messages = work.tx.messages().list(ticket.id, window, limit)?;
    Ok((ticket, messages))
}

/// Marks the other side's messages as read, up to a sequence; returns how many were unread.
pub(crate) fn mark_read(work: &mut UseCaseContext<'_>, key: TicketKey, up_to: i64) -> Result<u32, Error> {
    let ticket = work.find_ticket(key)?;
    let up_to = up_to.min(ticket.message_count);
    let senders: &[SenderType] = match work.actor.role {
        Role::Customer => &[SenderType::Agent, SenderType::System],
        Role::Agent | Role::Admin => &[SenderType::Customer],
    };
    let read = work.tx.messages().mark_read(ticket.id, senders, up_to)?;
    if read > 0 {
        work.emit(Event::MessageRead { ticket_id: ticket.id, read_by: work.actor.id, up_to });
    }
    Ok(read)
}
