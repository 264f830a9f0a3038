//! What happens before a test begins: departments, people who join, tickets that are opened and worked on.
//!
//! All of it goes through the desk's own HTTP interface, and panics where the desk refuses.
#![expect(
    clippy::indexing_slicing,
    reason = "an absent member of a JSON value is null, which no test takes for it"
)]
#![expect(clippy::must_use_candidate, reason = "a test may only want that something happened")]

use serde_json::{Value, json};
use support_testkit::Token;

use crate::{Answer, Desk, Person, subject};

/// What every ticket of a scene says unless a test says otherwise.
pub fn request(category: &str) -> Value {
    json!({ "subject": "My card was declined", "description": "It worked yesterday.", "category": category })
}

/// `base` with the members of `more` in place of its own.
pub fn with(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}

impl Desk {
    /// Adds a department that serves these categories, and answers its id.
    #[track_caller]
    pub fn department(&self, name: &str, tier: u8, categories: &[&str]) -> String {
        let body = json!({ "name": name, "description": format!("All about {name}."), "tier": tier, "categories": categories });
        let department = self.admin().post("/support/departments", &body).is(201);
        department["id"].as_str().unwrap_or_default().to_owned()
    }

    /// Adds an agent, who is available and takes ten tickets unless `more` says otherwise.
    #[track_caller]
    pub fn hire_with(&self, name: &str, department: &str, tier: u8, more: Value) -> Person {
        let email = format!("{}@desk.example", name.to_lowercase().replace(' ', "."));
        let body =
            with(json!({ "name": name, "email": email, "department": department, "tier": tier }), more);
        let agent = self.admin().post("/support/agents", &body).is(201);
        let id = agent["id"].as_str().unwrap_or_default();
        self.person(id, &Token::new(id, "agent").claim("name", name))
    }

    /// Adds an agent, who is available and takes ten tickets.
    #[track_caller]
    pub fn hire(&self, name: &str, department: &str, tier: u8) -> Person {
        self.hire_with(name, department, tier, json!({}))
    }

    /// Has a customer open a ticket, and answers its id.
    #[track_caller]
    pub fn open(&self, customer: &Person, category: &str) -> String {
        let ticket = self.open_with(customer, request(category));
        ticket["id"].as_str().unwrap_or_default().to_owned()
    }

    /// Has a customer open a ticket with these members, beside or in place of what [`request`] says.
    #[track_caller]
    pub fn open_with(&self, customer: &Person, more: Value) -> Value {
        customer.post("/support/tickets", &with(request("technical"), more)).is(201)
    }

    /// Has an administrator give a ticket to an agent, and answers the ticket.
    #[track_caller]
    pub fn assign(&self, ticket: &str, agent: &Person) -> Value {
        let body = json!({ "ticketId": ticket, "agentId": agent.id });
        self.admin().post("/support/tickets/assign", &body).is(200)
    }

    /// Has an administrator escalate a ticket to an agent, and answers the ticket.
    #[track_caller]
    pub fn escalate(&self, ticket: &str, agent: &Person) -> Value {
        let body = json!({ "ticketId": ticket, "agentId": agent.id, "reason": "needs a specialist" });
        self.admin().post("/support/tickets/escalate", &body).is(200)
    }

    /// Has somebody resolve a ticket, and answers the ticket.
    #[track_caller]
    pub fn resolve(&self, by: &Person, ticket: &str) -> Value {
        let body = json!({ "status": "resolved", "resolution": "The card works again." });
        by.patch(&format!("/support/tickets/{ticket}"), &body).is(200)
    }

    /// A ticket as an administrator sees it.
    #[track_caller]
    pub fn ticket(&self, ticket: &str) -> Value {
        self.admin().get(&format!("/support/tickets/{ticket}")).is(200)
    }

    /// An agent as an administrator sees them in the list.
    #[track_caller]
    pub fn agent_now(&self, agent: &Person) -> Value {
        let agents = self.admin().items("/support/agents");
        let found = agents.into_iter().find(|one| one["id"] == agent.id.as_str());
        found.unwrap_or_default()
    }

    /// How many active tickets an agent has, and their availability.
    #[track_caller]
    pub fn load(&self, agent: &Person) -> (u64, String) {
        let agent = self.agent_now(agent);
        (agent["activeTickets"].as_u64().unwrap_or(u64::MAX), crate::text(&agent["status"]))
    }

    /// The whole history of a ticket, oldest first.
    #[track_caller]
    pub fn history(&self, ticket: &str) -> Vec<Value> {
        self.admin().items(&format!("/support/tickets/{ticket}/history?limit=200"))
    }

    /// The actions of a ticket's history, oldest first.
    #[track_caller]
    pub fn actions(&self, ticket: &str) -> Vec<String> {
        crate::each(&self.history(ticket), "action")
    }

    /// The whole conversation of a ticket, oldest first.
    #[track_caller]
    pub fn messages(&self, ticket: &str) -> Vec<Value> {
        self.admin().items(&format!("/support/tickets/{ticket}/messages?limit=200"))
    }

    /// Everything that an administrator can see of the desk, to compare it with what is there later.
    #[track_caller]
    pub fn everything(&self) -> Value {
        let admin = self.admin();
        let tickets = admin.items("/support/tickets?limit=200&sort=createdAt");
        let ids = crate::each(&tickets, "id");
        let told = |id: &String| json!([self.history(id), self.messages(id)]);
        json!({
            "tickets": tickets,
            "told": ids.iter().map(told).collect::<Vec<_>>(),
            "agents": admin.items("/support/agents"),
            "departments": admin.items("/support/departments"),
        })
    }

    /// The administrator, who is there from the start.
    pub fn admin(&self) -> Person {
        self.person(&subject(0), &Token::new(&subject(0), "admin").claim("name", "Ada Min"))
    }

    /// The customer `number`, from 1, who has a name and an e-mail address.
    pub fn customer(&self, number: u16) -> Person {
        let id = subject(number);
        let token = Token::new(&id, "customer").claim("name", format!("Customer {number}"));
        self.person(&id, &token.claim("email", format!("customer{number}@example.com")))
    }

    /// Somebody without a token.
    pub fn nobody(&self) -> Person {
        Person { id: String::new(), http: self.http() }
    }

    /// Whoever this token says.
    pub fn person(&self, id: &str, token: &Token) -> Person {
        Person { id: id.to_owned(), http: self.http().with_token(token.mint()) }
    }
}
