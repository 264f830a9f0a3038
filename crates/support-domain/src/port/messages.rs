//! Chat messages.

use crate::entity::Message;
use crate::id::{TicketId, UserId};
use crate::port::StoreResult;
use crate::value::{ClientMessageId, SenderType};

/// Keeps chat messages.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait MessageRepository {
    /// Adds a message to a ticket that is locked; its `sequence` is the ticket's new message count.
    fn append(&mut self, message: &Message) -> StoreResult<()>;

    /// The message that `sender` sent to `ticket` under its own name `id`.
    fn find_by_client_id(
        &mut self,
        ticket: TicketId,
        sender: UserId,
        id: &ClientMessageId,
    ) -> StoreResult<Option<Message>>;

    /// At most `limit` messages of a window of `ticket`, by `sequence` ascending.
    fn list(&mut self, ticket: TicketId, window: MessageWindow, limit: u32) -> StoreResult<Vec<Message>>;

    /// Marks as read the messages of `ticket` up to `sequence` that were written as one of `senders`; returns
    /// how many were unread.
    fn mark_read(&mut self, ticket: TicketId, senders: &[SenderType], sequence: i64) -> StoreResult<u32>;
}

/// A part of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageWindow {
    /// The first messages with a `sequence` above this.
    After(i64),
    /// The last messages with a `sequence` below this.
    Before(i64),
    /// The last messages.
    Newest,
}
