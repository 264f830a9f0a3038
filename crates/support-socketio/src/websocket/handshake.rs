//! The opening handshake (RFC 6455, section 4.2).

use actix_web::http::header::{
    CONTENT_LENGTH, HeaderMap, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING,
    UPGRADE,
};
use actix_web::http::{Method, StatusCode, Version};
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, dev};

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

/// The response to an opening handshake, still without the body that sends the frames. Its subprotocol is the
/// first one that the client offers and `protocols` holds, if there is one.
///
/// # Errors
/// When the request is no handshake, or asks for another version of the protocol.
pub(super) fn respond(request: &HttpRequest, protocols: &[&str]) -> Result<HttpResponse, HandshakeError> {
    verify(request)?;
    // The response is all that is taken of actix-ws: it gets nothing to read, and its session is dropped.
    let nothing = Payload::from_request(request, &mut dev::Payload::None).into_inner();
    // Of what it checks, only the bytes of the key have not been checked before.
    nothing
        .and_then(|nothing| actix_ws::handle_with_protocols(request, nothing, protocols))
        .map(|(response, _session, _messages)| response)
        .map_err(|_| HandshakeError::Key)
}

/// Checks what actix-ws takes on trust: that each header stands there once, and that no body comes before the
/// frames.
fn verify(request: &HttpRequest) -> Result<(), HandshakeError> {
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
    only(headers, SEC_WEBSOCKET_KEY).map(drop).ok_or(HandshakeError::Key)
}

/// A header's value, if the header is there once and is text.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name);
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok().map(str::trim) }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_PROTOCOL};
    use actix_web::test::TestRequest;

    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn handshake() -> TestRequest {
        TestRequest::get()
            .version(Version::HTTP_11)
            .insert_header((UPGRADE, "websocket"))
            .insert_header((CONNECTION, "Upgrade"))
            .insert_header((SEC_WEBSOCKET_VERSION, "13"))
            .insert_header((SEC_WEBSOCKET_KEY, KEY))
    }

    fn refusal(request: TestRequest) -> Option<HandshakeError> {
        respond(&request.to_http_request(), &[]).err()
    }

    #[test]
    fn the_response_is_that_of_the_rfc_and_nothing_besides() {
        let response = respond(&handshake().to_http_request(), &[]).unwrap();
        assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
        let headers: Vec<_> = response.headers().iter().collect();
        assert_eq!(headers.len(), 2, "{headers:?}");
        assert_eq!(response.headers().get(UPGRADE).unwrap(), "websocket");
        assert_eq!(response.headers().get(SEC_WEBSOCKET_ACCEPT).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn the_subprotocol_is_the_first_offer_that_is_spoken() {
        let chosen = |offers: &[&str], spoken: &[&str]| {
            let offer = |request: TestRequest, offer| request.append_header((SEC_WEBSOCKET_PROTOCOL, offer));
            let request = offers.iter().copied().fold(handshake(), offer).to_http_request();
            let response = respond(&request, spoken).unwrap();
            response.headers().get(SEC_WEBSOCKET_PROTOCOL).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(chosen(&["a, b", "c"], &["c", "b"]).as_deref(), Some("b"));
        assert_eq!(chosen(&["a", "c"], &["c"]).as_deref(), Some("c"));
        assert_eq!(chosen(&["a"], &["b"]), None);
        assert_eq!(chosen(&[], &["b"]), None);
    }

    #[test]
    fn only_http_1_1_is_upgraded_and_only_by_get() {
        for version in [Version::HTTP_10, Version::HTTP_2] {
            assert_eq!(refusal(handshake().version(version)), Some(HandshakeError::NotAsked), "{version:?}");
        }
        assert_eq!(refusal(handshake().method(Method::POST)), Some(HandshakeError::NotAsked));
    }

    #[test]
    fn a_header_is_there_once_and_holds_nothing_else() {
        for (name, value, error) in [
            (UPGRADE, "websocket", HandshakeError::NotAsked),
            (SEC_WEBSOCKET_VERSION, "13", HandshakeError::Version),
            (SEC_WEBSOCKET_KEY, KEY, HandshakeError::Key),
        ] {
            assert_eq!(refusal(handshake().append_header((name, value))), Some(error));
        }
        assert_eq!(
            refusal(handshake().insert_header((UPGRADE, "websockets"))),
            Some(HandshakeError::NotAsked)
        );
    }

    #[test]
    fn a_key_is_sixteen_bytes() {
        for key in ["", "dGhlIHNhbXBsZQ==", "dGhlIHNhbXBsZSBub25jZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ!!"] {
            assert_eq!(
                refusal(handshake().insert_header((SEC_WEBSOCKET_KEY, key))),
                Some(HandshakeError::Key)
            );
        }
    }

    #[test]
    fn no_body_comes_with_it() {
        for (name, value) in [(CONTENT_LENGTH, "5"), (TRANSFER_ENCODING, "chunked")] {
            let request = handshake().insert_header((name, value));
            assert_eq!(refusal(request), Some(HandshakeError::Body));
        }
        assert_eq!(refusal(handshake().insert_header((CONTENT_LENGTH, "0"))), None);
    }
}
