use actix_web::{HttpResponse, web};
use support_api::agent;
use support_api::request::UpdateAgent;
use support_domain::error::Entity;
use support_domain::id::AgentId;

use crate::extract::{Body, NoParams, PathKey, Staff};
use crate::failure::Failure;
use crate::state::State;

/// Change an agent
///
/// What is absent stays as it is. Agents may set their own `status` only.
#[utoipa::path(
    patch,
    path = "/support/agents/{id}",
    tag = "agents",
    params(("id" = Uuid, Path, description = "The agent's id.")),
    request_body = UpdateAgent,
    responses((status = 200, description = "The agent as they are now.", body = agent::Agent), (status = 403))
)]
pub(crate) async fn update_agent(
    Staff(actor): Staff,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    body: Body<UpdateAgent>,
) -> Result<HttpResponse, Failure> {
    let id = segment.id(AgentId::parse, Entity::Agent)?;
    let agent = state.desk.update_agent(&actor, id, body.command).await?;
    Ok(HttpResponse::Ok().json(agent::Agent::from(&agent)))
}
