//! Erasing what is personal of a customer.

use crate::entity::{Customer, Delivery, Message, NewHistoryEntry, Notification, Ticket, TicketRecord};
use crate::erasure;
use crate::id::{TicketId, UserId};
use crate::memory::recorded_entry::RecordedEntry;
use crate::memory::state::State;
use crate::value::{Description, MessageText, PersonName, Resolution};

impl State {
    /// Erases what is personal of a customer on their tickets and forgets their requests. That it was done is
    /// noted for whoever keeps their sessions.
    pub(super) fn erase_customer(&mut self, id: UserId) {
        let own: Vec<Ticket> =
            self.tickets.values().filter(|ticket| ticket.customer.id == id).cloned().collect();
        for ticket in own {
            self.erase_conversation(ticket.id, id);
            self.put_ticket(erased(ticket));
        }
        let next = self.erasures.keys().next_back().map_or(0, |last| last + 1);
        self.erasures.put(next, id);
        self.requests.retain(|request| request.actor != id);
    }

    fn erase_conversation(&mut self, ticket: TicketId, customer: UserId) {
        let name = || PersonName::known(erasure::NAME);
        let messages: Vec<Message> = self
            .messages
            .range((ticket, 0)..=(ticket, i64::MAX))
            .map(|(_, message)| message.clone())
            .collect();
        for mut message in messages {
            message.text = MessageText::known(erasure::TEXT);
            message.attachments.clear();
            if message.sender_id == customer {
                message.sender_name = name();
                if let Some(id) = message.client_message_id.take() {
                    self.message_names.remove(&(ticket, customer, id.as_str().to_owned()));
                }
            }
            self.messages.put((ticket, message.sequence), message);
        }
        let history: Vec<RecordedEntry> =
            self.history.range((ticket, 0)..=(ticket, i64::MAX)).map(|(_, entry)| entry.clone()).collect();
        for mut recorded in history {
            let NewHistoryEntry { performed_by, performed_by_name, details, .. } = &mut recorded.entry.entry;
            *details = Some(erasure::TEXT.to_owned());
            if *performed_by == customer {
                *performed_by_name = name();
            }
            self.history.put((ticket, recorded.entry.sequence), recorded);
        }
        self.uploads.retain(|upload| upload.ticket_id != ticket);
        let of_ticket = |notification: &&Notification| notification.ticket_id == ticket;
        let notifications: Vec<Notification> =
            self.notifications.values().filter(of_ticket).cloned().collect();
        for mut notification in notifications {
            erasure::TEXT.clone_into(&mut notification.text);
            self.notifications.put((notification.user_id, notification.id), notification);
        }
        let deliveries: Vec<Delivery> =
            self.outbox.values().filter(|delivery| delivery.ticket_id == ticket).cloned().collect();
        for mut delivery in deliveries {
            erasure::TEXT.clone_into(&mut delivery.text);
            self.outbox.put((delivery.created_at, delivery.id), delivery);
        }
    }
}

fn erased(ticket: Ticket) -> Ticket {
    let record = ticket.clone().into_record();
    let customer =
        Customer { id: record.customer.id, name: PersonName::known(erasure::NAME), email: None, phone: None };
    let resolution = record.resolution.as_ref().map(|_| Resolution::known(erasure::TEXT));
    let description = Description::known(erasure::TEXT);
    // Only texts were exchanged, of which no rule depends.
    Ticket::restore(TicketRecord { customer, description, resolution, ..record }).unwrap_or(ticket)
}
