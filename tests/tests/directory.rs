//! Agents and departments: the lists are true at once, whatever was cached.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::{Answer, Desk, Person, each, for_each_database, pointers, with};

fn names(person: &Person, path: &str) -> Vec<String> {
    let mut names = each(&person.items(path), "name");
    names.sort();
    names
}

fn department(desk: &Desk, name: &str) -> Value {
    let all = desk.admin().items("/support/departments");
    all.into_iter().find(|department| department["name"] == name).unwrap_or_default()
}

for_each_database!(agents_are_listed_as_they_are, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    desk.department("Loans", 2, &["loan"]);
    let admin = desk.admin();
    let body =
        json!({ "name": " Zoë Berg ", "email": "Zoe@Desk.example", "department": "technical support" });
    let answer = admin.post("/support/agents", &body);
    let zoe = answer.is(201);
    assert_eq!(answer.must_have("location"), format!("/support/agents/{}", zoe["id"].as_str().unwrap()));
    let defaults = json!({
        "name": "Zoë Berg", "department": "Technical Support", "tier": 1, "activeTickets": 0, "status": "available",
        "capacity": 10, "lastAssignedAt": null,
    });
    for (member, value) in defaults.as_object().unwrap() {
        assert_eq!(&zoe[member], value, "{member}");
    }
    assert!(zoe["email"].as_str().unwrap().eq_ignore_ascii_case("zoe@desk.example"));
    let lou = desk.hire_with(
        "Lou Abel",
        "Loans",
        2,
        json!({ "status": "AWAY", "phone": "+49 30 1234", "capacity": 3 }),
    );
    let lou_now = desk.agent_now(&lou);
    assert_eq!((&lou_now["status"], &lou_now["phone"]), (&json!("away"), &json!("+49 30 1234")));
    let max = desk.hire("Max Cole", "Loans", 3);

    for (query, expected) in [
        ("", vec!["Lou Abel", "Max Cole", "Zoë Berg"]),
        ("?department=LOANS", vec!["Lou Abel", "Max Cole"]),
        ("?department=Loans,Technical%20Support&tier=1", vec!["Zoë Berg"]),
        ("?status=available", vec!["Max Cole", "Zoë Berg"]),
        ("?status=away&status=busy", vec!["Lou Abel"]),
        ("?tier=2,3", vec!["Lou Abel", "Max Cole"]),
        ("?q=max", vec!["Max Cole"]),
        ("?q=zo%C3%AB", vec!["Zoë Berg"]),
        ("?q=col%20max", vec!["Max Cole"]),
        ("?q=nobody", vec![]),
        ("?q=max&tier=1", vec![]),
    ] {
        assert_eq!(names(&admin, &format!("/support/agents{query}")), expected, "{query}");
        assert_eq!(names(&max, &format!("/support/agents{query}")), expected, "{query}, as an agent");
    }
    for (change, pointer) in [
        (json!({ "name": "" }), "/name"),
        (json!({ "email": "nowhere" }), "/email"),
        (json!({ "department": "Nowhere" }), "/department"),
        (json!({ "tier": 0 }), "/tier"),
        (json!({ "tier": 4 }), "/tier"),
        (json!({ "tier": "1" }), "/tier"),
        (json!({ "capacity": 0 }), "/capacity"),
        (json!({ "capacity": 1e9 }), "/capacity"),
        (json!({ "status": "lost" }), "/status"),
        (json!({ "phone": "call me" }), "/phone"),
        (json!({ "activeTickets": 3 }), "/activeTickets"),
        (json!({ "id": lou.id }), "/id"),
    ] {
        let body = with(json!({ "name": "New", "email": "new@desk.example", "department": "Loans" }), change);
        let problem = admin.post("/support/agents", &body).problem_of(422);
        assert_eq!(pointers(&problem), [pointer]);
    }
    let taken = json!({ "name": "Other", "email": "ZOE@desk.example", "department": "Loans" });
    admin.post("/support/agents", &taken).problem_of(409);
    assert_eq!(names(&admin, "/support/agents").len(), 3);
    admin.get("/support/agents/01900000-0000-7000-8000-0000ffffffff").problem_of(404);
    admin
        .patch("/support/agents/01900000-0000-7000-8000-0000ffffffff", &json!({ "tier": 2 }))
        .problem_of(404);
});

for_each_database!(a_list_is_true_at_once, |desk: &mut Desk| {
    let admin = desk.admin();
    let id = desk.department("Technical Support", 1, &["technical"]);
    desk.department("Loans", 1, &[]);
    let lou = desk.hire_with("Lou", "Technical Support", 1, json!({ "capacity": 2 }));
    let path = format!("/support/agents/{}", lou.id);
    let changes = [
        json!({ "status": "away" }),
        json!({ "status": "busy" }),
        json!({ "status": "available" }),
        json!({ "tier": 3 }),
        json!({ "capacity": 7 }),
        json!({ "phone": "+44 20 7946 0018" }),
        json!({ "name": "Louisa" }),
        json!({ "department": "Loans" }),
        json!({ "department": "Technical Support", "tier": 1 }),
    ];
    for change in changes {
        let answer = admin.patch(&path, &change).is(200);
        let listed = desk.agent_now(&lou);
        assert_eq!(answer, listed);
        for (member, value) in change.as_object().unwrap() {
            assert_eq!(&listed[member], value, "{change}");
        }
        let (here, there) = (department(desk, "Technical Support"), department(desk, "Loans"));
        let is_here = u64::from(listed["department"] == "Technical Support");
        assert_eq!((&here["agentCount"], &there["agentCount"]), (&json!(is_here), &json!(1 - is_here)));
    }
    // What tickets do to agents shows as well, also to others who have just looked.
    let ticket = desk.open(&desk.customer(1), "technical");
    assert_eq!(desk.load(&lou), (0, "available".into()));
    desk.assign(&ticket, &lou);
    assert_eq!(desk.load(&lou).0, 1);
    desk.resolve(&lou, &ticket);
    assert_eq!(desk.load(&lou).0, 0);
    desk.open_with(&desk.customer(1), json!({ "autoAssign": true }));
    assert_eq!(desk.load(&lou).0, 1);

    let path = format!("/support/departments/{id}");
    for change in [
        json!({ "description": "Machines." }),
        json!({ "tier": 2 }),
        json!({ "categories": ["technical", "account"] }),
    ] {
        let answer = admin.patch(&path, &change).is(200);
        assert_eq!(answer, department(desk, "Technical Support"));
        for (member, value) in change.as_object().unwrap() {
            let sorted = |value: &Value| {
                let mut value = value.clone();
                value.as_array_mut().into_iter().for_each(|list| list.sort_by_key(Value::to_string));
                value
            };
            assert_eq!(sorted(&answer[member]), sorted(value), "{change}");
        }
    }
    // A department's new name is that of its agents and tickets.
    admin.patch(&path, &json!({ "name": "IT" })).is(200);
    assert_eq!(desk.agent_now(&lou)["department"], "IT");
    assert_eq!(desk.ticket(&ticket)["department"], "IT");
    assert_eq!(admin.items("/support/tickets?department=IT").len(), 2);
    assert_eq!(department(desk, "IT")["agentCount"], 1);
});

for_each_database!(departments_share_nothing, |desk: &mut Desk| {
    let admin = desk.admin();
    let body = json!({ "name": "Technical Support", "description": "Machines.", "tier": 1, "categories": ["technical"] });
    let answer = admin.post("/support/departments", &body);
    let made = answer.is(201);
    for (member, value) in body.as_object().unwrap() {
        assert_eq!(&made[member], value, "{member}");
    }
    assert_eq!(made["agentCount"], 0);
    assert_eq!(
        answer.must_have("location"),
        format!("/support/departments/{}", made["id"].as_str().unwrap())
    );
    let other = desk.department("Loans", 3, &["loan", "billing"]);
    let post = |change: Value| {
        let body = with(json!({ "name": "New", "description": "", "tier": 1 }), change);
        admin.post("/support/departments", &body)
    };
    post(json!({ "name": "TECHNICAL support" })).problem_of(409);
    post(json!({ "categories": ["general", "billing"] })).problem_of(409);
    for wrong in [
        json!({ "name": "" }),
        json!({ "tier": 0 }),
        json!({ "categories": ["x"] }),
        json!({ "agentCount": 3 }),
    ] {
        post(wrong).problem_of(422);
    }
    let path = format!("/support/departments/{other}");
    admin.patch(&path, &json!({ "name": "technical support" })).problem_of(409);
    admin.patch(&path, &json!({ "categories": ["technical"] })).problem_of(409);
    admin.patch(&path, &json!({ "categories": ["loan"] })).is(200);
    admin.patch(&path, &json!({ "name": "LOANS" })).is(200);
    let mut all = each(&admin.items("/support/departments"), "name");
    all.sort();
    assert_eq!(all, ["LOANS", "Technical Support"]);
    admin.get("/support/departments/01900000-0000-7000-8000-0000ffffffff").problem_of(404);
});

for_each_database!(details_show_what_there_is_to_do, |desk: &mut Desk| {
    let id = desk.department("Technical Support", 1, &["technical"]);
    let (lou, above) = (desk.hire("Lou", "Technical Support", 1), desk.hire("Sonja", "Technical Support", 2));
    let tickets: Vec<String> = (0..4).map(|_| desk.open(&desk.customer(1), "technical")).collect();
    tickets[..3].iter().for_each(|ticket| drop(desk.assign(ticket, &lou)));
    desk.resolve(&lou, &tickets[0]);
    desk.escalate(&tickets[1], &above);

    let detail = |person: &Person| person.get(&format!("/support/agents/{}", person.id)).is(200);
    let (of_lou, of_above) = (detail(&lou), detail(&above));
    assert_eq!((&of_lou["name"], &of_lou["activeTickets"]), (&json!("Lou"), &json!(1)));
    assert_eq!(each(of_lou["tickets"].as_array().unwrap(), "id"), [tickets[2].as_str()]);
    assert_eq!(each(of_above["tickets"].as_array().unwrap(), "id"), [tickets[1].as_str()]);
    let performance = &of_lou["performance"];
    assert_eq!((&performance["handled"], &performance["open"]), (&json!(1), &json!(1)), "{of_lou}");
    assert!(performance["meanResolutionSeconds"].as_f64().is_some_and(|seconds| seconds >= 0.0), "{of_lou}");
    assert_eq!(desk.admin().get(&format!("/support/agents/{}", lou.id)).is(200), of_lou);

    let detail = desk.admin().get(&format!("/support/departments/{id}")).is(200);
    assert_eq!(detail["agentCount"], 2);
    let mut agents = each(detail["agents"].as_array().unwrap(), "name");
    agents.sort();
    assert_eq!(agents, ["Lou", "Sonja"]);
    // The ticket that nobody has is in no department yet.
    let distribution = detail["ticketDistribution"].as_object().unwrap();
    let counts = ["open", "in-progress", "escalated", "resolved", "closed"]
        .map(|status| distribution.get(status).and_then(Value::as_u64).unwrap_or_default());
    assert_eq!(counts, [0, 1, 1, 1, 0], "{detail}");
});
