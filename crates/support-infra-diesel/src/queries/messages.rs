//! Chat messages.

use diesel::prelude::*;
use support_domain::entity::Message;
use support_domain::id::{TicketId, UserId};
use support_domain::port::{MessageRepository, MessageWindow, StoreResult};
use support_domain::value::{ClientMessageId, SenderType};
use tracing::instrument;

use super::Tx;
use crate::crypto::Seal;
use crate::rows::MessageRow;
use crate::schema::messages;
use crate::statement::{Sql, Value};
use crate::types::DbId;

impl MessageRepository for Tx<'_> {
    #[instrument(level = "debug", name = "db.messages.append", skip_all)]
    fn append(&mut self, message: &Message) -> StoreResult<()> {
        self.writable()?;
        let key = self.ticket_key(message.ticket_id)?;
        let row = MessageRow::of(message, &Seal { crypto: self.crypto, key: &key })?;
        self.messages.push(row);
        Ok(())
    }

    #[instrument(level = "debug", name = "db.messages.find_by_client_id", skip_all)]
    fn find_by_client_id(
        &mut self,
        ticket: TicketId,
        sender: UserId,
        id: &ClientMessageId,
    ) -> StoreResult<Option<Message>> {
        self.flush()?;
        let query = messages::table
            .filter(messages::ticket_id.eq(DbId(ticket)))
            .filter(messages::sender_id.eq(DbId(sender)))
            .filter(messages::client_message_id.eq(Some(id.as_str())))
            .select(MessageRow::as_select());
        let row: Option<MessageRow> = self.run(|conn| query.get_result(conn).optional())?;
        let Some(row) = row else { return Ok(None) };
        let key = self.ticket_key(ticket)?;
        row.restore(&Seal { crypto: self.crypto, key: &key }).map(Some)
    }

    #[instrument(level = "debug", name = "db.messages.list", skip_all)]
    fn list(&mut self, ticket: TicketId, window: MessageWindow, limit: u32) -> StoreResult<Vec<Message>> {
        self.flush()?;
        let of_ticket = messages::table
            .filter(messages::ticket_id.eq(DbId(ticket)))
            .select(MessageRow::as_select())
            .limit(limit.into());
        let newest = of_ticket.order(messages::sequence.desc());
        let mut rows: Vec<MessageRow> = self.run(|conn| match window {
            MessageWindow::After(sequence) => {
                of_ticket.filter(messages::sequence.gt(sequence)).order(messages::sequence.asc()).load(conn)
            }
            MessageWindow::Before(sequence) => newest.filter(messages::sequence.lt(sequence)).load(conn),
            MessageWindow::Newest => newest.load(conn),
        })?;
        if !matches!(window, MessageWindow::After(_)) {
            rows.reverse();
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.ticket_key(ticket)?;
        let seal = Seal { crypto: self.crypto, key: &key };
        rows.into_iter().map(|row| row.restore_listed(&seal)).collect()
    }

    #[instrument(level = "debug", name = "db.messages.mark_read", skip_all)]
    fn mark_read(&mut self, ticket: TicketId, senders: &[SenderType], sequence: i64) -> StoreResult<u32> {
        self.writable()?;
        self.flush()?;
        if senders.is_empty() {
            return Ok(0);
        }
        let ranks: Vec<String> = senders.iter().map(|sender| sender.rank().to_string()).collect();
        let mut sql = Sql::text("UPDATE messages SET is_read = TRUE WHERE NOT is_read AND ticket_id = ");
        sql.bind(Value::id(ticket))
            .push(format!(" AND sender_type IN ({}) AND sequence <= ", ranks.join(", ")))
            .bind(Value::Number(sequence));
        let statement = sql.prepared::<()>();
        let count = self.run(|conn| statement.execute(conn))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
