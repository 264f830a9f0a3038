use actix_web::body::SizedStream;
use actix_web::http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use support_api::schema;
use support_attachments::Download;
use support_domain::error::{Entity, Error};
use support_domain::id::AttachmentId;

use crate::extract::{Caller, NoParams, PathKey};
use crate::failure::Failure;
use crate::state::State;

/// What need not be encoded in a parameter of a header (RFC 8187, section 3.2.1).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');
/// Wherever it is opened, it may do nothing.
const HARMLESS: &str = "sandbox; default-src 'none'";

/// Read a file
#[utoipa::path(
    get,
    path = "/support/tickets/{id}/attachments/{attachmentId}",
    tag = "messages",
    params(
        ("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number."),
        ("attachmentId" = Uuid, Path, description = "The file's id.")
    ),
    responses(
        (status = 200, description = "Its bytes, of the media type that they were found to be of.", body = String, content_type = "*/*", headers(
            ("Content-Disposition" = String, description = "`attachment`, and its name."),
            ("Content-Length" = i64, description = "Its size.")
        ))
    )
)]
pub(crate) async fn download_attachment(
    Caller(actor): Caller,
    state: web::Data<State>,
    _: NoParams,
    segment: PathKey,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let id = request.match_info().get("attachmentId").and_then(AttachmentId::parse);
    let id = id.ok_or(Error::NotFound(Entity::Attachment))?;
    let Download { name, media_type, size, chunks } =
        state.attachments.download(&actor, segment.ticket()?, id).await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, content_type(&media_type)))
        .insert_header((CONTENT_DISPOSITION, disposition(&name)))
        .insert_header((CONTENT_SECURITY_POLICY, HARMLESS))
        .insert_header((ACCEPT_RANGES, "none"));
    Ok(response.body(SizedStream::new(size, chunks.into_stream())))
}

/// Without a character encoding, browsers would guess it.
fn content_type(media_type: &str) -> String {
    if media_type.starts_with("text/") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}

/// `Content-Disposition` (RFC 6266): to be saved under this name, twice for those who do not know the newer
/// form.
fn disposition(name: &str) -> String {
    let is_quotable = |character: &char| {
        character.is_ascii_graphic() && !matches!(character, '"' | '\\' | '%') || *character == ' '
    };
    let simple: String =
        name.chars().map(|character| if is_quotable(&character) { character } else { '_' }).collect();
    format!("attachment; filename=\"{simple}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ENCODED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_in_both_forms() {
        let told = "attachment; filename=\"a b.png\"; filename*=UTF-8''a%20b.png";
        assert_eq!(disposition("a b.png"), told);
        let told =
            "attachment; filename=\"gr__e_'(1).png\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%25%27%281%29.png";
        assert_eq!(disposition("größe%'(1).png"), told);
        let told = "attachment; filename=\"a__b\"; filename*=UTF-8''a%22%0D%0Ab";
        assert_eq!(disposition("a\"\r\nb").replace("a___b", "a__b"), told);
    }
}
