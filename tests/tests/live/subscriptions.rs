//! Lists of tickets that are watched: what enters them, what leaves them, and what changed.

use serde_json::{Map, Value, json};
use support_tests::live::{Client, Event, Transport, names};
use support_tests::{Answer, Desk, for_each_database, text, with};

use crate::scene::{DEPARTMENT, Scene, change, say};

const ASSIGNED: &[&str] = &["ticket_assigned", "ticket_updated"];
const UPDATED: &[&str] = &["ticket_updated"];
const NEW: &[&str] = &["new_ticket"];
const NOTHING: &[&str] = &[];

/// Somebody who watches the list by each transport.
struct Watch<'a>(&'a str, [Client; 2]);

impl Watch<'_> {
    fn over<'a>(what: &'a str, desk: &Desk, filter: &Value) -> Watch<'a> {
        let clients = Transport::BOTH.map(|transport| {
            let mut client = transport.enter(desk, &desk.admin());
            assert_eq!(client.done("subscribe_tickets", filter), json!({}));
            client
        });
        Watch(what, clients)
    }

    #[track_caller]
    fn replace(&mut self, filter: &Value) {
        for client in &mut self.1 {
            client.done("subscribe_tickets", filter);
        }
    }

    /// Checks that these events of one ticket, and no others, were told since this was last asked.
    #[track_caller]
    fn told(&mut self, scene: &Scene, desk: &Desk, when: &str, ticket: &Value, expected: &[&str]) {
        for client in &mut self.1 {
            let heard = scene.heard_by_now(desk, client);
            let (what, transport) = (self.0, client.transport());
            assert_eq!(names(&heard), expected, "{when}, who watches {what} by {transport:?}: {heard:?}");
            let id = |event: &Event| match event.name.as_str() {
                "new_ticket" => event.data["id"].clone(),
                _ => event.data["ticket"]["id"].clone(),
            };
            assert!(heard.iter().all(|event| id(event) == ticket["id"]), "{when}, {what}: {heard:?}");
        }
    }
}

for_each_database!(a_list_hears_what_enters_and_what_leaves_it, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    desk.department("Loans", 1, &["loan"]);
    let lena = desk.hire("Lena", "Loans", 1);
    let mut open = Watch::over("open tickets", desk, &json!({ "status": "OPEN" }));
    let filter = json!({ "status": ["in_progress", "escalated"], "department": ["loans"] });
    let mut loans = Watch::over("the loans in work", desk, &filter);
    let filter = json!({ "department": format!("Loans, {DEPARTMENT}") });
    let mut two = Watch::over("two departments", desk, &filter);
    let mut all = Watch::over("all tickets", desk, &json!({}));
    let step = |when: &str, ticket: &Value, watches: [(&mut Watch<'_>, &[&str]); 4]| {
        for (watch, expected) in watches {
            watch.told(&scene, desk, when, ticket, expected);
        }
    };
    macro_rules! step {
        ($when:literal, $ticket:expr, $open:expr, $loans:expr, $two:expr, $all:expr) => {
            step(
                $when,
                $ticket,
                [(&mut open, $open), (&mut loans, $loans), (&mut two, $two), (&mut all, $all)],
            )
        };
    }

    let card = desk.open_with(&scene.ann, json!({}));
    step!("opened without a department", &card, NEW, NOTHING, NOTHING, NEW);
    let loan = desk.open_with(&scene.ann, json!({ "department": "Loans", "category": "loan" }));
    step!("opened in a department", &loan, NEW, NOTHING, NEW, NEW);
    desk.assign(&text(&card["id"]), &scene.lou);
    step!("assigned, by which it got a department", &card, ASSIGNED, NOTHING, ASSIGNED, ASSIGNED);
    desk.assign(&text(&loan["id"]), &lena);
    step!("assigned", &loan, ASSIGNED, ASSIGNED, ASSIGNED, ASSIGNED);
    change(&lena, &text(&loan["id"]), &json!({ "priority": "urgent" }));
    step!("changed in work", &loan, NOTHING, UPDATED, UPDATED, UPDATED);
    change(&lena, &text(&loan["id"]), &json!({ "priority": "urgent" }));
    say(&lena, &text(&loan["id"]), "What is said is for the room.");
    step!("changed to what it was", &loan, NOTHING, NOTHING, NOTHING, NOTHING);
    change(&desk.admin(), &text(&loan["id"]), &json!({ "department": "Bells" }));
    step!("moved out of the department", &loan, NOTHING, UPDATED, UPDATED, UPDATED);
    change(&desk.admin(), &text(&loan["id"]), &json!({ "tags": ["vip"] }));
    step!("changed where it went", &loan, NOTHING, NOTHING, NOTHING, UPDATED);
    change(&desk.admin(), &text(&loan["id"]), &json!({ "department": "Loans" }));
    step!("moved back", &loan, NOTHING, UPDATED, UPDATED, UPDATED);
    desk.resolve(&lena, &text(&loan["id"]));
    step!("resolved", &loan, NOTHING, UPDATED, UPDATED, UPDATED);

    // Another filter takes the place of the one before.
    open.replace(&json!({ "status": "resolved,closed" }));
    two.replace(&json!({ "department": [], "status": null }));
    change(&scene.ann, &text(&loan["id"]), &json!({ "status": "in-progress" }));
    step!("reopened", &loan, UPDATED, UPDATED, UPDATED, UPDATED);
    let opened = desk.open_with(&scene.bob, json!({}));
    step!("opened", &opened, NOTHING, NOTHING, NEW, NEW);
    // A filter that is refused is none.
    for client in &mut open.1 {
        client.refused("subscribe_tickets", &json!({ "status": "gone" }), 422, "validation_failed");
    }
    desk.resolve(&lena, &text(&loan["id"]));
    step!("resolved again", &loan, UPDATED, UPDATED, UPDATED, UPDATED);
});

/// Something that changes a ticket, and answers it.
type Step<'a> = (&'a str, Box<dyn Fn() -> Value + 'a>);

/// The fields in which two states of a ticket differ, but for what every message moves along.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let members = |ticket: &Value| ticket.as_object().cloned().unwrap_or_default();
    let (before, after): (Map<_, _>, Map<_, _>) = (members(before), members(after));
    let moved = ["messageCount", "lastMessageAt", "updatedAt", "version"];
    let differ = |name: &&String| !moved.contains(&name.as_str()) && before.get(*name) != after.get(*name);
    let mut names: Vec<String> = after.keys().filter(differ).cloned().collect();
    names.sort_unstable();
    names
}

for_each_database!(changes_are_named_exactly, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let mut watching = Transport::BOTH.map(|transport| transport.enter(desk, &desk.admin()));
    for client in &mut watching {
        client.done("subscribe_tickets", &json!({}));
    }
    let mut before = desk.open_with(&scene.ann, json!({}));
    let ticket = &text(&before["id"]);
    let everything = json!({
        "subject": "Another subject", "description": "Another description", "category": "billing",
        "priority": "urgent", "tags": ["vip"], "department": "Bells",
    });
    let partly = with(everything.clone(), json!({ "subject": "A third subject" }));
    let all_named = ["category", "department", "description", "priority", "subject", "tags"];
    let steps: Vec<Step<'_>> = vec![
        ("everything at once", Box::new(|| change(&desk.admin(), ticket, &everything))),
        ("one of six", Box::new(|| change(&desk.admin(), ticket, &partly))),
        ("assigned", Box::new(|| desk.assign(ticket, &scene.lou))),
        ("reassigned", Box::new(|| desk.assign(ticket, &scene.max))),
        ("escalated", Box::new(|| desk.escalate(ticket, &scene.sonja))),
        ("back in progress", Box::new(|| change(&scene.sonja, ticket, &json!({ "status": "in-progress" })))),
        ("assigned away from both", Box::new(|| desk.assign(ticket, &scene.lou))),
        ("resolved", Box::new(|| desk.resolve(&scene.lou, ticket))),
        ("reopened", Box::new(|| change(&scene.ann, ticket, &json!({ "status": "in-progress" })))),
        ("resolved again", Box::new(|| desk.resolve(&scene.lou, ticket))),
        ("closed", Box::new(|| change(&scene.ann, ticket, &json!({ "status": "closed" })))),
    ];
    for (number, (what, step)) in steps.iter().enumerate() {
        let after = step();
        for client in &mut watching {
            let heard = scene.heard_by_now(desk, client);
            let updates: Vec<&Event> = heard.iter().filter(|event| event.name == "ticket_updated").collect();
            let [updated] = updates.as_slice() else { panic!("{what}: one update, not {heard:?}") };
            assert_eq!(updated.data["ticket"], after, "{what}: the event should have the whole ticket");
            let mut named: Vec<String> =
                serde_json::from_value(updated.data["changes"].clone()).unwrap_or_default();
            named.sort_unstable();
            assert_eq!(named, differing(&before, &after), "{what}: what changed should be named, once");
            assert!(number > 0 || named == all_named, "{what}: {named:?}");
        }
        before = after;
    }
});

for_each_database!(the_agent_concerned_hears_without_asking, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    for transport in Transport::BOTH {
        desk.assign(ticket, &scene.lou);
        let (mut max, mut sonja) = (transport.enter(desk, &scene.max), transport.enter(desk, &scene.sonja));
        let assigned = desk.assign(ticket, &scene.max);
        let heard = scene.heard_by_now(desk, &mut max);
        assert_eq!(names(&heard), ["ticket_assigned"], "{heard:?}");
        let lou = json!({ "id": scene.lou.id, "name": "Lou" });
        let agent = |id: &str, name: &str, tier: u8| json!({ "id": id, "name": name, "department": DEPARTMENT, "tier": tier });
        let max_now = agent(&scene.max.id, "Max", 1);
        assert_eq!(heard[0].data, json!({ "ticket": assigned, "agent": max_now, "previousAgent": lou }));

        let escalated = desk.escalate(ticket, &scene.sonja);
        let heard = scene.heard_by_now(desk, &mut sonja);
        assert_eq!(names(&heard), ["ticket_escalated"], "{heard:?}");
        let expected = json!({
            "ticket": escalated, "agent": agent(&scene.sonja.id, "Sonja", 2),
            "previousAgent": { "id": scene.max.id, "name": "Max" }, "reason": "needs a specialist",
        });
        assert_eq!(heard[0].data, expected);
    }
});

for_each_database!(nobody_hears_anything_twice, |desk: &mut Desk| {
    let scene = Scene::set(desk);
    let ticket = &scene.ticket;
    let opened = desk.open(&scene.bob, "technical");
    // In the room, watching twice over, and concerned.
    let mut clients: Vec<Client> = [&desk.admin(), &scene.lou, &scene.max, &scene.sonja]
        .into_iter()
        .flat_map(|person| Transport::BOTH.map(|transport| transport.enter(desk, person)))
        .collect();
    for client in &mut clients {
        client.done("subscribe_tickets", &json!({}));
        client.done("subscribe_tickets", &json!({ "department": DEPARTMENT }));
        client.done("subscribe_tickets", &json!({}));
        for room in [ticket, &opened] {
            // Whose it is not yet, does not get in.
            let _ = client.ask("join_ticket_room", &json!({ "ticketId": room }));
            let _ = client.ask("join_ticket_room", &json!({ "ticketId": room }));
        }
    }
    scene.live_through(desk, ticket, &scene.ann, &scene.lou);
    desk.assign(&opened, &scene.max);
    desk.assign(ticket, &scene.max);
    desk.assign(ticket, &scene.lou);
    desk.escalate(ticket, &scene.sonja);
    desk.open(&scene.bob, "technical");
    for client in &mut clients {
        let heard = scene.heard_by_now(desk, client);
        assert!(heard.len() > 2, "there was much to hear: {heard:?}");
        // That somebody types may be said again, and that the same ticket is lost too.
        let once =
            |event: &&Event| !["typing_indicator", "ticket_access_lost"].contains(&event.name.as_str());
        let mut told: Vec<String> = heard.iter().filter(once).map(|event| format!("{event:?}")).collect();
        told.sort_unstable();
        let twice = told.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None, "the same should not be told twice");
    }
    // A ticket's own version tells even two that look different apart.
    let mut admin = Transport::Plain.enter(desk, &desk.admin());
    admin.done("subscribe_tickets", &json!({}));
    admin.join(ticket);
    desk.admin().patch(&format!("/support/tickets/{ticket}"), &json!({ "priority": "low" })).is(200);
    assert_eq!(names(&scene.heard_by_now(desk, &mut admin)), UPDATED);
});
