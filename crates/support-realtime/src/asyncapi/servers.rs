//! What the servers of both transports have in common: their address, and how one shows who one is.

use serde_json::{Value, json};

pub(super) fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "`Authorization: Bearer <JWT>` on the handshake.",
        },
        "subprotocol": {
            "type": "httpApiKey",
            "in": "header",
            "name": "Sec-WebSocket-Protocol",
            "description": "`support.v1, bearer.<JWT>`: for browsers, which cannot set other headers. The server \
                            answers with `support.v1`.",
        },
        "inBand": {
            "type": "apiKey",
            "in": "password",
            "description": "The JWT in the first thing that the client says: the `authenticate` frame of the plain \
                            WebSocket, `auth: { token }` of Socket.IO.",
        },
    })
}

/// References to security schemes, any of which will do.
pub(super) fn security(schemes: &[&str]) -> Value {
    schemes.iter().map(|name| json!({ "$ref": format!("#/components/securitySchemes/{name}") })).collect()
}

/// The address that both servers share.
pub(super) fn host() -> Value {
    json!({ "default": "127.0.0.1:8080", "description": "Host and port. Through TLS the protocol is `wss`." })
}
