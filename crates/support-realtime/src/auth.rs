//! Who is there: the port by which the transports have a token checked.

use support_api::problem::Problem;
use support_domain::actor::Actor;
use support_domain::time::Timestamp;

/// Somebody whose token holds.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// Who they are.
    pub actor: Actor,
    /// From when on the token holds no longer.
    pub expires_at: Timestamp,
}

/// Checks access tokens. The same rules as over HTTP apply, so the service gives the transports the same
/// keys.
pub trait Authenticator: Send + Sync {
    /// Whose token it is.
    ///
    /// # Errors
    /// A problem of the status 401 for one that does not hold.
    fn authenticate(&self, token: &str) -> Result<Bearer, Box<Problem>>;
}
