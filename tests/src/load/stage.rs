//! A desk with departments and agents.

use serde_json::json;
use support_testkit::{Http, Result};

use super::pages;
use super::wire::Agent;

/// A department to set up.
#[derive(Clone, Copy, Debug)]
pub struct Department {
    /// Its name.
    pub name: &'static str,
    /// Its tier.
    pub tier: u8,
    /// The categories that it serves.
    pub categories: &'static [&'static str],
    /// The tiers of its agents, one for each.
    pub agents: &'static [u8],
}

/// Sets up departments and agents, each with this capacity.
///
/// # Errors
/// [`support_testkit::Error::Response`] when the server refuses.
pub fn set_up(admin: &Http, departments: &[Department], capacity: u32) -> Result<Vec<Agent>> {
    let mut agents = Vec::new();
    for department in departments {
        let Department { name, tier, categories, agents: tiers } = department;
        let body = json!({ "name": name, "description": name, "tier": tier, "categories": categories });
        admin.post("/support/departments", &body)?.expect(201)?;
        for (number, tier) in (1..).zip(*tiers) {
            let address = format!("{}{number}@example.com", name.to_lowercase());
            let body = json!({
                "name": format!("{name} {number}"), "email": address, "department": name, "tier": tier,
                "capacity": capacity,
            });
            agents.push(pages::read(&admin.post("/support/agents", &body)?, 201)?);
        }
    }
    Ok(agents)
}

/// The department that a ticket waits in: its own, else the one that serves its category.
#[must_use]
pub fn department_of(departments: &[Department], own: Option<&str>, category: &str) -> String {
    let serves = departments.iter().find(|department| department.categories.contains(&category));
    own.or(serves.map(|department| department.name)).unwrap_or_default().to_owned()
}
