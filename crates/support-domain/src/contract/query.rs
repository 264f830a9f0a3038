//! Asking for tickets: what the cases about lists share.

use crate::contract::sample::{self, ticket};
use crate::contract::scene::Scene;
use crate::entity::Ticket;
use crate::port::{PageStart, Sort, SortField, TicketFilter, TicketPage, TicketQuery};
use crate::rules::access::Visibility;
use crate::value::{Category, Priority, Status, Tag, Tags};

/// Every ticket, oldest first.
pub(super) const OLDEST_FIRST: Sort = Sort { field: SortField::CreatedAt, descending: false };

/// The tickets that every administrator sees, changed by `change`.
pub(super) fn filter(change: impl FnOnce(&mut TicketFilter)) -> TicketFilter {
    let mut filter = TicketFilter::new(Visibility::All);
    change(&mut filter);
    filter
}

/// The first 200 tickets that `filter` lets through, oldest first.
pub(super) fn query(filter: TicketFilter) -> TicketQuery {
    TicketQuery { filter, sort: OLDEST_FIRST, start: PageStart::First, limit: 200 }
}

/// The numbers by which the samples name the tickets of a page.
pub(super) fn serials(page: &TicketPage) -> Vec<i64> {
    page.items.iter().map(|ticket| ticket.number.serial()).collect()
}

/// The tickets that `filter` lets through, oldest first, all on one page with an exact total.
#[track_caller]
pub(super) fn found(scene: &Scene, filter: TicketFilter) -> Vec<i64> {
    let page = scene.list(&query(filter));
    assert_eq!(page.next, None, "all are on one page");
    assert!(page.total.is_exact);
    assert_eq!(usize::try_from(page.total.count), Ok(page.items.len()), "the total is the number of tickets");
    serials(&page)
}

pub(super) fn tags<const N: usize>(tags: [&str; N]) -> Tags {
    Tags::new(tags.map(|tag| Tag::parse(tag).expect("a tag"))).expect("tags")
}

/// Eight tickets that differ in everything a list can be filtered by:
///
/// | n | status | priority | category | customer | assigned to | escalated to | department | tags |
/// | - | --- | --- | --- | - | - | - | --- | --- |
/// | 1 | open | low | technical | 1 | | | | |
/// | 2 | in-progress | medium | billing | 2 | 1 | | Billing & Payments | vip |
/// | 3 | escalated | high | technical | 1 | 1 | 2 | Technical Support | vip, bug |
/// | 4 | resolved | urgent | account | 2 | 2 | | Technical Support | bug |
/// | 5 | closed | medium | loan | 3 | 3 | | | |
/// | 6 | open | urgent | general | 1 | | | Billing & Payments | vip-gold |
/// | 7 | in-progress | low | transaction | 3 | 2 | 1 | Technical Support | |
/// | 8 | escalated | medium | technical | 4 | 1 | 1 | Technical Support | |
pub(super) fn eight() -> Vec<Ticket> {
    use Category::{Account, Billing, General, Loan, Technical, Transaction};
    use Priority::{High, Low, Medium, Urgent};
    use Status::{Closed, Escalated, InProgress, Open, Resolved};

    let row = |n, status, priority, category, customer| {
        let base = sample::ticket_in(n, status);
        ticket(n, |t| {
            t.clone_from(&base);
            t.priority = priority;
            t.category = category;
            t.customer = sample::customer(customer);
        })
    };
    let with = |n, base: Ticket, assigned: u64, escalated: u64, department: &str, labels: Tags| {
        ticket(n, |t| {
            t.clone_from(&base);
            t.assigned_to = (assigned > 0).then(|| sample::handler(assigned));
            t.escalated_to = (escalated > 0).then(|| sample::handler(escalated));
            t.department = (!department.is_empty()).then(|| sample::department_name(department));
            t.tags = labels;
        })
    };
    vec![
        row(1, Open, Low, Technical, 1),
        with(2, row(2, InProgress, Medium, Billing, 2), 1, 0, sample::BILLING, tags(["vip"])),
        with(3, row(3, Escalated, High, Technical, 1), 1, 2, sample::SUPPORT, tags(["vip", "bug"])),
        with(4, row(4, Resolved, Urgent, Account, 2), 2, 0, sample::SUPPORT, tags(["bug"])),
        with(5, row(5, Closed, Medium, Loan, 3), 3, 0, "", tags([])),
        with(6, row(6, Open, Urgent, General, 1), 0, 0, sample::BILLING, tags(["vip-gold"])),
        with(7, row(7, InProgress, Low, Transaction, 3), 2, 1, sample::SUPPORT, tags([])),
        with(8, row(8, Escalated, Medium, Technical, 4), 1, 1, sample::SUPPORT, tags([])),
    ]
}
