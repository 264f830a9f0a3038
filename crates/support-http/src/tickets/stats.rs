use actix_web::{HttpResponse, web};
use support_api::schema;
use support_api::statistics::Statistics;
use support_api::text;
use support_domain::port::StatisticsFilter;
use support_domain::value::DepartmentName;

use crate::extract::{Params, Staff};
use crate::failure::Failure;
use crate::moment;
use crate::moment::MomentSchema;
use crate::state::State;

/// Read figures over tickets
///
/// Over the tickets created in a period; without one, over all. Agents see the figures of their own tickets.
#[utoipa::path(
    get,
    path = "/support/tickets/stats",
    tag = "tickets",
    params(
        ("from" = inline(Option<MomentSchema>), Query, description = "Created at or after this time or on or after this day (UTC)."),
        ("to" = inline(Option<MomentSchema>), Query, description = "Created at or before this time or on or before this day (UTC)."),
        ("department" = inline(Option<schema::DepartmentName>), Query, description = "Of this department.")
    ),
    responses((status = 200, description = "The figures.", body = Statistics), (status = 403))
)]
pub(crate) async fn ticket_stats(
    Staff(actor): Staff,
    state: web::Data<State>,
    params: Params,
) -> Result<HttpResponse, Failure> {
    let mut query = params.read();
    let period = StatisticsFilter {
        from: query.one("from", moment::from),
        before: query.one("to", moment::to),
        department: query.one("department", text::parse::<DepartmentName>),
        agent: None,
    };
    query.finish()?;
    let statistics = state.desk.statistics(&actor, period).await?;
    Ok(HttpResponse::Ok().json(Statistics::from(&statistics)))
}
