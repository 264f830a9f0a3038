//! Every address of the interface, with its methods and handlers: what is served, and what the OpenAPI
//! document describes.
//!
//! To add an endpoint: write its file in the module of its resource, with its `utoipa::path` attribute, and
//! name it here. A test holds this table and the attributes together.

use actix_web::guard;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource, Route};
use support_api::problem::Kind;
use utoipa::OpenApi;

use crate::failure::Failure;
use crate::middleware::detach;
use crate::{agents, attachments, auth, customers, departments, messages, meta, notifications, tickets};

/// Declares the addresses: `operations`, which handlers describe for the OpenAPI document, and `pages` for
/// people, which it leaves out.
macro_rules! routes {
    (
        operations {$($path:literal => { $($method:ident $($handler:ident)::+),+ $(,)? })+}
        pages {$($page:literal => { get $($view:ident)::+ })+}
    ) => {
        /// What the handlers say of themselves.
        #[derive(OpenApi)]
        #[openapi(paths($($($($handler)::+),+),+))]
        pub(crate) struct Operations;

        /// Each address that is described, and its methods.
        #[cfg(test)]
        pub(crate) const ROUTES: &[(&str, &[&str])] = &[$(($path, &[$(stringify!($method)),+])),+];

        /// Registers every address.
        pub(crate) fn register(config: &mut ServiceConfig) {
            $(resource(config, $path, &[$(stringify!($method)),+], |resource| {
                resource$(.route($method().to($($handler)::+)))+
            });)+
            $(resource(config, $page, &["get"], |resource| resource.route(get().to($($view)::+)));)+
            config.default_service(web::to(not_found));
        }
    };
}

// The literal addresses of a place come before its variable one, which would match them too.
routes! {
    operations {
        "/support/tickets" => { get tickets::list::list_tickets, post tickets::create::create_ticket }
        "/support/tickets/stats" => { get tickets::stats::ticket_stats }
        "/support/tickets/assign" => { post tickets::assign::assign_ticket }
        "/support/tickets/escalate" => { post tickets::escalate::escalate_ticket }
        "/support/tickets/bulk/assign" => { post tickets::bulk_assign::bulk_assign }
        "/support/tickets/bulk/resolve" => { post tickets::bulk_resolve::bulk_resolve }
        "/support/tickets/bulk/status" => { post tickets::bulk_status::bulk_status }
        "/support/tickets/bulk/notify" => { post tickets::bulk_notify::bulk_notify }
        "/support/tickets/bulk/escalate" => { post tickets::bulk_escalate::bulk_escalate }
        "/support/tickets/{id}" => { get tickets::read::get_ticket, patch tickets::update::update_ticket }
        "/support/tickets/{id}/history" => { get tickets::history::ticket_history }
        "/support/tickets/{id}/history/verify" => { get tickets::verify_history::verify_history }
        "/support/tickets/{id}/notify" => { post tickets::notify::notify_ticket }
        "/support/tickets/{id}/messages" => { get messages::list::list_messages, post messages::send::send_message }
        "/support/tickets/{id}/messages/read" => { post messages::mark_read::mark_messages_read }
        "/support/tickets/{id}/attachments" => { post attachments::upload::upload_attachment }
        "/support/tickets/{id}/attachments/{attachmentId}" => { get attachments::download::download_attachment }
        "/support/agents" => { get agents::list::list_agents, post agents::create::create_agent }
        "/support/agents/{id}" => { get agents::read::get_agent, patch agents::update::update_agent }
        "/support/agents/{id}/totp" => { delete agents::reset_totp::reset_totp }
        "/support/departments" => { get departments::list::list_departments, post departments::create::create_department }
        "/support/departments/{id}" => {
            get departments::read::get_department, patch departments::update::update_department,
        }
        "/support/customers/{id}" => { delete customers::erase::erase_customer }
        "/support/customers/{id}/export" => { get customers::export::export_customer }
        "/support/notifications" => { get notifications::list::list_notifications }
        "/support/notifications/{id}/read" => { post notifications::read::read_notification }
        "/auth/login" => { post auth::login::login }
        "/auth/refresh" => { post auth::refresh::refresh }
        "/auth/logout" => { post auth::logout::logout }
        "/auth/me" => { get auth::me::me }
        "/auth/totp" => {
            get auth::totp::status::totp_status, post auth::totp::enrol::enrol_totp,
            delete auth::totp::remove::remove_totp,
        }
        "/auth/totp/confirm" => { post auth::totp::confirm::confirm_totp }
        "/auth/oidc/login" => { get auth::oidc::login::oidc_login }
        "/auth/oidc/callback" => { get auth::oidc::callback::oidc_callback }
        "/auth/oidc/token" => { post auth::oidc::token::oidc_token }
        "/healthz" => { get meta::health::healthz }
        "/readyz" => { get meta::ready::readyz }
        "/metrics" => { get meta::metrics::metrics }
        "/openapi.json" => { get meta::openapi::openapi_json }
    }
    pages {
        "/" => { get meta::home::home }
        "/docs" => { get meta::docs::docs }
        "/docs/" => { get meta::docs::docs }
        "/docs/{file}" => { get meta::docs::docs_file }
    }
}

/// Registers an address. Other methods than its own are refused with 405.
fn resource(
    config: &mut ServiceConfig,
    path: &str,
    methods: &'static [&'static str],
    add: impl FnOnce(Resource) -> Resource,
) {
    let others = web::to(move || async move { method_not_allowed(methods) });
    config.service(add(web::resource(path)).default_service(others).wrap(from_fn(detach)));
}

/// `HEAD` is answered like `GET`, without the body.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

fn post() -> Route {
    web::route().guard(guard::Post())
}

fn patch() -> Route {
    web::route().guard(guard::Patch())
}

fn delete() -> Route {
    web::route().guard(guard::Delete())
}

async fn not_found() -> Result<HttpResponse, Failure> {
    Err(Failure::new(Kind::NOT_FOUND, "no such address"))
}

fn method_not_allowed(methods: &[&str]) -> HttpResponse {
    let methods: Vec<String> = methods
        .iter()
        .map(|method| if *method == "get" { "GET, HEAD".to_owned() } else { method.to_ascii_uppercase() })
        .collect();
    let allowed = methods.join(", ");
    let failure = Failure::new(Kind::METHOD_NOT_ALLOWED, format!("this address knows {allowed} only"));
    let mut response = HttpResponse::from_error(failure);
    if let Ok(value) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}
