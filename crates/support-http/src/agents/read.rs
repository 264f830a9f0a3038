use actix_web::{HttpResponse, web};
use support_api::agent::AgentDetail;
use support_domain::error::Entity;
use support_domain::id::AgentId;

use crate::extract::{NoParams, PathKey, Staff};
use crate::failure::Failure;
use crate::state::State;

/// Read an agent
///
/// With their current tickets and performance. Agents may look at their own details only.
#[utoipa::path(
    get,
    path = "/support/agents/{id}",
    tag = "agents",
    params(("id" = Uuid, Path, description = "The agent's id.")),
    responses((status = 200, description = "The agent.", body = AgentDetail), (status = 403))
)]
pub(crate) async fn get_agent(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
) -> Result<HttpResponse, Failure> {
    let detail = state.desk.agent(&actor, segment.id(AgentId::parse, Entity::Agent)?).await?;
    Ok(HttpResponse::Ok().json(AgentDetail::from(&detail)))
}
