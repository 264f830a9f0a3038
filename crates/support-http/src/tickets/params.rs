//! The query parameters of the list of tickets. The type describes them; the handler reads them one by one,
//! so that everything that is wrong is named.

use support_api::choice::{Category, Priority, Status};
use support_api::schema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;

use crate::moment::MomentSchema;

/// Which tickets, in which order.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes parameters that the handler reads one by one")]
pub(crate) struct TicketParams {
    /// With one of these statuses.
    #[param(required = false, max_items = 100)]
    status: Vec<Status>,
    /// With one of these priorities.
    #[param(required = false, max_items = 100)]
    priority: Vec<Priority>,
    /// In one of these categories.
    #[param(required = false, max_items = 100)]
    category: Vec<Category>,
    /// Assigned to one of these agents.
    #[param(required = false, max_items = 100)]
    assigned_to: Vec<Uuid>,
    /// Of one of these departments. Unknown ones have no tickets.
    #[param(required = false, max_items = 100)]
    department: Vec<schema::DepartmentName>,
    /// Of one of these customers.
    #[param(required = false, max_items = 100)]
    customer_id: Vec<Uuid>,
    /// With one of these labels.
    #[param(required = false, max_items = 100)]
    tag: Vec<schema::Tag>,
    /// Assigned to nobody.
    #[param(required = false)]
    unassigned: bool,
    /// Created at or after this time, or on or after this day (UTC).
    #[param(required = false, inline)]
    created_from: MomentSchema,
    /// Created at or before this time, or on or before this day (UTC).
    #[param(required = false, inline)]
    created_to: MomentSchema,
    /// Every one of these words begins a word of the number, the subject or the customer's name.
    #[param(required = false, max_length = 500)]
    q: String,
    /// The order; `-` before it puts the largest first. `-createdAt` unless given.
    #[param(required = false, inline)]
    sort: SortOrder,
    /// How many tickets; 50 unless given.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: u32,
    /// The `nextCursor` of the page before, which had the same `sort`.
    #[param(required = false, inline)]
    cursor: schema::Cursor,
    /// The number of the page, from 1, instead of a cursor; the last page that can be reached so ends at
    /// 10,000 tickets.
    #[param(required = false, minimum = 1, maximum = 10_000)]
    page: u32,
}

/// The orders of the list of tickets.
struct SortOrder;

impl PartialSchema for SortOrder {
    fn schema() -> RefOr<Schema> {
        let fields = support_domain::port::SortField::ALL.iter();
        let orders = fields
            .map(|field| support_api::names::sort_field(*field))
            .flat_map(|name| [name.to_owned(), format!("-{name}")]);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(orders)).into()
    }
}

impl ToSchema for SortOrder {}
