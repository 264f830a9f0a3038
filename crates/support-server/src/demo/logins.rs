//! One login for each role of the demo desk.

use std::path::Path;

use zeroize::Zeroizing;

use super::data::People;
use crate::config::secrets;
use crate::failure::Failure;

const FILE: &str = "demo-password";
/// Characters of the password, of 62 kinds each: over 90 bits.
const LENGTH: usize = 16;

/// Who can log in, and with which password.
pub(crate) struct Logins {
    password: Zeroizing<String>,
    /// Role and address.
    pub(crate) accounts: Vec<(&'static str, String)>,
}

impl Logins {
    /// Draws a password and keeps it in the data directory.
    pub(super) fn draw(data_dir: &Path, people: &People) -> Result<Self, Failure> {
        let secret = secrets::load_or_generate(data_dir, FILE)?;
        let password = secret.chars().filter(char::is_ascii_alphanumeric).take(LENGTH).collect::<String>();
        Ok(Self { password: Zeroizing::new(password), accounts: accounts(people) })
    }

    /// The password that was drawn before; `None` where the database was filled by other means.
    pub(super) fn recall(data_dir: &Path, people: &People) -> Result<Option<Self>, Failure> {
        if !data_dir.join(FILE).exists() {
            return Ok(None);
        }
        Self::draw(data_dir, people).map(Some)
    }

    /// The password of every demo login: letters and digits alone, so that it is easily copied.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }
}

fn accounts(people: &People) -> Vec<(&'static str, String)> {
    let agent = people.agent.first().map(|agent| ("agent", agent.email.clone()));
    let customer = people.customer.first().map(|customer| ("customer", customer.email.clone()));
    [Some(("admin", people.admin.email.clone())), agent, customer].into_iter().flatten().collect()
}
