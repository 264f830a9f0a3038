//! Who may do what: every endpoint of `docs/contract.md`, section 2, for every role, on a ticket of their own
//! and on a foreign one.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, Response, each, for_each_database};

/// What each of those who ask is answered: a request, the name of its body in [`BODIES`], and a status a
/// column.
///
/// - `$ticket` is in progress: the owner's, first given to the former handler and then to the handler.
/// - `$number` is its number; `$resolved` is another one like it, that is resolved.
/// - `$file` is a file that the owner has uploaded to `$ticket`.
/// - `$handler` is the handler's id, `$department` that of their department, `$note` that of a notification
///   to the owner.
///
/// Of the bulk operations, what is not an agent's to see fails for itself, within the 200.
const MATRIX: &str = "
                                                            nobody owner other   handler former other admin
                                                                         customer                agent
GET   /support/tickets                         -              401   200   200      200    200    200   200
POST  /support/tickets                         own-ticket     401   201   201      422    422    422   422
POST  /support/tickets                         named-ticket   401   403   403      201    201    201   201
GET   /support/tickets/$ticket                 -              401   200   404      200    404    404   200
GET   /support/tickets/$number                 -              401   200   404      200    404    404   200
PATCH /support/tickets/$ticket                 edit           401   403   403      200    404    404   200
PATCH /support/tickets/$ticket                 resolve        401   403   403      200    404    404   200
PATCH /support/tickets/$resolved               close          401   200   404      200    404    404   200
PATCH /support/tickets/$resolved               reopen         401   200   404      200    404    404   200
GET   /support/tickets/stats                   -              401   403   403      200    200    200   200
POST  /support/tickets/assign                  assign         401   403   403      403    403    403   200
POST  /support/tickets/escalate                escalate       401   403   403      200    404    404   200
GET   /support/tickets/$ticket/history         -              401   403   403      200    404    404   200
GET   /support/tickets/$ticket/history/verify  -              401   403   403      403    403    403   200
POST  /support/tickets/$ticket/notify          notify         401   403   403      202    404    404   202
GET   /support/tickets/$ticket/messages        -              401   200   404      200    404    404   200
POST  /support/tickets/$ticket/messages        message        401   201   404      201    404    404   201
POST  /support/tickets/$ticket/messages/read   read           401   200   404      200    404    404   200
POST  /support/tickets/$ticket/attachments     file           401   201   404      201    404    404   201
GET   /support/tickets/$ticket/attachments/$file -            401   200   404      200    404    404   200
POST  /support/tickets/bulk/assign             bulk-assign    401   403   403      403    403    403   200
POST  /support/tickets/bulk/resolve            bulk-resolve   401   403   403      200    200    200   200
POST  /support/tickets/bulk/status             bulk-status    401   403   403      200    200    200   200
POST  /support/tickets/bulk/notify             bulk-notify    401   403   403      200    200    200   200
POST  /support/tickets/bulk/escalate           bulk-escalate  401   403   403      200    200    200   200
GET   /auth/me                                 -              401   200   200      200    200    200   200
GET   /auth/totp                               -              401   403   403      200    200    200   200
POST  /auth/totp                               password       401   403   403      403    403    403   403
POST  /auth/totp/confirm                       code           401   403   403      409    409    409   409
DELETE /auth/totp                              both           401   403   403      403    403    403   403
GET   /support/agents                          -              401   403   403      200    200    200   200
GET   /support/agents/$handler                 -              401   403   403      200    403    403   200
POST  /support/agents                          agent          401   403   403      403    403    403   201
PATCH /support/agents/$handler                 availability   401   403   403      200    403    403   200
PATCH /support/agents/$handler                 capacity       401   403   403      403    403    403   200
DELETE /support/agents/$handler/totp           -              401   403   403      403    403    403   409
GET   /support/departments                     -              401   403   403      200    200    200   200
GET   /support/departments/$department         -              401   403   403      200    200    200   200
POST  /support/departments                     department     401   403   403      403    403    403   201
PATCH /support/departments/$department         description    401   403   403      403    403    403   200
GET   /support/customers/$owner/export         -              401   403   403      403    403    403   200
GET   /support/notifications                   -              401   200   200      200    200    200   200
POST  /support/notifications/$note/read        -              401   200   404      404    404    404   404
DELETE /support/customers/$owner               -              401   403   403      403    403    403   204
";

/// A form with a file.
const FORM: &str = "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nHello.\r\n--boundary--\r\n";
const FORM_TYPE: &str = "multipart/form-data; boundary=boundary";

const BODIES: &[(&str, &str)] = &[
    ("-", ""),
    ("own-ticket", r#"{"subject": "s", "description": "d", "category": "general"}"#),
    (
        "named-ticket",
        r#"{"subject": "s", "description": "d", "category": "general",
            "customer": {"name": "Una", "email": "una@example.com"}}"#,
    ),
    ("edit", r#"{"subject": "Another subject", "priority": "high"}"#),
    ("resolve", r#"{"status": "resolved", "resolution": "done"}"#),
    ("close", r#"{"status": "closed"}"#),
    ("reopen", r#"{"status": "in-progress"}"#),
    ("assign", r#"{"ticketId": "$ticket", "agentId": "$other"}"#),
    ("escalate", r#"{"ticketId": "$ticket", "reason": "too hard"}"#),
    ("notify", r#"{"to": "customer", "message": "Soon."}"#),
    ("message", r#"{"message": "Hello."}"#),
    ("file", FORM),
    ("read", r#"{"upTo": 1}"#),
    ("bulk-assign", r#"{"ticketIds": ["$ticket"], "agentId": "$other"}"#),
    ("bulk-resolve", r#"{"ticketIds": ["$ticket"], "resolution": "done"}"#),
    ("bulk-status", r#"{"ticketIds": ["$resolved"], "status": "closed"}"#),
    ("bulk-notify", r#"{"ticketIds": ["$ticket"], "to": "customer", "message": "Soon."}"#),
    ("bulk-escalate", r#"{"ticketIds": ["$ticket"], "reason": "too hard"}"#),
    ("agent", r#"{"name": "New", "email": "new@desk.example", "department": "Technical Support"}"#),
    ("availability", r#"{"status": "available"}"#),
    ("capacity", r#"{"capacity": 900}"#),
    ("department", r#"{"name": "Fraud", "description": "", "tier": 2}"#),
    ("password", r#"{"password": "not theirs"}"#),
    ("code", r#"{"code": "123456"}"#),
    ("both", r#"{"password": "not theirs", "code": "123456"}"#),
    ("description", r#"{"description": "Machines."}"#),
];

const COLUMNS: [&str; 7] = [
    "nobody",
    "the owner",
    "another customer",
    "the handler",
    "the former handler",
    "another agent",
    "an admin",
];

/// A row of the matrix.
struct Row {
    method: &'static str,
    path: &'static str,
    body: &'static str,
    statuses: Vec<u16>,
}

fn matrix() -> Vec<Row> {
    let rows = MATRIX.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    rows.map(|line| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [method, path, body, statuses @ ..] = cells.as_slice() else { panic!("no row: {line}") };
        let body = BODIES.iter().find(|(name, _)| name == body).unwrap().1;
        let statuses: Vec<u16> = statuses.iter().map(|status| status.parse().unwrap()).collect();
        assert_eq!(statuses.len(), COLUMNS.len(), "{line}");
        Row { method, path, body, statuses }
    })
    .collect()
}

/// Those who ask, in the order of the columns.
struct Cast {
    department: String,
    asking: [Person; 7],
}

impl Cast {
    fn gather(desk: &Desk) -> Self {
        let department = desk.department("Technical Support", 1, &["technical"]);
        let many = json!({ "capacity": 1000 });
        let agent = |name: &str, tier| desk.hire_with(name, "Technical Support", tier, many.clone());
        let (handler, former, other) = (agent("Hana", 1), agent("Finn", 1), agent("Otto", 1));
        agent("Teresa", 2);
        let asking =
            [desk.nobody(), desk.customer(1), desk.customer(2), handler, former, other, desk.admin()];
        Self { department, asking }
    }

    fn owner(&self) -> &Person {
        &self.asking[1]
    }

    fn handler(&self) -> &Person {
        &self.asking[3]
    }

    fn former(&self) -> &Person {
        &self.asking[4]
    }

    fn other_agent(&self) -> &Person {
        &self.asking[5]
    }

    fn ticket(&self, desk: &Desk) -> Value {
        let id = desk.open(self.owner(), "technical");
        desk.assign(&id, self.former());
        desk.assign(&id, self.handler())
    }

    /// What the placeholders of a row stand for, on tickets that nobody has touched yet.
    fn fill(&self, desk: &Desk, row: &Row) -> Filled {
        let named = |name: &str| row.path.contains(name) || row.body.contains(name);
        let ticket = if named("$ticket") || named("$number") { self.ticket(desk) } else { Value::Null };
        let resolved = if named("$resolved") {
            let id = self.ticket(desk)["id"].as_str().unwrap().to_owned();
            desk.resolve(self.handler(), &id)
        } else {
            Value::Null
        };
        let note = if named("$note") {
            desk.open(self.owner(), "technical");
            self.owner().get("/support/notifications?limit=1").is(200)["items"][0]["id"].clone()
        } else {
            Value::Null
        };
        let upload = if named("$file") {
            let path = format!("/support/tickets/{}/attachments", ticket["id"].as_str().unwrap());
            self.owner().send("POST", &path, |request| request.body(FORM_TYPE, FORM)).is(201)["id"].clone()
        } else {
            Value::Null
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let values = [
            ("$ticket", text(&ticket["id"])),
            ("$number", text(&ticket["ticketNumber"])),
            ("$resolved", text(&resolved["id"])),
            ("$handler", self.handler().id.clone()),
            ("$other", self.other_agent().id.clone()),
            ("$department", self.department.clone()),
            ("$owner", self.owner().id.clone()),
            ("$note", text(&note)),
            ("$file", text(&upload)),
        ];
        let fill =
            |text: &str| values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
        let touched = [ticket, resolved].into_iter().find(|ticket| !ticket.is_null());
        Filled { method: row.method, path: fill(row.path), body: fill(row.body), ticket: touched }
    }
}

struct Filled {
    method: &'static str,
    path: String,
    body: String,
    ticket: Option<Value>,
}

impl Filled {
    #[track_caller]
    fn ask(&self, person: &Person) -> Response {
        person.send(self.method, &self.path, |request| {
            let content_type = if self.body == FORM { FORM_TYPE } else { "application/json" };
            if self.body.is_empty() { request } else { request.body(content_type, self.body.as_str()) }
        })
    }
}

/// Asks the same of everybody: first those who are refused, who must change nothing, then those who may, each
/// with a ticket of their own.
fn check(desk: &Desk, cast: &Cast, row: &Row) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut note = |who: usize, answer: &Response| {
        let expected = row.statuses[who];
        if answer.status != expected {
            wrong.push(format!("{} should get {expected}: {} {answer:?}", COLUMNS[who], row.body));
        }
    };
    let refused = cast.fill(desk, row);
    for (who, person) in cast.asking.iter().enumerate().filter(|(who, _)| row.statuses[*who] >= 400) {
        let answer = refused.ask(person);
        note(who, &answer);
        if answer.status >= 400 {
            answer.problem_of(answer.status);
        }
        if answer.status == 401 {
            assert!(answer.must_have("www-authenticate").starts_with("Bearer"), "{answer:?}");
        }
    }
    if let Some(before) = &refused.ticket {
        let now = desk.ticket(before["id"].as_str().unwrap());
        assert_eq!(&now, before, "{} {} was refused but changed the ticket", row.method, row.path);
    }
    for (who, person) in cast.asking.iter().enumerate().filter(|(who, _)| row.statuses[*who] < 400) {
        note(who, &cast.fill(desk, row).ask(person));
    }
    wrong
}

for_each_database!(everybody_may_do_what_the_matrix_says, |desk: &mut Desk| {
    let cast = Cast::gather(desk);
    let wrong: Vec<String> = matrix().iter().flat_map(|row| check(desk, &cast, row)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
});

for_each_database!(lists_show_only_what_is_visible, |desk: &mut Desk| {
    let cast = Cast::gather(desk);
    let mine = cast.ticket(desk);
    let theirs = desk.open(&cast.asking[2], "technical");
    let list = |person: &Person, query: &str| {
        let list = person.get(&format!("/support/tickets{query}")).is(200);
        assert_eq!(list["total"], support_tests::items(&list).len(), "{list}");
        each(&support_tests::items(&list), "id")
    };
    let mine = mine["id"].as_str().unwrap().to_owned();
    assert_eq!(list(cast.owner(), ""), [mine.as_str()]);
    assert_eq!(list(&cast.asking[2], ""), [theirs.as_str()]);
    assert_eq!(list(cast.handler(), ""), [mine.as_str()]);
    assert_eq!(list(cast.former(), ""), Vec::<String>::new());
    assert_eq!(list(&desk.admin(), ""), [theirs.as_str(), mine.as_str()]);

    // No filter reaches beyond.
    let of_other = format!("?customerId={}", cast.asking[2].id);
    assert_eq!(list(cast.owner(), &of_other), Vec::<String>::new());
    assert_eq!(list(cast.handler(), "?unassigned=true"), Vec::<String>::new());
    assert_eq!(list(cast.former(), &format!("?assignedTo={}", cast.handler().id)), Vec::<String>::new());
    assert_eq!(list(cast.other_agent(), "?q=declined"), Vec::<String>::new());

    // The one it was escalated to sees it, and so does the one who had it: they are named on it.
    let above = desk.hire("Sonja", "Technical Support", 3);
    desk.escalate(&mine, &above);
    assert_eq!(list(&above, ""), [mine.as_str()]);
    assert_eq!(list(cast.handler(), ""), [mine.as_str()]);

    // An agent's figures are their own.
    let total = |person: &Person| person.get("/support/tickets/stats").is(200)["total"].clone();
    assert_eq!([total(&desk.admin()), total(&above), total(cast.former())], [json!(2), json!(1), json!(0)]);
});

for_each_database!(a_bulk_operation_reaches_only_what_its_agent_handles, |desk: &mut Desk| {
    let cast = Cast::gather(desk);
    let ticket = cast.ticket(desk);
    let body = json!({ "ticketIds": [ticket["id"]], "resolution": "done" });
    for person in [cast.former(), cast.other_agent()] {
        let answer = person.post("/support/tickets/bulk/resolve", &body).is(200);
        assert_eq!((&answer["succeeded"], &answer["failed"]), (&json!(0), &json!(1)), "{answer}");
        assert_eq!(answer["results"][0]["error"]["status"], 404, "{answer}");
    }
    assert_eq!(desk.ticket(ticket["id"].as_str().unwrap()), ticket);
    let answer = cast.handler().post("/support/tickets/bulk/resolve", &body).is(200);
    assert_eq!(answer["results"][0]["ticket"]["status"], "resolved", "{answer}");
});

for_each_database!(a_foreign_ticket_looks_like_none, |desk: &mut Desk| {
    let cast = Cast::gather(desk);
    let ticket = cast.ticket(desk);
    let absent = "01900000-0000-7000-8000-0000ffffffff";
    let without = |mut problem: Value| {
        problem.as_object_mut().unwrap().remove("requestId");
        problem
    };
    for person in [&cast.asking[2], cast.former()] {
        for path in ["", "/messages"] {
            let foreign = person.get(&format!("/support/tickets/{}{path}", ticket["id"].as_str().unwrap()));
            let none = person.get(&format!("/support/tickets/{absent}{path}"));
            assert_eq!(without(foreign.problem_of(404)), without(none.problem_of(404)));
        }
    }
});

for_each_database!(customers_close_and_reopen_and_no_more, |desk: &mut Desk| {
    let cast = Cast::gather(desk);
    let above = desk.hire("Sonja", "Technical Support", 3);
    let owner = cast.owner();
    let ticket = cast.ticket(desk);
    let id = ticket["id"].as_str().unwrap();
    let path = format!("/support/tickets/{id}");
    for status in ["open", "escalated", "resolved"] {
        let body = json!({ "status": status, "resolution": "It works." });
        owner.patch(&path, &body).problem_of(403);
    }
    owner.patch(&path, &json!({ "status": "closed" })).refused(409, "invalid_transition");
    owner.patch(&path, &json!({ "status": "in-progress" })).problem_of(409);
    assert_eq!(desk.ticket(id), ticket);

    // To take an escalated ticket back is the agents' work: it is no reopening.
    let escalated = desk.escalate(id, &above);
    let answer = owner.patch(&path, &json!({ "status": "in-progress" }));
    assert!([403, 409].contains(&answer.status), "{answer:?}");
    assert_eq!(desk.ticket(id), escalated);

    // Closing is all that a request to close may do.
    desk.resolve(&above, id);
    owner.patch(&path, &json!({ "status": "closed", "priority": "urgent" })).problem_of(403);
    owner.patch(&path, &json!({ "status": "closed" })).is(200);
    owner.patch(&path, &json!({ "status": "in-progress" })).refused(409, "invalid_transition");
});
