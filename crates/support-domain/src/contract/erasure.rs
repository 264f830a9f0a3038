//! Erasing what is personal of a customer.

use crate::contract::sample::{
    admin_id, at, customer, customer_id, email, entry, message, ticket, ticket_id, uuid,
};
use crate::contract::scene::Scene;
use crate::entity::{
    Delivery, DeliveryState, HistoryEntry, Message, NewHistoryEntry, Notification, NotificationKind, Ticket,
    User,
};
use crate::erasure;
use crate::error::Error;
use crate::id::{NotificationId, OutboxId, TicketId};
use crate::port::{ClaimOutcome, IdempotencyRecord, MessageWindow, Repositories};
use crate::value::{
    Channel, ClientMessageId, Fingerprint, IdempotencyKey, PasswordHash, PersonName, Phone, Resolution,
    SenderType, Status,
};

const LOGIN: &str = "ana@example.com";

/// Customer 1 with a login and a remembered request, and tickets 1 to 3: the first two are theirs,
/// the first with a conversation.
fn prepare(scene: &Scene) -> Vec<Ticket> {
    scene.seed();
    let resolved = ticket(1, |t| {
        t.customer.email = Some(email(LOGIN));
        t.customer.phone = Phone::parse("+233 20 123 4567").ok();
        t.status = Status::Resolved;
        t.assigned_to = Some(crate::contract::sample::handler(1));
        t.resolution = Resolution::parse("Ana has a new card.").ok();
        t.resolved_at = Some(t.created_at);
        t.resolved_by = Some(admin_id());
    });
    let tickets = vec![resolved, ticket(2, |_| ()), ticket(3, |t| t.customer = customer(2))];
    scene.insert(&tickets);
    scene.write(|tx| {
        let mut known =
            tx.users().find(customer_id(1))?.ok_or(Error::NotFound(crate::error::Entity::User))?;
        known.email = Some(email(LOGIN));
        known.password = Some(PasswordHash::new("h".to_owned()));
        tx.users().save(&known)?;
        tx.idempotency().claim(&request())?;
        converse(tx)?;
        Ok::<_, Error>(())
    });
    tickets
}

fn converse(tx: &mut dyn Repositories) -> Result<(), Error> {
    let client_message_id = ClientMessageId::parse("from ana").ok();
    tx.messages().append(&Message { client_message_id, ..message(1, 1) })?;
    tx.messages().append(&from_staff(2))?;
    tx.messages().append(&message(3, 1))?;
    tx.tickets().lock(ticket_id(1))?;
    tx.history().append(&by_customer(1))?;
    tx.history().append(&entry(1, 2))?;
    tx.notifications().insert(&notification())?;
    Ok(tx.notifications().enqueue(&delivery())?)
}

fn from_staff(sequence: u32) -> Message {
    Message {
        sender_id: admin_id(),
        sender_name: PersonName::known("Ada Admin"),
        sender_type: SenderType::Agent,
        ..message(1, sequence)
    }
}

fn by_customer(n: u32) -> NewHistoryEntry {
    NewHistoryEntry {
        performed_by: customer_id(1),
        performed_by_name: PersonName::known("Customer 1"),
        ..entry(1, n)
    }
}

fn notification() -> Notification {
    Notification {
        id: NotificationId::new(uuid(8, 1)),
        user_id: admin_id(),
        ticket_id: ticket_id(1),
        kind: NotificationKind::TicketCreated,
        text: "Ana wrote".to_owned(),
        created_at: at(1),
        read_at: None,
    }
}

fn delivery() -> Delivery {
    Delivery {
        id: OutboxId::new(uuid(9, 1)),
        channel: Channel::Email,
        user_id: admin_id(),
        ticket_id: ticket_id(1),
        kind: NotificationKind::TicketCreated,
        text: "Ana wrote".to_owned(),
        state: DeliveryState::Pending,
        created_at: at(1),
    }
}

fn request() -> IdempotencyRecord {
    IdempotencyRecord {
        actor: customer_id(1),
        key: IdempotencyKey::parse("key").expect("a key"),
        fingerprint: Fingerprint([2; 32]),
        ticket_id: ticket_id(1),
        created_at: at(1),
    }
}

fn erase(scene: &Scene) {
    scene.write(|tx| tx.users().erase(customer_id(1)));
}

fn conversation(scene: &Scene, ticket: TicketId) -> Vec<(String, String)> {
    let shown =
        |message: &Message| (message.sender_name.as_str().to_owned(), message.text.as_str().to_owned());
    scene.messages(ticket, MessageWindow::Newest, 50).iter().map(shown).collect()
}

pub(super) fn what_is_personal_reads_as_erased(scene: &Scene) {
    let tickets = prepare(scene);
    erase(scene);
    for before in tickets.iter().take(2) {
        let after = scene.ticket(before.id);
        assert_eq!(after.customer.id, before.customer.id);
        assert_eq!(after.customer.name.as_str(), erasure::NAME);
        assert_eq!((&after.customer.email, &after.customer.phone), (&None, &None));
        assert_eq!(after.description.as_str(), erasure::TEXT);
        let resolution = before.resolution.as_ref().map(|_| erasure::TEXT);
        assert_eq!(after.resolution.as_ref().map(Resolution::as_str), resolution);
        assert_eq!((after.status, after.version), (before.status, before.version));
    }
    assert_eq!(scene.ticket(ticket_id(3)), tickets[2], "others' tickets are as they were");
    let erased = |name: &str| (name.to_owned(), erasure::TEXT.to_owned());
    assert_eq!(conversation(scene, ticket_id(1)), [erased(erasure::NAME), erased("Ada Admin")]);
    assert_eq!(conversation(scene, ticket_id(3)), [("Customer 1".to_owned(), "Message 1".to_owned())]);
    let user = scene.read(|tx| tx.users().find(customer_id(1))).expect("the user stays");
    assert_eq!((user.name.as_str(), user.email, user.phone), (erasure::NAME, None, None));
    let told = scene.read(|tx| tx.notifications().list(admin_id(), None, 10));
    assert_eq!(told.iter().map(|told| told.text.as_str()).collect::<Vec<_>>(), [erasure::TEXT]);
    let outbox = scene.read(|tx| tx.notifications().list_outbox(10));
    assert_eq!(outbox.iter().map(|delivery| delivery.text.as_str()).collect::<Vec<_>>(), [erasure::TEXT]);
}

pub(super) fn histories_verify_after_erasure(scene: &Scene) {
    prepare(scene);
    let hashes = |entries: &[HistoryEntry]| entries.iter().map(|entry| entry.hash).collect::<Vec<_>>();
    let before = scene.history(ticket_id(1));
    erase(scene);
    let after = scene.history(ticket_id(1));
    assert_eq!(hashes(&after), hashes(&before));
    let shown: Vec<(&str, Option<&str>)> = after
        .iter()
        .map(|entry| (entry.entry.performed_by_name.as_str(), entry.entry.details.as_deref()))
        .collect();
    assert_eq!(shown, [(erasure::NAME, Some(erasure::TEXT)), ("Ada Admin", Some(erasure::TEXT))]);
    let report = scene.read(|tx| tx.history().verify(ticket_id(1), None)).expect("the ticket exists");
    assert_eq!((report.entries, report.broken), (2, None));
}

pub(super) fn an_erased_user_is_out_and_forgotten(scene: &Scene) {
    prepare(scene);
    erase(scene);
    assert_eq!(scene.read(|tx| tx.users().find_customer(&email(LOGIN))), None);
    let user: Option<User> = scene.read(|tx| tx.users().find(customer_id(1)));
    assert_eq!(user.expect("the user stays").password, None);
    assert_eq!(scene.write(|tx| tx.idempotency().claim(&request())), ClaimOutcome::First);
    let again = ClientMessageId::parse("from ana").expect("an id");
    let found = scene.read(move |tx| tx.messages().find_by_client_id(ticket_id(1), customer_id(1), &again));
    assert_eq!(found, None);
}

pub(super) fn what_is_written_later_is_kept(scene: &Scene) {
    prepare(scene);
    erase(scene);
    let later = ticket(4, |_| ());
    let kept = later.clone();
    scene.write(move |tx| {
        tx.messages().append(&from_staff(3))?;
        let locked = tx.tickets().lock(ticket_id(1))?.expect("the ticket exists");
        tx.history().append(&entry(1, 3))?;
        tx.tickets().save(&locked)?;
        tx.tickets().insert(&later)?;
        Ok::<_, Error>(())
    });
    let shown = conversation(scene, ticket_id(1));
    assert_eq!(shown[2], ("Ada Admin".to_owned(), "Message 3".to_owned()));
    let history = scene.history(ticket_id(1));
    assert_eq!(history[2].entry.details.as_deref(), Some("Change 3"));
    assert_eq!(history[1].entry.details.as_deref(), Some(erasure::TEXT));
    assert_eq!(scene.ticket(ticket_id(1)).customer.name.as_str(), erasure::NAME);
    assert_eq!(scene.ticket(ticket_id(4)), kept);
    // A second time takes these as well.
    erase(scene);
    assert_eq!(conversation(scene, ticket_id(1))[2].1, erasure::TEXT);
    assert_eq!(scene.ticket(ticket_id(4)).customer.name.as_str(), erasure::NAME);
    let report = scene.read(|tx| tx.history().verify(ticket_id(1), None)).expect("the ticket exists");
    assert_eq!((report.entries, report.broken), (3, None));
}

pub(super) fn erasure_within_a_transaction_is_seen_at_once_and_undone_with_it(scene: &Scene) {
    let tickets = prepare(scene);
    let undone = scene.try_write(|tx| {
        tx.users().erase(customer_id(1))?;
        let locked = tx.tickets().lock(ticket_id(1))?.expect("the ticket exists");
        assert_eq!(locked.customer.name.as_str(), erasure::NAME);
        Err::<(), _>(Error::Forbidden("undone"))
    });
    assert!(matches!(undone, Err(Error::Forbidden("undone"))), "{undone:?}");
    assert_eq!(scene.ticket(ticket_id(1)), tickets[0]);
    assert_eq!(conversation(scene, ticket_id(1))[0].1, "Message 1");
}
