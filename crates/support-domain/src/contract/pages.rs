//! The order of lists, and their pages.

use crate::contract::query::{self, OLDEST_FIRST, filter, serials};
use crate::contract::sample::{self, agent_id, at, ticket};
use crate::contract::scene::Scene;
use crate::entity::Ticket;
use crate::port::{
    MAX_COUNT, PageStart, Sort, SortField, TicketCursor, TicketFilter, TicketPage, TicketQuery, Total,
};
use crate::rules::access::Visibility;
use crate::time::Timestamp;
use crate::value::{Category, Priority, Status, TicketNumber};

pub(super) fn every_sort_orders_in_both_directions(scene: &Scene) {
    scene.seed();
    scene.insert(&query::eight());
    let by = |field, descending| {
        let sort = Sort { field, descending };
        serials(&scene.list(&TicketQuery { sort, ..query::query(filter(|_| ())) }))
    };
    assert_eq!(by(SortField::CreatedAt, false), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(by(SortField::CreatedAt, true), [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(
        by(SortField::Priority, false),
        [1, 7, 2, 5, 8, 3, 4, 6],
        "low, medium, high, urgent; then by id"
    );
    assert_eq!(by(SortField::Priority, true), [6, 4, 3, 8, 5, 2, 7, 1]);
    assert_eq!(by(SortField::Status, false), [1, 6, 2, 7, 3, 8, 4, 5], "as a ticket's life goes; then by id");
    assert_eq!(by(SortField::Status, true), [5, 4, 8, 3, 7, 2, 6, 1]);
}

pub(super) fn times_order_to_the_microsecond_and_ties_by_id(scene: &Scene) {
    scene.seed();
    let later = |n: i64| Timestamp::from_micros(at(0).as_micros() + n);
    let times = [(1, 5), (2, 4), (3, 5), (4, 3), (5, 4), (6, 6)];
    scene.insert(&times.map(|(n, micros)| {
        ticket(n, |t| {
            t.created_at = later(micros);
            t.updated_at = later(100 - micros);
        })
    }));
    let by = |field, descending| {
        let sort = Sort { field, descending };
        serials(&scene.list(&TicketQuery { sort, ..query::query(filter(|_| ())) }))
    };
    assert_eq!(by(SortField::CreatedAt, false), [4, 2, 5, 1, 3, 6]);
    assert_eq!(by(SortField::CreatedAt, true), [6, 3, 1, 5, 2, 4]);
    assert_eq!(by(SortField::UpdatedAt, false), [6, 1, 3, 2, 5, 4]);
    assert_eq!(by(SortField::UpdatedAt, true), [4, 5, 2, 3, 1, 6]);
}

pub(super) fn tickets_without_a_message_count_as_oldest(scene: &Scene) {
    scene.seed();
    scene.insert(
        &[(1, None), (2, Some(20)), (3, Some(10)), (4, None), (5, Some(20))]
            .map(|(n, said)| ticket(n, |t| t.last_message_at = said.map(at))),
    );
    for (descending, expected) in [(false, [1, 4, 3, 2, 5]), (true, [5, 2, 3, 4, 1])] {
        let sort = Sort { field: SortField::LastMessageAt, descending };
        for limit in 1..=5 {
            let query = TicketQuery { sort, limit, ..query::query(filter(|_| ())) };
            assert_eq!(paged(scene, &query), expected, "pages of {limit}, descending: {descending}");
        }
    }
}

pub(super) fn cursors_reach_every_ticket_once(scene: &Scene) {
    scene.seed();
    let tickets = many();
    scene.insert(&tickets);
    for field in SortField::ALL {
        for descending in [false, true] {
            let sort = Sort { field: *field, descending };
            let expected = ordered(&tickets, sort);
            for limit in [1, 3, 4, 23, 24, 25] {
                let query = TicketQuery { sort, limit, ..query::query(filter(|_| ())) };
                assert_eq!(paged(scene, &query), expected, "{sort:?}, pages of {limit}");
            }
        }
    }
}

pub(super) fn cursors_reach_every_filtered_ticket_once(scene: &Scene) {
    scene.seed();
    let tickets = many();
    scene.insert(&tickets);
    let filters = [
        TicketFilter::new(Visibility::Agent(agent_id(1))),
        TicketFilter::new(Visibility::Agent(agent_id(2))),
        TicketFilter::new(Visibility::Customer(sample::customer_id(1))),
        filter(|f| f.status = vec![Status::Open, Status::Escalated]),
        filter(|f| f.words = vec!["app".to_owned()]),
    ];
    for filter in filters {
        let let_through = |t: &&Ticket| {
            filter.visibility.includes(t) && (filter.status.is_empty() || filter.status.contains(&t.status))
        };
        let expected: Vec<Ticket> = tickets.iter().filter(let_through).cloned().collect();
        assert!(expected.len() > 5, "the case has several pages");
        for field in SortField::ALL {
            for descending in [false, true] {
                let sort = Sort { field: *field, descending };
                let query = TicketQuery { sort, limit: 3, ..query::query(filter.clone()) };
                assert_eq!(paged(scene, &query), ordered(&expected, sort), "{sort:?}, {filter:?}");
            }
        }
    }
}

pub(super) fn a_full_last_page_has_no_next(scene: &Scene) {
    scene.seed();
    scene.insert(&query::eight());
    let first = scene.list(&TicketQuery { limit: 4, ..query::query(filter(|_| ())) });
    let cursor = first.next.expect("four more");
    assert_eq!(cursor, TicketCursor { key: at(4).as_micros(), id: sample::ticket_id(4) });
    let last = scene.list(&TicketQuery {
        start: PageStart::After(cursor),
        limit: 4,
        ..query::query(filter(|_| ()))
    });
    assert_eq!((serials(&last), last.next), (vec![5, 6, 7, 8], None));
    let whole = scene.list(&TicketQuery { limit: 8, ..query::query(filter(|_| ())) });
    assert_eq!(whole.next, None);
}

pub(super) fn pages_hold_their_place_while_tickets_come_and_change(scene: &Scene) {
    scene.seed();
    scene.insert(&query::eight());
    let sort = Sort { field: SortField::UpdatedAt, descending: true };
    let page = |start| scene.list(&TicketQuery { sort, start, limit: 3, ..query::query(filter(|_| ())) });
    let first = page(PageStart::First);
    assert_eq!(serials(&first), [8, 7, 6]);
    let moved = ticket(6, |t| {
        t.clone_from(&query::eight()[5]);
        t.updated_at = at(50);
    });
    scene.write(move |tx| {
        tx.tickets().insert(&ticket(9, |_| ()))?;
        tx.tickets().lock(moved.id)?;
        tx.tickets().save(&moved)
    });
    let second = page(PageStart::After(first.next.expect("a second page")));
    assert_eq!(serials(&second), [5, 4, 3], "though the ticket that the cursor names is elsewhere now");
    assert_eq!(serials(&page(PageStart::First)), [6, 9, 8]);
}

pub(super) fn a_cursor_need_not_name_a_ticket(scene: &Scene) {
    scene.seed();
    scene.insert(&query::eight());
    let after = |key: i64, n: u64, descending: bool| {
        let start = PageStart::After(TicketCursor { key, id: sample::ticket_id(n) });
        let sort = Sort { descending, ..OLDEST_FIRST };
        serials(&scene.list(&TicketQuery { sort, start, ..query::query(filter(|_| ())) }))
    };
    let key = at(5).as_micros();
    assert_eq!(after(key - 1, 999, false), [5, 6, 7, 8]);
    assert_eq!(after(key, 4, false), [5, 6, 7, 8]);
    assert_eq!(after(key, 6, false), [6, 7, 8]);
    assert_eq!(after(key, 4, true), [4, 3, 2, 1]);
    assert_eq!(after(key, 6, true), [5, 4, 3, 2, 1]);
    assert_eq!(after(i64::MAX, 1, false), [0; 0]);
}

pub(super) fn tickets_are_skipped_by_number(scene: &Scene) {
    scene.seed();
    scene.insert(&query::eight());
    let skipped = |count, limit| {
        scene.list(&TicketQuery { start: PageStart::Skip(count), limit, ..query::query(filter(|_| ())) })
    };
    assert_eq!(serials(&skipped(0, 3)), [1, 2, 3]);
    let middle = skipped(3, 3);
    assert_eq!(serials(&middle), [4, 5, 6]);
    let start = PageStart::After(middle.next.expect("a page behind it"));
    assert_eq!(serials(&scene.list(&TicketQuery { start, ..query::query(filter(|_| ())) })), [7, 8]);
    let last = skipped(6, 3);
    assert_eq!((serials(&last), last.next), (vec![7, 8], None));
    let beyond = skipped(8, 3);
    assert_eq!((serials(&beyond), beyond.next), (vec![], None));
}

pub(super) fn counting_stops_at_the_limit(scene: &Scene) {
    scene.seed();
    let limit = i64::try_from(MAX_COUNT).expect("a small number");
    let add = |serials: std::ops::RangeInclusive<i64>| {
        scene.write(move |tx| {
            for serial in serials.clone() {
                let n = u64::try_from(serial).expect("positive");
                let category = if serial % 2 == 0 { Category::General } else { Category::Billing };
                tx.tickets().insert(&ticket(n, |t| {
                    t.number = TicketNumber::new(2026, serial);
                    t.category = category;
                }))?;
            }
            Ok::<_, crate::error::StoreError>(())
        });
    };
    let last_page = |skip| {
        let start = PageStart::Skip(u32::try_from(skip).expect("a small number"));
        scene.list(&TicketQuery { start, limit: 1, ..query::query(filter(|_| ())) })
    };
    add(1..=limit);
    let page = last_page(MAX_COUNT - 1);
    assert_eq!(page.total, Total { count: MAX_COUNT, is_exact: true }, "exact up to the limit");
    assert_eq!((serials(&page), page.next), (vec![limit], None));
    add(limit + 1..=limit + 1);
    let page: TicketPage = last_page(MAX_COUNT);
    assert_eq!(page.total, Total { count: MAX_COUNT, is_exact: false }, "it stops there");
    assert_eq!(serials(&page), [limit + 1], "though tickets beyond it are listed");
    let half = scene
        .list(&TicketQuery { limit: 1, ..query::query(filter(|f| f.category = vec![Category::General])) });
    assert_eq!(
        half.total,
        Total { count: MAX_COUNT / 2, is_exact: true },
        "what the filter lets through is counted"
    );
}

/// 24 tickets whose every sort key has ties, some without a message, most naming agents 1 and 2.
fn many() -> Vec<Ticket> {
    let choose = |n: u64, all: usize| usize::try_from(n).expect("a small number") % all;
    (1..=24_u64)
        .map(|n| {
            let status = Status::ALL[choose(n * 7, 5)];
            let base = sample::ticket_in(n, status);
            ticket(n, |t| {
                t.clone_from(&base);
                t.priority = Priority::ALL[choose(n * 5, 4)];
                t.customer = sample::customer(1 + n % 3);
                t.created_at = at([40, 10, 30, 20, 10][choose(n, 5)]);
                t.updated_at = at([60, 50, 70][choose(n, 3)]);
                t.last_message_at = [None, Some(at(80)), Some(at(75))][choose(n, 3)];
                if status != Status::Open {
                    t.assigned_to = Some(sample::handler(1 + n / 2 % 2));
                }
                if status == Status::Escalated {
                    t.escalated_to = Some(sample::handler(1 + n % 2));
                }
            })
        })
        .collect()
}

/// `tickets` in the order that `sort` asks for.
fn ordered(tickets: &[Ticket], sort: Sort) -> Vec<i64> {
    let mut tickets: Vec<&Ticket> = tickets.iter().collect();
    tickets.sort_by_key(|ticket| (sort.field.key(ticket), ticket.id));
    if sort.descending {
        tickets.reverse();
    }
    tickets.into_iter().map(|ticket| ticket.number.serial()).collect()
}

/// Everything that `query` finds, page by page; no page but the last is short.
#[track_caller]
fn paged(scene: &Scene, query: &TicketQuery) -> Vec<i64> {
    let mut all = Vec::new();
    let mut query = query.clone();
    for _ in 0..100 {
        let page = scene.list(&query);
        all.extend(serials(&page));
        let Some(next) = page.next else { return all };
        assert_eq!(u32::try_from(page.items.len()), Ok(query.limit), "a page before the last is full");
        query.start = PageStart::After(next);
    }
    panic!("the pages have no end: {all:?}");
}
