use actix_web::{HttpResponse, web};
use support_api::agent::Agent;
use support_api::list::List;
use support_api::text;
use support_domain::command::AgentFilter;
use support_domain::entity::Tier;
use support_domain::id::AgentId;
use support_domain::value::{AgentStatus, DepartmentName};
use uuid::Uuid;

use crate::agents::params::AgentParams;
use crate::extract::{Params, Query, Staff, integer};
use crate::failure::Failure;
use crate::page::Page;
use crate::state::State;

/// List agents
///
/// By name. Between filters all must hold; within one, any value may. Several values are separated by commas
/// or given one by one.
#[utoipa::path(
    get,
    path = "/support/agents",
    tag = "agents",
    params(AgentParams),
    responses((status = 200, description = "A page of agents.", body = List<Agent>), (status = 403))
)]
pub(crate) async fn list_agents(
    Staff(actor): Staff,
    state: web::Data<State>,
    params: Params,
) -> Result<HttpResponse, Failure> {
    let mut query = params.read();
    let filter = filter(&mut query);
    let page = Page::read(&mut query, "agents", &state.cursors);
    query.finish()?;
    let after = page.after().map(|id| AgentId::new(Uuid::from_bytes(id)));
    let mut agents = state.desk.agents(&actor, &filter, after, page.to_read()).await?;
    let next = page.cut(&mut agents, |agent| *agent.id.uuid().as_bytes());
    Ok(HttpResponse::Ok().json(List::<Agent>::of(&agents, next)))
}

fn filter(query: &mut Query<'_>) -> AgentFilter {
    let tier = |text: &str| {
        integer(text, 1, 3)
            .and_then(|tier| Tier::new(tier.into()).ok_or_else(|| "must be from 1 to 3".to_owned()))
    };
    AgentFilter {
        department: query.list("department", text::parse::<DepartmentName>),
        status: query.list("status", AgentStatus::parse),
        tier: query.list("tier", tier),
        words: query.search(),
    }
}
