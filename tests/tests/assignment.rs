//! Who gets a ticket, who waits, and what agents have to do.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, each, for_each_database, request, with};

const TECHNICAL: &str = "Technical Support";

fn assign_by_rule(desk: &Desk, ticket: &str) -> Value {
    desk.admin().post("/support/tickets/assign", &json!({ "ticketId": ticket })).is(200)
}

/// Opens a ticket and has the rule assign it; answers the agent's name.
fn next(desk: &Desk) -> String {
    let ticket = desk.open(&desk.customer(1), "technical");
    support_tests::text(&assign_by_rule(desk, &ticket)["assignedToName"])
}

fn assign_to(desk: &Desk, ticket: &str, agent: &Person, force: bool) -> support_tests::Response {
    let body = json!({ "ticketId": ticket, "agentId": agent.id, "force": force });
    desk.admin().post("/support/tickets/assign", &body)
}

fn set(desk: &Desk, agent: &Person, change: &Value) -> Value {
    desk.admin().patch(&format!("/support/agents/{}", agent.id), change).is(200)
}

for_each_database!(the_rule_picks_in_order, |desk: &mut Desk| {
    desk.department(TECHNICAL, 1, &["technical"]);
    desk.department("Billing", 1, &["billing"]);
    let senior = desk.hire("Senior", TECHNICAL, 2);
    let foreign = desk.hire("Foreign", "Billing", 1);
    let away = desk.hire_with("Away", TECHNICAL, 1, json!({ "status": "away" }));
    let busy = desk.hire_with("Busy", TECHNICAL, 1, json!({ "status": "busy" }));
    let large = desk.hire_with("Large", TECHNICAL, 1, json!({ "capacity": 4 }));
    let small = desk.hire_with("Small", TECHNICAL, 1, json!({ "capacity": 2 }));

    // Nobody has a ticket, nobody ever had one: the id decides, and ids ascend.
    assert_eq!(next(desk), "Large");
    // 0 of 2 is less than 1 of 4.
    assert_eq!(next(desk), "Small");
    // 1 of 4 is less than 1 of 2.
    assert_eq!(next(desk), "Large");
    // 2 of 4 is as much as 1 of 2, and Small has rested longer.
    assert_eq!(next(desk), "Small");
    assert_eq!(desk.load(&small), (2, "busy".into()));
    assert_eq!([next(desk), next(desk)], ["Large", "Large"]);
    // The lowest tier is full: the next one.
    assert_eq!(next(desk), "Senior");
    let loads = [&senior, &foreign, &away, &busy, &large].map(|agent| desk.load(agent).0);
    assert_eq!(loads, [1, 0, 0, 0, 4]);

    // A ticket's own department comes before the one that serves its category.
    let body = with(request("technical"), json!({ "department": "Billing", "autoAssign": true }));
    let ticket = desk.customer(1).post("/support/tickets", &body).is(201);
    assert_eq!((&ticket["assignedToName"], &ticket["status"]), (&json!("Foreign"), &json!("in-progress")));
    // Nobody serves this category: it waits.
    let ticket = desk.open(&desk.customer(1), "loan");
    let waiting = assign_by_rule(desk, &ticket);
    assert_eq!((&waiting["status"], &waiting["assignedTo"]), (&json!("open"), &Value::Null));
});

for_each_database!(an_assignment_is_told, |desk: &mut Desk| {
    desk.department(TECHNICAL, 1, &["technical"]);
    let (john, jane) = (desk.hire("John Doe", TECHNICAL, 1), desk.hire("Jane Smith", TECHNICAL, 1));
    let id = desk.open(&desk.customer(1), "technical");
    let ticket = desk.assign(&id, &john);
    assert_eq!((&ticket["status"], &ticket["assignedToName"]), (&json!("in-progress"), &json!("John Doe")));
    assert_eq!(ticket["department"], TECHNICAL);
    assert_eq!(desk.actions(&id), ["ticket_created", "ticket_assigned", "status_changed"]);
    assert!(desk.agent_now(&john)["lastAssignedAt"].is_string());
    assert_eq!(desk.agent_now(&jane)["lastAssignedAt"], Value::Null);
    let told = |person: &Person| each(&person.items("/support/notifications"), "ticketId");
    assert_eq!((told(&john), told(&jane)), (vec![id.clone()], vec![]));

    let ticket = desk.assign(&id, &jane);
    assert_eq!((&ticket["status"], &ticket["assignedTo"]), (&json!("in-progress"), &json!(jane.id)));
    assert_eq!(desk.actions(&id)[3..], ["agent_reassigned"]);
    assert_eq!((desk.load(&john).0, desk.load(&jane).0), (0, 1));
    assert_eq!((told(&john).len(), told(&jane)), (1, vec![id.clone()]));
    // Who has it already keeps it, and it counts once.
    desk.assign(&id, &jane);
    assert_eq!((desk.load(&jane).0, desk.actions(&id).len()), (1, 4));
    // The rule never hands a ticket to the one who has it.
    assert_eq!(assign_by_rule(desk, &id)["assignedToName"], "John Doe");
    assert_eq!((desk.load(&john).0, desk.load(&jane).0), (1, 0));

    // A ticket is named by its number as well.
    let number = desk.ticket(&id)["ticketNumber"].clone();
    let body = json!({ "ticketId": number, "agentId": jane.id });
    assert_eq!(desk.admin().post("/support/tickets/assign", &body).is(200)["assignedTo"], json!(jane.id));
    let nobody = json!({ "ticketId": id, "agentId": "01900000-0000-7000-8000-0000ffffffff" });
    desk.admin().post("/support/tickets/assign", &nobody).problem_of(422);
    desk.admin().post("/support/tickets/assign", &json!({ "agentId": john.id })).problem_of(422);
    let nothing = json!({ "ticketId": "01900000-0000-7000-8000-0000ffffffff", "agentId": john.id });
    desk.admin().post("/support/tickets/assign", &nothing).problem_of(404);
});

for_each_database!(an_explicit_assignment_needs_presence_and_room, |desk: &mut Desk| {
    desk.department(TECHNICAL, 1, &["technical"]);
    let lou = desk.hire_with("Lou", TECHNICAL, 1, json!({ "capacity": 1 }));
    let ids: Vec<String> = (0..4).map(|_| desk.open(&desk.customer(1), "technical")).collect();
    set(desk, &lou, &json!({ "status": "away" }));
    for force in [false, true] {
        assign_to(desk, &ids[0], &lou, force).refused(409, "agent_away");
    }
    assert_eq!(desk.ticket(&ids[0])["status"], "open");
    // Busy by their own word, but with room: a person may still give them a ticket.
    set(desk, &lou, &json!({ "status": "busy" }));
    assign_to(desk, &ids[0], &lou, false).is(200);
    assert_eq!(desk.load(&lou), (1, "busy".into()));
    let before = desk.ticket(&ids[1]);
    assign_to(desk, &ids[1], &lou, false).refused(409, "agent_at_capacity");
    assert_eq!((desk.ticket(&ids[1]), desk.load(&lou).0), (before, 1));
    assign_to(desk, &ids[1], &lou, true).is(200);
    assert_eq!(desk.load(&lou), (2, "busy".into()));
    // Room appears, but a person said busy.
    desk.resolve(&lou, &ids[0]);
    desk.resolve(&lou, &ids[1]);
    assert_eq!(desk.load(&lou), (0, "busy".into()));
    set(desk, &lou, &json!({ "status": "available" }));
    assign_to(desk, &ids[2], &lou, false).is(200);
    assert_eq!(desk.load(&lou), (1, "busy".into()), "at capacity, available turns busy");
    set(desk, &lou, &json!({ "capacity": 2 }));
    assert_eq!(desk.load(&lou), (1, "available".into()), "whom the desk turned busy, it turns available");
    set(desk, &lou, &json!({ "capacity": 1 }));
    assert_eq!(desk.load(&lou), (1, "busy".into()));
    // Away stays away, whatever happens to their tickets.
    set(desk, &lou, &json!({ "status": "away" }));
    desk.resolve(&lou, &ids[2]);
    assert_eq!(desk.load(&lou), (0, "away".into()));
    for wrong in [
        json!({ "capacity": 0 }),
        json!({ "capacity": -1 }),
        json!({ "tier": 4 }),
        json!({ "status": "gone" }),
    ] {
        desk.admin().patch(&format!("/support/agents/{}", lou.id), &wrong).problem_of(422);
    }
});

/// A waiting ticket of this priority; answers its id.
fn waiting(desk: &Desk, priority: &str) -> String {
    let more = json!({ "priority": priority, "autoAssign": true });
    let ticket = desk.open_with(&desk.customer(1), more);
    assert_eq!((&ticket["status"], &ticket["assignedTo"]), (&json!("open"), &Value::Null), "{ticket}");
    support_tests::text(&ticket["id"])
}

/// What an agent has in progress, the newest first.
fn has(agent: &Person) -> Vec<String> {
    each(&agent.items("/support/tickets?status=in-progress"), "id")
}

for_each_database!(the_most_urgent_of_the_waiting_is_next, |desk: &mut Desk| {
    desk.department(TECHNICAL, 1, &["technical"]);
    let untouched = desk.open(&desk.customer(1), "technical");
    let low = waiting(desk, "low");
    let high = waiting(desk, "high");
    let urgent = waiting(desk, "urgent");
    let urgent_later = waiting(desk, "urgent");
    // Somebody joins, and takes as much as they have room for.
    let lou = desk.hire_with("Lou", TECHNICAL, 1, json!({ "capacity": 1 }));
    assert_eq!(has(&lou), [urgent.as_str()]);
    assert_eq!(desk.load(&lou), (1, "busy".into()));
    assert_eq!(desk.actions(&urgent), ["ticket_created", "ticket_assigned", "status_changed"]);
    // Resolving makes room.
    desk.resolve(&lou, &urgent);
    assert_eq!(has(&lou), [urgent_later.as_str()]);
    // So does more capacity, for as many as it is.
    set(desk, &lou, &json!({ "capacity": 2 }));
    assert_eq!(has(&lou), [urgent_later.as_str(), high.as_str()]);
    // And coming back; nobody is given anything while away.
    set(desk, &lou, &json!({ "status": "away" }));
    desk.resolve(&lou, &high);
    desk.resolve(&lou, &urgent_later);
    assert_eq!(has(&lou), Vec::<String>::new());
    lou.patch(&format!("/support/agents/{}", lou.id), &json!({ "status": "available" })).is(200);
    assert_eq!(has(&lou), [low.as_str()]);
    // What nobody asked to be assigned does not wait.
    assert_eq!(desk.ticket(&untouched)["status"], "open");

    // Asking for it later waits as well, and so does a ticket that moves to where somebody has room.
    desk.department("Billing", 1, &["billing"]);
    let other = desk.open(&desk.customer(2), "billing");
    assert_eq!(assign_by_rule(desk, &other)["status"], "open");
    let moved = desk.admin().patch(&format!("/support/tickets/{other}"), &json!({ "category": "technical" }));
    moved.is(200);
    assert_eq!(has(&lou), [other.as_str(), low.as_str()]);
    let newest = waiting(desk, "low");
    // The handler of another ticket hands it on, and has room again.
    let max = desk.hire_with("Max", "Billing", 1, json!({ "capacity": 5 }));
    desk.assign(&low, &max);
    assert_eq!(has(&lou), [newest.as_str(), other.as_str()]);
    assert_eq!((desk.load(&lou).0, desk.load(&max).0), (2, 1));
});

for_each_database!(waiting_tickets_survive_a_restart, |desk: &mut Desk| {
    desk.department(TECHNICAL, 1, &["technical"]);
    let lou = desk.hire_with("Lou", TECHNICAL, 1, json!({ "capacity": 1 }));
    let first = desk.open_with(&desk.customer(1), json!({ "autoAssign": true }));
    let next = waiting(desk, "low");
    let everything = desk.everything();
    desk.server.stop().unwrap();
    desk.server.start().unwrap();
    assert_eq!(desk.everything(), everything);
    let lou = desk.person(&lou.id, &support_tests::Token::new(&lou.id, "agent").claim("name", "Lou"));
    desk.resolve(&lou, first["id"].as_str().unwrap());
    assert_eq!(has(&lou), [next.as_str()]);
    // The number after a restart is the next one.
    let number = desk.open_with(&desk.customer(1), json!({}))["ticketNumber"].clone();
    assert!(support_tests::text(&number).ends_with("-003"), "{number}");
});
