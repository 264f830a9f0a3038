use actix_web::{HttpResponse, web};
use support_api::names;
use support_api::text;
use support_api::ticket::TicketList;
use support_domain::actor::Actor;
use support_domain::id::{AgentId, TicketId, UserId};
use support_domain::port::{MAX_COUNT, PageStart, Sort, SortField, TicketCursor, TicketFilter, TicketQuery};
use support_domain::rules::access::Visibility;
use support_domain::value::{Category, DepartmentName, Priority, Status, Tag};
use uuid::Uuid;

use crate::cursor::CursorKey;
use crate::extract::{Caller, Params, Query};
use crate::failure::Failure;
use crate::moment;
use crate::state::State;
use crate::tickets::params::TicketParams;

/// List tickets
///
/// Customers see their own tickets, agents those that name them, administrators all. Between filters all must
/// hold; within one, any value may. Several values are separated by commas or given one by one.
#[utoipa::path(
    get,
    path = "/support/tickets",
    tag = "tickets",
    params(TicketParams),
    responses((status = 200, description = "A page of tickets.", body = TicketList))
)]
pub(crate) async fn list_tickets(
    Caller(actor): Caller,
    state: web::Data<State>,
    params: Params,
) -> Result<HttpResponse, Failure> {
    let query = read(params.read(), &actor, &state.cursors)?;
    let sort = query.sort;
    let page = state.desk.tickets(&actor, query).await?;
    let next = page.next.map(|next| seal(&state.cursors, sort, next));
    Ok(HttpResponse::Ok().json(TicketList::of(&page, next)))
}

fn read(mut query: Query<'_>, actor: &Actor, cursors: &CursorKey) -> Result<TicketQuery, Failure> {
    let filter = filter(&mut query, actor);
    let sort = query.one("sort", sort).unwrap_or_default();
    let limit = query.limit();
    let start = start(&mut query, sort, limit, cursors);
    query.finish()?;
    Ok(TicketQuery { filter, sort, start, limit })
}

fn filter(query: &mut Query<'_>, actor: &Actor) -> TicketFilter {
    let id = |text: &str| Uuid::try_parse(text).ok().filter(|_| text.len() == 36).ok_or("must be a UUID");
    TicketFilter {
        visibility: Visibility::of(actor),
        status: query.list("status", Status::parse),
        priority: query.list("priority", Priority::parse),
        category: query.list("category", Category::parse),
        assigned_to: query.list("assignedTo", |text| id(text).map(AgentId::new)),
        department: query.list("department", text::parse::<DepartmentName>),
        customer: query.list("customerId", |text| id(text).map(UserId::new)),
        tags: query.list("tag", text::parse::<Tag>),
        unassigned: query.one("unassigned", boolean).unwrap_or(false),
        created_from: query.one("createdFrom", moment::from),
        created_before: query.one("createdTo", moment::to),
        words: query.search(),
    }
}

fn boolean(text: &str) -> Result<bool, &'static str> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false"),
    }
}

fn sort(text: &str) -> Result<Sort, String> {
    let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
    let field = SortField::ALL.iter().find(|field| names::sort_field(**field) == name);
    field.map(|field| Sort { field: *field, descending }).ok_or_else(|| {
        let names: Vec<&str> = SortField::ALL.iter().map(|field| names::sort_field(*field)).collect();
        format!("must be one of {}, with - before it for the largest first", names.join(", "))
    })
}

/// Where the page begins: behind a cursor, or after the pages before `page`.
fn start(query: &mut Query<'_>, sort: Sort, limit: u32, cursors: &CursorKey) -> PageStart {
    let cursor = query.cursor(|text| open(cursors, sort, text));
    let most = u32::try_from(MAX_COUNT).unwrap_or(u32::MAX);
    let page = query.one("page", |text| crate::extract::integer(text, 1, most));
    if query.has("cursor") && query.has("page") {
        query.refuse("page", "goes without a cursor");
    }
    if page.is_some_and(|page| u64::from(page) * u64::from(limit) > MAX_COUNT) {
        query.refuse("page", format!("ends at {MAX_COUNT} tickets; a cursor leads further"));
    }
    match (cursor, page) {
        (Some(cursor), _) => PageStart::After(cursor),
        (None, None | Some(1)) => PageStart::First,
        (None, Some(page)) => PageStart::Skip((page - 1).saturating_mul(limit)),
    }
}

/// The name of the list in one order, to which its cursors are bound.
fn list(sort: Sort) -> String {
    format!("tickets {}{}", if sort.descending { "-" } else { "" }, names::sort_field(sort.field))
}

fn seal(cursors: &CursorKey, sort: Sort, place: TicketCursor) -> String {
    let mut bytes = place.key.to_be_bytes().to_vec();
    bytes.extend_from_slice(place.id.uuid().as_bytes());
    cursors.seal(&list(sort), &bytes)
}

fn open(cursors: &CursorKey, sort: Sort, cursor: &str) -> Option<TicketCursor> {
    let bytes: [u8; 24] = cursors.open(&list(sort), cursor)?;
    let (key, id) = bytes.split_at_checked(8)?;
    Some(TicketCursor {
        key: i64::from_be_bytes(key.try_into().ok()?),
        id: TicketId::new(Uuid::from_bytes(id.try_into().ok()?)),
    })
}

#[cfg(test)]
mod tests {
    use support_domain::value::Role;

    use super::*;

    fn cursors() -> CursorKey {
        CursorKey::new([7; 32])
    }

    fn parse(query: &str) -> Result<TicketQuery, Vec<String>> {
        let params = Params::parse(query).expect("UTF-8");
        let actor = Actor::new(UserId::new(Uuid::from_u128(1)), Role::Admin);
        read(params.read(), &actor, &cursors())
            .map_err(|failure| failure.problem().errors.iter().map(|error| error.pointer.clone()).collect())
    }

    #[test]
    fn without_parameters_the_newest_come_first() {
        let query = parse("").expect("fits");
        assert_eq!(query.sort, Sort { field: SortField::CreatedAt, descending: true });
        assert_eq!((query.limit, query.start), (50, PageStart::First));
        assert_eq!(query.filter, TicketFilter::new(Visibility::All));
    }

    #[test]
    fn every_filter_is_read() {
        let query = parse(
            "status=open&priority=HIGH,urgent&category=loan&assignedTo=018f3a5e-7c1d-7b3a-9d2e-1f4c5b6a7d8e\
             &department=Loans&customerId=018f3a5e-7c1d-7b3a-9d2e-1f4c5b6a7d8e&tag=VIP&unassigned=true\
             &createdFrom=2026-01-01&createdTo=2026-01-31&q=Card+fee&sort=priority&limit=10&page=3",
        );
        let TicketQuery { filter, sort, start, limit } = query.expect("fits");
        assert_eq!(
            (filter.status, filter.priority),
            (vec![Status::Open], vec![Priority::High, Priority::Urgent])
        );
        assert_eq!((filter.category.len(), filter.assigned_to.len(), filter.customer.len()), (1, 1, 1));
        assert_eq!((filter.department.len(), filter.tags.len(), filter.unassigned), (1, 1, true));
        assert_eq!(filter.words, ["card", "fee"]);
        assert_eq!(
            filter.created_before.map(|time| time.to_string()).as_deref(),
            Some("2026-02-01T00:00:00.000Z")
        );
        assert_eq!(
            (sort.field, sort.descending, start, limit),
            (SortField::Priority, false, PageStart::Skip(20), 10)
        );
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let bad = "status=&assignedTo=x&unassigned=1&createdFrom=x&sort=subject&limit=201&foo=1";
        let names = ["/status", "/assignedTo", "/unassigned", "/createdFrom", "/sort", "/limit", "/foo"];
        assert_eq!(parse(bad).expect_err("does not fit"), names);
        assert_eq!(parse("page=0").expect_err("no page"), ["/page"]);
        assert_eq!(parse("page=51&limit=200").expect_err("too far"), ["/page"]);
        assert!(parse("page=50&limit=200").is_ok());
    }

    #[test]
    fn cursors_hold_for_their_order_alone() {
        let place = TicketCursor { key: -5, id: TicketId::new(Uuid::from_u128(9)) };
        let cursor = seal(&cursors(), Sort::default(), place);
        assert_eq!(parse(&format!("cursor={cursor}")).expect("fits").start, PageStart::After(place));
        assert_eq!(parse(&format!("cursor={cursor}&sort=-updatedAt")).expect_err("other order"), ["/cursor"]);
        assert_eq!(parse(&format!("cursor={cursor}&sort=createdAt")).expect_err("other order"), ["/cursor"]);
        assert_eq!(parse("cursor=AAAA").expect_err("made up"), ["/cursor"]);
        assert_eq!(parse(&format!("cursor={cursor}&page=2")).expect_err("both"), ["/page"]);
    }
}
