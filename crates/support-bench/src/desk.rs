//! A server on an empty file, and who works there.

use std::net::SocketAddr;

use serde_json::json;
use support_testkit::{Http, Server, ServerBuilder, Token};

use crate::failure::{Failure, Result};

/// A running server. Dropping it kills the process and removes its directory.
#[derive(Debug)]
pub(crate) struct Desk {
    server: Server,
    http: Http,
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
}

/// Somebody with a ticket.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Their access token.
    pub(crate) token: String,
    /// The id of the ticket.
    pub(crate) ticket: String,
}

impl Person {
    /// So many who need neither, because nobody asks for it.
    pub(crate) fn nobody(count: u32) -> Result<Vec<Self>> {
        Ok(vec![Self { token: String::new(), ticket: String::new() }; usize::try_from(count)?])
    }
}

impl Desk {
    /// Starts a server and waits until it is ready.
    pub(crate) fn start() -> Result<Self> {
        Self::start_with(Server::builder())
    }

    /// The same with its default limits.
    pub(crate) fn start_limited() -> Result<Self> {
        Self::start_with(Server::builder().env("SUPPORT_RATE_LIMITS", "on"))
    }

    fn start_with(builder: ServerBuilder) -> Result<Self> {
        let server = builder.start()?;
        let (http, address, pid) = (server.http()?, server.address()?, server.pid()?);
        Ok(Self { server, http, address, pid })
    }

    /// A customer with a new ticket. Different numbers are different people.
    pub(crate) fn customer(&self, number: u32) -> Result<Person> {
        let token = token("customer", number);
        let body = json!({
            "subject": "The card is refused", "description": "At every till since this morning.",
            "category": "transaction", "priority": "high",
        });
        let ticket = self.http.with_token(&*token).post("/support/tickets", &body)?.expect(201)?;
        let id = ticket.get("id").and_then(|id| id.as_str());
        let id = id.ok_or_else(|| Failure::new("a ticket without an id"))?;
        Ok(Person { token, ticket: id.to_owned() })
    }

    /// Somebody who logs in with a password.
    pub(crate) fn account(&self, email: &str, password: &str) -> Result<()> {
        let admin = self.http.with_token(token("admin", 0));
        admin.post("/support/departments", &json!({ "name": "Support", "tier": 1 }))?.expect(201)?;
        let agent = json!({ "name": "Ada", "email": email, "department": "Support", "password": password });
        admin.post("/support/agents", &agent)?.expect(201)?;
        Ok(())
    }

    /// How many live connections it has, by its own account.
    pub(crate) fn sessions(&self) -> Result<u32> {
        let response = self.http.get("/metrics")?;
        sessions(&response.text()).ok_or_else(|| Failure::new("/metrics does not tell the live sessions"))
    }

    /// Ends it as an operator does.
    pub(crate) fn stop(mut self) -> Result<()> {
        let status = self.server.stop()?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("the server ended with {status}"))) }
    }
}

/// A token for the next hour. Different numbers are different people.
pub(crate) fn token(role: &str, number: u32) -> String {
    let subject = format!("01900000-0000-7000-8000-{number:012x}");
    let email = format!("{role}{number}@example.com");
    Token::new(&subject, role).claim("name", format!("{role} {number}")).claim("email", email).mint()
}

/// The live connections of all transports, out of Prometheus text.
fn sessions(metrics: &str) -> Option<u32> {
    let lines = metrics.lines().filter(|line| line.starts_with("support_live_sessions{"));
    let counts: Option<Vec<u32>> = lines.map(|line| line.rsplit_once(' ')?.1.parse().ok()).collect();
    counts.filter(|counts| !counts.is_empty()).map(|counts| counts.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_counted_over_all_transports() {
        let metrics = "# HELP support_live_sessions x\nsupport_live_sessions{door=\"a\"} 3\n\
                       support_live_rooms 7\nsupport_live_sessions{door=\"b\"} 4\n";
        assert_eq!(sessions(metrics), Some(7));
        assert_eq!(sessions("support_live_rooms 7\n"), None);
        assert_eq!(sessions("support_live_sessions{door=\"a\"} x\n"), None);
    }
}
