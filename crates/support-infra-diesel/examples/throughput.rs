#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::expect_used)]
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use support_domain::entity::*;
use support_domain::error::Error;
use support_domain::id::*;
use support_domain::port::*;
use support_domain::time::Timestamp;
use support_domain::value::*;
use support_infra_diesel::{Options, open};
use uuid::Uuid;

static N: AtomicU64 = AtomicU64::new(1);
fn uuid() -> Uuid { let n = N.fetch_add(1, Ordering::Relaxed); Uuid::from_u128(0x019a_b2c0_0000_7000_8000_0000_0000_0000 | (u128::from(n) << 80 & 0xffff_ffff_ffff << 80) | u128::from(n)) }
fn at() -> Timestamp { Timestamp::from_micros(1_795_478_400_000_000 + N.fetch_add(1, Ordering::Relaxed) as i64 * 1000) }

fn new_ticket(number: TicketNumber, customer: UserId) -> Ticket {
    let now = at();
    Ticket::restore(TicketRecord { id: TicketId::new(uuid()), number,
        customer: Customer { id: customer, name: PersonName::parse("Ana Customer").unwrap(), email: Some(EmailAddress::parse("a@example.com").unwrap()), phone: None },
        subject: Subject::parse("The card machine ate my card again").unwrap(), description: Description::parse("It happened on Monday at noon. ".repeat(10).as_str()).unwrap(),
        category: Category::Technical, priority: Priority::Medium, status: Status::Open, assigned_to: None, department: None, escalated_to: None, resolution: None, resolved_at: None, resolved_by: None,
        last_message_at: None, message_count: 0, tags: Tags::new([Tag::parse("card").unwrap()]).unwrap(), first_response_at: None, waiting: false, version: 1, created_at: now, updated_at: now }).unwrap()
}
fn entry(ticket: TicketId, action: Action) -> NewHistoryEntry {
    NewHistoryEntry { id: HistoryEntryId::new(uuid()), ticket_id: ticket, action, performed_by: UserId::SYSTEM, performed_by_name: PersonName::known("System"), details: Some("Agent sent message: 'We are looking into it'".into()), timestamp: at() }
}
fn main() {
    let url = std::env::args().nth(1).unwrap();
    let clients: usize = std::env::args().nth(2).unwrap_or("64".into()).parse().unwrap();
    let store = open(&url, &Options { queue_depth: 100000, ..Options::default() }).unwrap();
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let customer = UserId::new(uuid());
    rt.block_on(store.write(Box::new(move |tx| { tx.users().insert(&User { id: customer, role: Role::Customer, name: PersonName::known("Ana"), email: None, phone: None, password: None, created_at: at() })?; Ok(()) }))).unwrap();
    // creates
    let creates = 4000usize; let start = Instant::now();
    let ids = Arc::new(std::sync::Mutex::new(Vec::new()));
    rt.block_on(async {
        let mut set = tokio::task::JoinSet::new();
        for _ in 0..clients { let store = store.clone(); let ids = ids.clone();
            set.spawn(async move { for _ in 0..creates / clients { let ids = ids.clone();
                store.write(Box::new(move |tx| -> Result<(), Error> {
                    let number = tx.tickets().next_number(2026)?; let t = new_ticket(number, customer);
                    tx.tickets().insert(&t)?; tx.history().append(&entry(t.id, Action::TicketCreated))?;
                    ids.lock().unwrap().push(t.id); Ok(()) })).await.unwrap(); } }); }
        while let Some(r) = set.join_next().await { r.unwrap(); }
    });
    println!("creates/s {:.0}", creates as f64 / start.elapsed().as_secs_f64());
    let ids = ids.lock().unwrap().clone();
    for round in 0..2 {
    let messages = 12000usize; let start = Instant::now();
    rt.block_on(async {
        let mut set = tokio::task::JoinSet::new();
        for c in 0..clients { let store = store.clone(); let mine: Vec<TicketId> = ids.iter().copied().skip(c).step_by(clients).collect();
            set.spawn(async move { for k in 0..messages / clients { let id = mine[k % mine.len()];
                store.write(Box::new(move |tx| -> Result<(), Error> {
                    let t = tx.tickets().lock(id)?.unwrap(); let now = at();
                    let t = t.count_message(true, now)?;
                    tx.messages().append(&Message { id: MessageId::new(uuid()), ticket_id: id, sequence: t.message_count, sender_id: UserId::SYSTEM, sender_name: PersonName::known("Agent"), sender_type: SenderType::Agent, text: MessageText::parse("We are looking into it and will come back to you today").unwrap(), attachments: vec![], client_message_id: None, is_read: false, created_at: now })?;
                    tx.tickets().save(&t)?; tx.history().append(&entry(id, Action::MessageSent))?; Ok(()) })).await.unwrap(); } }); }
        while let Some(r) = set.join_next().await { r.unwrap(); }
    });
    println!("round {round} messages/s {:.0}", messages as f64 / start.elapsed().as_secs_f64());
    }
    let start = Instant::now(); let n = 300;
    rt.block_on(async { for k in 0..n { let id = ids[k]; let q = TicketQuery { filter: TicketFilter::new(support_domain::rules::access::Visibility::All), sort: Sort::default(), start: Start::First, limit: 50 };
        store.read(Box::new(move |tx| { if id.uuid().is_nil() { return Ok(()) } tx.tickets().list(&q)?; Ok(()) })).await.unwrap(); } });
    println!("list ms {:.2}", start.elapsed().as_secs_f64() * 1000.0 / n as f64);
}
