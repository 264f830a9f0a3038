//! Whether a ticket's history is whole, allowed by the rules, and tells of the ticket as it is.

use super::wire::{Entry, Ticket};

/// What is wrong with a history; nothing if it is whole and leads to the ticket's status and message count.
#[must_use]
pub fn faults(ticket: &Ticket, entries: &[Entry]) -> Vec<String> {
    let mut faults = chain(entries);
    let mut told = Told::default();
    for (entry, next) in entries.iter().zip(entries.iter().skip(1).map(Some).chain([None])) {
        if let Err(fault) = told.take(entry, next) {
            faults.push(fault);
        }
    }
    if told.status != ticket.status {
        faults.push(format!("leads to {:?}, the ticket is {}", told.status, ticket.status));
    }
    if told.messages != ticket.message_count {
        faults.push(format!("tells of {} messages, the ticket has {}", told.messages, ticket.message_count));
    }
    faults.into_iter().map(|fault| format!("history of {}: {fault}", ticket.ticket_number)).collect()
}

/// Sequences from 1 without a gap, and each entry tied to the one before.
fn chain(entries: &[Entry]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut previous = "0".repeat(64);
    for (sequence, entry) in (1..).zip(entries) {
        if entry.sequence != sequence {
            faults.push(format!("entry {sequence} has the sequence {}", entry.sequence));
        }
        if entry.previous_hash != previous {
            faults.push(format!("entry {sequence} names {}, after {previous}", entry.previous_hash));
        }
        previous.clone_from(&entry.hash);
    }
    faults
}

/// What the entries so far tell of the ticket.
#[derive(Default)]
struct Told {
    status: String,
    messages: u64,
}

impl Told {
    /// Follows one entry; `next` is the one behind it.
    fn take(&mut self, entry: &Entry, next: Option<&Entry>) -> Result<(), String> {
        let followed = |action: &str| next.is_some_and(|next| next.action == action);
        let action = entry.action.as_str();
        let status = self.status.as_str();
        let (allowed, becomes, messages) = match action {
            "ticket_created" => (status.is_empty(), "open", 0),
            // The status follows in an entry of its own.
            "ticket_assigned" => (status == "open" && followed("status_changed"), "open", 1),
            "agent_reassigned" => match status {
                "in-progress" => (true, "in-progress", 1),
                _ => (status == "escalated" && followed("status_changed"), "escalated", 1),
            },
            "status_changed" => (matches!(status, "open" | "escalated"), "in-progress", 0),
            "ticket_escalated" => (status == "in-progress", "escalated", 1),
            "ticket_resolved" => (matches!(status, "in-progress" | "escalated"), "resolved", 1),
            "ticket_reopened" => (status == "resolved", "in-progress", 1),
            "ticket_closed" => (status == "resolved", "closed", 1),
            "message_sent" => (!matches!(status, "" | "closed"), status, 1),
            "ticket_updated" => (!matches!(status, "" | "closed"), status, 0),
            _ => (false, status, 0),
        };
        let fault = format!("{action} (entry {}) of a ticket that is {status:?}", entry.sequence);
        self.status = becomes.to_owned();
        self.messages += messages;
        if allowed { Ok(()) } else { Err(fault) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ticket(status: &str, messages: u64) -> Ticket {
        serde_json::from_value(json!({
            "id": "1", "ticketNumber": "TKT-2026-001", "subject": "", "category": "general", "priority": "low",
            "status": status, "messageCount": messages, "createdAt": "", "version": 1,
        }))
        .unwrap()
    }

    fn entries(actions: &[&str]) -> Vec<Entry> {
        let entry = |(sequence, action): (u64, &&str)| Entry {
            action: (*action).to_owned(),
            details: None,
            timestamp: String::new(),
            sequence,
            previous_hash: format!("{:064x}", sequence - 1),
            hash: format!("{sequence:064x}"),
        };
        (1..).zip(actions).map(entry).collect()
    }

    #[test]
    fn a_whole_life_is_faultless() {
        let life = [
            "ticket_created",
            "ticket_assigned",
            "status_changed",
            "message_sent",
            "ticket_escalated",
            "agent_reassigned",
            "status_changed",
            "ticket_resolved",
            "ticket_reopened",
            "ticket_resolved",
            "ticket_closed",
        ];
        assert_eq!(faults(&ticket("closed", 8), &entries(&life)), Vec::<String>::new());
    }

    #[test]
    fn every_kind_of_fault_is_found() {
        let open = ["ticket_created"];
        assert_eq!(faults(&ticket("open", 0), &entries(&open)), Vec::<String>::new());
        assert_eq!(faults(&ticket("open", 1), &entries(&open)).len(), 1, "a message too many");
        assert_eq!(faults(&ticket("closed", 0), &entries(&open)).len(), 1, "another status");
        assert_eq!(faults(&ticket("open", 0), &entries(&["ticket_created"; 2])).len(), 1, "created twice");
        assert_eq!(faults(&ticket("open", 1), &entries(&["ticket_created", "ticket_assigned"])).len(), 1);
        let mut broken = entries(&["ticket_created", "message_sent", "message_sent"]);
        broken.remove(1);
        assert_eq!(faults(&ticket("open", 1), &broken).len(), 2, "a gap and a broken chain");
    }
}
