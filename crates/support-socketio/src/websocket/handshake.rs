//! The opening handshake (RFC 6455, section 4.2).

use actix_web::http::header::{
    CONTENT_LENGTH, HeaderMap, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING,
    UPGRADE,
};
use actix_web::http::{Method, StatusCode, Version};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// What a key is hashed with (section 1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Why a request is not answered with a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// It does not ask for one.
    #[error("the request does not ask for a WebSocket")]
    NotAsked,
    /// It asks for a version of the protocol other than 13.
    #[error("the WebSocket version must be 13")]
    Version,
    /// Its key is not 16 bytes in base64.
    #[error("the WebSocket key is not 16 bytes in base64")]
    Key,
    /// It has a body, where the first frame should be.
    #[error("a WebSocket handshake has no body")]
    Body,
}

impl ResponseError for HandshakeError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotAsked | Self::Key | Self::Body => StatusCode::BAD_REQUEST,
            Self::Version => StatusCode::UPGRADE_REQUIRED,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if *self == Self::Version {
            response.insert_header((SEC_WEBSOCKET_VERSION, "13")).insert_header((UPGRADE, "websocket"));
        }
        response.body(self.to_string())
    }
}

/// Whether a request asks for a WebSocket at all.
pub(crate) fn asks_for_websocket(request: &HttpRequest) -> bool {
    let asked = only(request.headers(), UPGRADE).is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    asked
        && request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && request.head().upgrade()
}

/// Checks a handshake and returns the value of `Sec-WebSocket-Accept`.
pub(crate) fn verify(request: &HttpRequest) -> Result<String, HandshakeError> {
    if !asks_for_websocket(request) {
        return Err(HandshakeError::NotAsked);
    }
    let headers = request.headers();
    if only(headers, SEC_WEBSOCKET_VERSION) != Some("13") {
        return Err(HandshakeError::Version);
    }
    if headers.contains_key(TRANSFER_ENCODING)
        || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
    {
        return Err(HandshakeError::Body);
    }
    let key = only(headers, SEC_WEBSOCKET_KEY).ok_or(HandshakeError::Key)?;
    match STANDARD.decode(key) {
        Ok(bytes) if bytes.len() == 16 => Ok(accept_value(key)),
        _ => Err(HandshakeError::Key),
    }
}

fn accept_value(key: &str) -> String {
    STANDARD.encode(Sha1::new().chain_update(key.as_bytes()).chain_update(GUID).finalize())
}

/// A header's value, if the header is there once and is text.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name);
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok().map(str::trim) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_that_of_the_rfc() {
        assert_eq!(accept_value("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
