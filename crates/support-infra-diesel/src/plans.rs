//! Many tickets, and every list that is asked of them: shared by the tests of both databases' query plans.

use support_domain::id::{AgentId, TicketId, UserId};
use support_domain::port::{
    PageStart, Sort, SortField, TicketCursor, TicketFilter, TicketQuery, WaitingScope,
};
use support_domain::rules::access::Visibility;
use support_domain::time::Timestamp;
use support_domain::value::{Category, DepartmentName, Priority, Status, Tag};
use uuid::Uuid;

use crate::crypto::{BlindIndex, ColumnCrypto, MasterKey};

/// How many tickets there are; enough that reading them all is told from reading a page.
pub(crate) const TICKETS: i64 = 100_000;

/// The moment before the first ticket, in microseconds.
const BEGIN: i64 = 1_767_225_600_000_000;

/// How a database writes what the load is made of.
pub(crate) struct Words {
    /// An id of a number.
    pub(crate) id: fn(&str) -> String,
    /// A time of microseconds since the epoch.
    pub(crate) moment: fn(&str) -> String,
    /// A source of rows `n` from 1 to a number.
    pub(crate) numbers: fn(i64) -> String,
    /// What makes a text a document.
    pub(crate) document: &'static str,
    /// 32 bytes of zeros.
    pub(crate) zeros: &'static str,
}

/// Fills the tables of people and tickets.
pub(crate) fn load(words: &Words, blind: &BlindIndex) -> String {
    let (id, moment, numbers, zeros) = (words.id, words.moment, words.numbers, words.zeros);
    let users = |role: u8, first: &str, count: i64| {
        let (id, at, numbers) = (id(first), moment("0"), numbers(count));
        format!(
            "INSERT INTO users (id, role, person, created_at) SELECT {id}, {role}, {zeros}, {at} FROM {numbers};"
        )
    };
    let department = |n: i64| {
        let id = id(&(7_000_000 + n).to_string());
        format!("INSERT INTO departments VALUES ({id}, 'Department {n}', 'department {n}', '', 1);")
    };
    let agents = format!(
        "INSERT INTO agents SELECT {}, 'Agent', 'agent' || n || '@example.com', NULL, 'Department ' || (n % 5), 1, 0, 0, \
         FALSE, 10, NULL, {} FROM {};",
        id("8000000 + n"),
        moment("0"),
        numbers(50)
    );
    let mut all = vec![users(0, "9000000 + n", 1_000), users(1, "8000000 + n", 50)];
    all.extend((0..5).map(department));
    all.extend([agents, tickets(words, blind)]);
    all.join("\n")
}

/// Adds the tickets. The newest are open, the oldest closed, as at any desk.
fn tickets(words: &Words, blind: &BlindIndex) -> String {
    let (id, moment) = (words.id, words.moment);
    let percent = |n: i64| (TICKETS * n / 100).to_string();
    let (open, in_progress, escalated, resolved) = (percent(97), percent(92), percent(90), percent(80));
    let updated = moment(&format!("{BEGIN} + n * 1000000 + (n * 7919) % 1000003 * 1000000"));
    let columns = [
        ("id", id("n")),
        ("number_year", "2026".to_owned()),
        ("number_serial", "n".to_owned()),
        ("customer_id", id("9000000 + n % 1000 + 1")),
        ("customer", words.zeros.to_owned()),
        ("subject", "'Subject'".to_owned()),
        ("description", words.zeros.to_owned()),
        ("category", "n % 6".to_owned()),
        ("priority", "n / 6 % 4".to_owned()),
        (
            "status",
            format!(
                "CASE WHEN n > {open} THEN 0 WHEN n > {in_progress} THEN 1 WHEN n > {escalated} THEN 2 \
                 WHEN n > {resolved} THEN 3 ELSE 4 END"
            ),
        ),
        ("assigned_to", format!("CASE WHEN n <= {open} THEN {} END", id("8000000 + n % 50 + 1"))),
        ("assigned_to_name", format!("CASE WHEN n <= {open} THEN 'Agent' END")),
        ("department", "CASE WHEN n % 7 < 5 THEN 'Department ' || (n % 7) END".to_owned()),
        (
            "escalated_to",
            format!(
                "CASE WHEN n > {escalated} AND n <= {in_progress} THEN {} END",
                id("8000000 + (n + 1) % 50 + 1")
            ),
        ),
        ("escalated_to_name", format!("CASE WHEN n > {escalated} AND n <= {in_progress} THEN 'Agent' END")),
        ("resolution", format!("CASE WHEN n <= {escalated} THEN {} END", words.zeros)),
        ("resolved_at", format!("CASE WHEN n <= {escalated} THEN {updated} END")),
        ("resolved_by", format!("CASE WHEN n <= {escalated} THEN {} END", id("1"))),
        ("last_message_at", format!("CASE WHEN n % 11 = 0 THEN {} ELSE {updated} END", moment("0"))),
        ("message_count", "0".to_owned()),
        (
            "tags",
            format!(
                "CASE WHEN n % 500 = 0 THEN '[\"vip\",\"card\"]' WHEN n % 3 = 0 THEN '[\"card\"]' ELSE '[]' END{}",
                words.document
            ),
        ),
        ("waiting", format!("n > {TICKETS} - 100")),
        ("version", "1".to_owned()),
        ("created_at", moment(&format!("{BEGIN} + n * 1000000"))),
        ("updated_at", updated.clone()),
        (
            "words",
            format!(
                "' tkt 2026 ' || n || CASE WHEN n % 3 = 0 THEN ' payment' ELSE ' refund' END || ' word' || (n % 5000) \
                 || CASE WHEN n % 4 = 0 THEN ' {}' ELSE '' END || CASE WHEN n % 4000 = 0 THEN ' {}' ELSE '' END",
                blind.word("ana"),
                blind.word("zoe"),
            ),
        ),
        ("history_sequence", "0".to_owned()),
        ("history_hash", words.zeros.to_owned()),
    ];
    let (names, values): (Vec<&str>, Vec<String>) = columns.into_iter().unzip();
    let numbers = (words.numbers)(TICKETS);
    format!("INSERT INTO tickets ({}) SELECT {} FROM {numbers};", names.join(", "), values.join(", "))
}

/// Keys that cannot open what the load pretends to have sealed.
pub(crate) fn crypto() -> ColumnCrypto {
    ColumnCrypto::new(&MasterKey::new([1; 32]), None)
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
        of("name, few", &|f| f.words = words(&["zoe"])),
        of("name, many", &|f| f.words = words(&["ana"])),
        of("name and word", &|f| f.words = words(&["ana", "pay"])),
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
                let cursor = PageStart::After(TicketCursor { key, id });
                for (place, start) in
                    [("first", PageStart::First), ("after", cursor), ("skip", PageStart::Skip(1_000))]
                {
                    let sort = Sort { field: *field, descending };
                    let order = if descending { "-" } else { "" };
                    let name = format!("{name}; sort={order}{field:?}; {place}");
                    all.push((name, TicketQuery { filter: filter.clone(), sort, start, limit: 50 }));
                }
            }
        }
    }
    all
}

/// Where tickets wait: for a department, and without one in a category.
pub(crate) fn waiting_scopes() -> Vec<WaitingScope> {
    let department = DepartmentName::parse("department 1").expect("a name");
    vec![WaitingScope { department, categories: vec![Category::Technical, Category::Loan] }]
}
