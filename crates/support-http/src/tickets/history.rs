use actix_web::{HttpResponse, web};
use support_api::history::HistoryEntry;
use support_api::list::List;
use support_api::schema;

use crate::extract::{Params, PathKey, Staff};
use crate::failure::Failure;
use crate::page::Page;
use crate::state::State;

/// Read a ticket's history
///
/// Oldest first. Every entry carries the hash of the one before it.
#[utoipa::path(
    get,
    path = "/support/tickets/{id}/history",
    tag = "tickets",
    params(
        ("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many entries; 50 unless given."),
        ("cursor" = inline(Option<schema::Cursor>), Query, description = "The `nextCursor` of the page before.")
    ),
    responses((status = 200, description = "A page of entries.", body = List<HistoryEntry>), (status = 403))
)]
pub(crate) async fn ticket_history(
    Staff(actor): Staff,
    state: web::Data<State>,
    segment: PathKey,
    params: Params,
) -> Result<HttpResponse, Failure> {
    let mut query = params.read();
    let page = Page::read(&mut query, "history", &state.cursors);
    query.finish()?;
    let after = page.after().map_or(0, i64::from_be_bytes);
    let mut entries = state.desk.history(&actor, segment.ticket()?, after, page.to_read()).await?;
    let next = page.cut(&mut entries, |entry| entry.sequence.to_be_bytes());
    Ok(HttpResponse::Ok().json(List::<HistoryEntry>::of(&entries, next)))
}
