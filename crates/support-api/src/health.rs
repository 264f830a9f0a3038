//! The service about itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// That the service is well; a problem document otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    pub status: String,
}

impl Health {
    /// All is well.
    #[must_use]
    pub fn ok() -> Self {
        Self { status: "ok".to_owned() }
    }
}
