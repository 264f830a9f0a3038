//! Chat messages.

use std::ops::Bound::{Excluded, Included};

use crate::entity::Message;
use crate::error::{Entity, StoreError};
use crate::id::{TicketId, UserId};
use crate::memory::state::State;
use crate::port::{MessageRepository, MessageWindow, StoreResult};
use crate::value::{ClientMessageId, SenderType};

impl MessageRepository for State {
    fn append(&mut self, message: &Message) -> StoreResult<()> {
        let place = (message.ticket_id, message.sequence);
        if !self.tickets.contains(&message.ticket_id) {
            return Err(StoreError::Internal(format!("message {} has no ticket", message.id)));
        }
        if self.messages.contains(&place) {
            return Err(StoreError::Conflict { entity: Entity::Message, field: "sequence" });
        }
        if let Some(id) = &message.client_message_id {
            let name = (message.ticket_id, message.sender_id, id.as_str().to_owned());
            if self.message_names.contains(&name) {
                return Err(StoreError::Conflict { entity: Entity::Message, field: "client_message_id" });
            }
            self.message_names.put(name, message.sequence);
        }
        self.messages.put(place, message.clone());
        Ok(())
    }

    fn find_by_client_id(
        &mut self,
        ticket: TicketId,
        sender: UserId,
        id: &ClientMessageId,
    ) -> StoreResult<Option<Message>> {
        let sequence = self.message_names.get(&(ticket, sender, id.as_str().to_owned()));
        Ok(sequence.and_then(|sequence| self.messages.get(&(ticket, *sequence))).cloned())
    }

    fn list(&mut self, ticket: TicketId, window: MessageWindow, limit: u32) -> StoreResult<Vec<Message>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (first, last) = ((ticket, i64::MIN), (ticket, i64::MAX));
        let newest = |range| {
            let mut found: Vec<Message> =
                self.messages.range(range).rev().take(limit).map(|(_, message)| message.clone()).collect();
            found.reverse();
            found
        };
        Ok(match window {
            MessageWindow::Newest => newest((Included(first), Included(last))),
            MessageWindow::Before(sequence) => newest((Included(first), Excluded((ticket, sequence)))),
            MessageWindow::After(sequence) => {
                let range = (Excluded((ticket, sequence)), Included(last));
                self.messages.range(range).take(limit).map(|(_, message)| message.clone()).collect()
            }
        })
    }

    fn mark_read(&mut self, ticket: TicketId, senders: &[SenderType], sequence: i64) -> StoreResult<u32> {
        let unread: Vec<Message> = self
            .messages
            .range((ticket, i64::MIN)..=(ticket, sequence))
            .filter(|(_, message)| !message.is_read && senders.contains(&message.sender_type))
            .map(|(_, message)| message.clone())
            .collect();
        let count = u32::try_from(unread.len()).unwrap_or(u32::MAX);
        for message in unread {
            self.messages.put((ticket, message.sequence), Message { is_read: true, ..message });
        }
        Ok(count)
    }
}
