// Checks an Engine.IO v4 and Socket.IO v5 server, such as support-socketio's example `conformance`.
//
//     node conformance.mjs http://127.0.0.1:PORT
//
// The server echoes every message at /engine.io/. At /socket.io/ it knows the namespaces `/` and `/custom`, emits
// `auth` with the payload of each connection, and on `/` answers `message` by `message-back` and acknowledges
// `message-with-ack`, both with the arguments that came. It closes a connection that joins no namespace in time.
// With `--official` at the end, what the official server does otherwise is left out.
import "./conformance/handshake.mjs";
import "./conformance/polling.mjs";
import "./conformance/websocket.mjs";
import "./conformance/heartbeat.mjs";
import "./conformance/closing.mjs";
import "./conformance/upgrade.mjs";
import "./conformance/namespaces.mjs";
import "./conformance/messages.mjs";
import "./conformance/malformed.mjs";
import "./conformance/official-clients.mjs";
