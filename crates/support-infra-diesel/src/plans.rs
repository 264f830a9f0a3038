//! Many tickets, and every list that is asked of them: shared by the tests of both databases' query plans.

use support_domain::id::{AgentId, TicketId, UserId};
use support_domain::port::{Sort, SortField, Start, TicketCursor, TicketFilter, TicketQuery};
use support_domain::rules::access::Visibility;
use support_domain::time::Timestamp;
use support_domain::value::{Category, DepartmentName, Priority, Status, Tag};
use uuid::Uuid;

/// How many tickets there are; enough that reading them all is told from reading a page.
pub(crate) const TICKETS: i64 = 100_000;

/// The moment before the first ticket, in microseconds.
const BEGIN: i64 = 1_767_225_600_000_000;

/// Fills the tables of people and tickets. `id` makes an id of a number, `moment` a time of microseconds, and `numbers` is a
/// source of rows `n` from 1 to a number.
pub(crate) fn load_sql(
    id: impl Fn(&str) -> String,
    moment: impl Fn(&str) -> String,
    numbers: impl Fn(i64) -> String,
    json: &str,
    zeros: &str,
) -> String {
    let person = |role: u8, first: &str, count: i64| {
        format!(
            "INSERT INTO users (id, role, name, email, created_at) \
             SELECT {}, {role}, 'Person ' || n, 'p{role}.' || n || '@example.com', {} FROM {};",
            id(first),
            moment("0"),
            numbers(count)
        )
    };
    let department = |n: i64| {
        format!("INSERT INTO departments VALUES ({}, 'Department {n}', 'department {n}', '', 1);", id(&(7_000_000 + n).to_string()))
    };
    let agents = format!(
        "INSERT INTO agents SELECT {}, 'Agent ' || n, 'agent' || n || '@example.com', NULL, 'Department ' || (n % 5), \
         1, 0, 0, FALSE, 10, NULL, {} FROM {};",
        id("8000000 + n"),
        moment("0"),
        numbers(50)
    );
    // The newest tickets are open, the oldest closed, as at any desk.
    let status = format!(
        "CASE WHEN n > {0} * 97 / 100 THEN 0 WHEN n > {0} * 92 / 100 THEN 1 WHEN n > {0} * 90 / 100 THEN 2 \
         WHEN n > {0} * 80 / 100 THEN 3 ELSE 4 END",
        TICKETS
    );
    let handled = format!("n <= {TICKETS} * 97 / 100");
    let done = format!("n <= {TICKETS} * 90 / 100");
    let escalated = format!("n > {TICKETS} * 90 / 100 AND n <= {TICKETS} * 92 / 100");
    let created = moment(&format!("{BEGIN} + n * 1000000"));
    let updated = moment(&format!("{BEGIN} + n * 1000000 + (n * 7919) % 1000003 * 1000000"));
    let tickets = format!(
        "INSERT INTO tickets (id, number_year, number_serial, customer_id, customer_name, subject, description, category, \
         priority, status, assigned_to, assigned_to_name, department, escalated_to, escalated_to_name, resolution, \
         resolved_at, resolved_by, last_message_at, message_count, tags, waiting, version, created_at, updated_at, words, \
         history_sequence, history_hash) \
         SELECT {id}, 2026, n, {customer}, 'Customer ' || (n % 1000), 'Subject ' || n, 'Description', n % 6, n / 6 % 4, \
         {status}, CASE WHEN {handled} THEN {agent} END, CASE WHEN {handled} THEN 'Agent' END, \
         CASE WHEN n % 7 < 5 THEN 'Department ' || (n % 7) END, CASE WHEN {escalated} THEN {other} END, \
         CASE WHEN {escalated} THEN 'Agent' END, CASE WHEN {done} THEN 'Done' END, CASE WHEN {done} THEN {updated} END, \
         CASE WHEN {done} THEN {agent} END, {last}, 0, CASE WHEN n % 500 = 0 THEN '[\"vip\",\"card\"]' WHEN n % 3 = 0 \
         THEN '[\"card\"]' ELSE '[]' END{json}, n > {TICKETS} - 100, 1, {created}, {updated}, \
         ' tkt 2026 ' || n || CASE WHEN n % 3 = 0 THEN ' payment' ELSE ' refund' END || ' word' || (n % 5000) || ' customer', \
         0, {zeros} FROM {numbers};",
        id = id("n"),
        customer = id("9000000 + n % 1000 + 1"),
        agent = id("8000000 + n % 50 + 1"),
        other = id("8000000 + (n + 1) % 50 + 1"),
        last = format!("CASE WHEN n % 5 = 0 THEN {} ELSE {updated} END", moment("0")),
        json = json,
        zeros = zeros,
        numbers = numbers(TICKETS),
    );
    let mut all = vec![person(0, "9000000 + n", 1_000), person(1, "8000000 + n", 50)];
    all.extend((0..5).map(department));
    all.push(agents);
    all.push(tickets);
    all.join("\n")
}

fn agent(n: u128) -> AgentId {
    AgentId::new(Uuid::from_u128(8_000_000 + n))
}

fn customer(n: u128) -> UserId {
    UserId::new(Uuid::from_u128(9_000_000 + n))
}

/// One filter under a name for messages.
type Named = (&'static str, TicketFilter);

/// Every condition alone, in few and in many tickets, and common ones together.
fn filters() -> Vec<Named> {
    let of = |name, change: &dyn Fn(&mut TicketFilter)| {
        let mut filter = TicketFilter::new(Visibility::All);
        change(&mut filter);
        (name, filter)
    };
    let words = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let tag = |text| Tag::parse(text).expect("a tag");
    let department = |text| DepartmentName::parse(text).expect("a name");
    let at = |n: i64| Timestamp::from_micros(BEGIN + n * 1_000_000);
    vec![
        of("none", &|_| ()),
        of("status, few", &|f| f.status = vec![Status::Open]),
        of("status, many", &|f| f.status = vec![Status::Closed]),
        of("several statuses", &|f| f.status = vec![Status::Open, Status::InProgress, Status::Closed]),
        of("priority", &|f| f.priority = vec![Priority::Urgent]),
        of("category", &|f| f.category = vec![Category::Loan]),
        of("several categories", &|f| f.category = vec![Category::Loan, Category::Billing]),
        of("assigned to", &|f| f.assigned_to = vec![agent(3)]),
        of("department", &|f| f.department = vec![department("department 2")]),
        of("customer", &|f| f.customer = vec![customer(7)]),
        of("tag, few", &|f| f.tags = vec![tag("vip")]),
        of("tag, many", &|f| f.tags = vec![tag("card")]),
        of("several tags", &|f| f.tags = vec![tag("card"), tag("vip")]),
        of("unassigned", &|f| f.unassigned = true),
        of("created, few", &|f| f.created_from = Some(at(TICKETS - 500))),
        of("created, many", &|f| f.created_before = Some(at(TICKETS - 500))),
        of("word, few", &|f| f.words = words(&["word77"])),
        of("word, many", &|f| f.words = words(&["pay"])),
        of("word, all", &|f| f.words = words(&["tkt"])),
        of("number", &|f| f.words = words(&["tkt", "2026", "4321"])),
        of("an agent's own", &|f| f.visibility = Visibility::Agent(agent(9))),
        of("a customer's own", &|f| f.visibility = Visibility::Customer(customer(8))),
        of("status and category", &|f| {
            f.status = vec![Status::Open];
            f.category = vec![Category::Loan];
        }),
        of("many by status and priority", &|f| {
            f.status = vec![Status::Closed];
            f.priority = vec![Priority::High, Priority::Urgent];
        }),
        of("an agent's open ones", &|f| {
            f.visibility = Visibility::Agent(agent(9));
            f.status = vec![Status::InProgress, Status::Escalated];
        }),
        of("word and status", &|f| {
            f.words = words(&["pay"]);
            f.status = vec![Status::Open];
        }),
        of("department and time", &|f| {
            f.department = vec![department("Department 3")];
            f.created_from = Some(at(TICKETS / 2));
        }),
    ]
}

/// Every filter in every order, from the beginning, from a cursor and by page number.
pub(crate) fn queries() -> Vec<(String, TicketQuery)> {
    let mut all = Vec::new();
    for (name, filter) in filters() {
        for field in SortField::ALL {
            for descending in [false, true] {
                let key = match field {
                    SortField::Priority | SortField::Status => 1,
                    _ => BEGIN + TICKETS / 2 * 1_000_000,
                };
                let id = TicketId::new(Uuid::from_u128(50_000));
                let cursor = Start::After(TicketCursor { key, id });
                for (place, start) in [("first", Start::First), ("after", cursor), ("skip", Start::Skip(1_000))] {
                    let sort = Sort { field: *field, descending };
                    let order = if descending { "-" } else { "" };
                    let name = format!("{name}; sort={order}{}; {place}", field.as_str());
                    all.push((name, TicketQuery { filter: filter.clone(), sort, start, limit: 50 }));
                }
            }
        }
    }
    all
}
