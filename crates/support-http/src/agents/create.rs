use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use support_api::agent;
use support_api::request::CreateAgent;

use crate::extract::{Admin, Body, NoParams};
use crate::failure::Failure;
use crate::state::State;

/// Add an agent
#[utoipa::path(
    post,
    path = "/support/agents",
    tag = "agents",
    request_body = CreateAgent,
    responses(
        (status = 201, description = "The agent.", body = agent::Agent, headers(
            ("Location" = String, description = "The address of the agent.")
        )),
        (status = 403),
        (status = 409)
    )
)]
pub(crate) async fn create_agent(
    Admin(actor): Admin,
    state: web::Data<State>,
    _: NoParams,
    body: Body<CreateAgent>,
) -> Result<HttpResponse, Failure> {
    let mut command = body.command.command;
    if let Some(password) = body.command.password {
        command.password = Some(state.authentication.hash_password(password).await?);
    }
    let agent = state.desk.create_agent(&actor, command).await?;
    let location = (LOCATION, format!("/support/agents/{}", agent.id));
    Ok(HttpResponse::Created().insert_header(location).json(agent::Agent::from(&agent)))
}
