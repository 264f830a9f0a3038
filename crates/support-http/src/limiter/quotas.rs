//! What is left of limits.

use support_web::limit::Quota;

/// What is left of the limits that a request falls under. None if limits are off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotas(pub(crate) Vec<Quota>);

impl Quotas {
    /// Of the limits that have nothing left, the one that lasts longest.
    #[must_use]
    pub fn refusal(&self) -> Option<&Quota> {
        self.0.iter().filter(|quota| quota.left == 0).max_by_key(|quota| quota.next_in)
    }

    /// The limit that has least left.
    #[must_use]
    pub fn tightest(&self) -> Option<&Quota> {
        self.refusal().or_else(|| self.0.iter().min_by_key(|quota| quota.left))
    }

    pub(super) fn and(mut self, quota: Quota) -> Self {
        self.0.push(quota);
        self
    }
}
