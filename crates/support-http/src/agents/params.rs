//! The query parameters of the list of agents. The type describes them; the handler reads them one by one, so
//! that everything that is wrong is named.

use support_api::choice::AgentStatus;
use support_api::schema;
use utoipa::IntoParams;

/// Which agents.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes parameters that the handler reads one by one")]
pub(crate) struct AgentParams {
    /// Of one of these departments.
    #[param(required = false, max_items = 100)]
    department: Vec<schema::DepartmentName>,
    /// With one of these availabilities.
    #[param(required = false, max_items = 100)]
    status: Vec<AgentStatus>,
    /// Of one of these levels.
    #[param(required = false, max_items = 100)]
    tier: Vec<schema::Tier>,
    /// Every one of these words begins a word of the name or the address.
    #[param(required = false, max_length = 500)]
    q: String,
    /// How many agents; 50 unless given.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: u32,
    /// The `nextCursor` of the page before.
    #[param(required = false, inline)]
    cursor: schema::Cursor,
}
