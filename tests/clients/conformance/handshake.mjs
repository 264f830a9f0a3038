import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { answered } from "../lib/engine.mjs";
import { assertNoUpgrade, assertRefused, base, engine, ours, together } from "../lib/target.mjs";
import { Tcp } from "../lib/tcp.mjs";

const UNKNOWN_TRANSPORT = [0, "Transport unknown"];
const UNKNOWN_SESSION = [1, "Session ID unknown"];
const BAD_METHOD = [2, "Bad handshake method"];
const BAD_REQUEST = [3, "Bad request"];
const BAD_VERSION = [5, "Unsupported protocol version"];

function assertHandshake(packet, upgrades) {
  assert.equal(packet[0], "0");
  const handshake = JSON.parse(packet.slice(1));
  assert.deepEqual(Object.keys(handshake).sort(), ["maxPayload", "pingInterval", "pingTimeout", "sid", "upgrades"]);
  assert.match(handshake.sid, /^[A-Za-z0-9_-]{20,}$/);
  assert.deepEqual(handshake.upgrades, upgrades);
  for (const member of ["maxPayload", "pingInterval", "pingTimeout"]) assert.ok(handshake[member] > 0, member);
  return handshake;
}

describe("handshake", together, () => {
  test("over polling names the session and offers the upgrade", async () => {
    const { status, headers, body } = await engine.request({ transport: "polling" });
    assert.equal(status, 200);
    assert.equal(headers["content-type"].toLowerCase(), "text/plain; charset=utf-8");
    assert.equal(headers["cache-control"], "no-store");
    assertHandshake(body, ["websocket"]);
  });

  test("over WebSocket names the session and offers nothing more", async (t) => {
    const wire = await engine.dial(t).opened();
    assert.equal(wire.socket.extensions, "", "no extension was agreed on");
    assertHandshake(await wire.next(), []);
  });

  test("gives each session a name of its own", async () => {
    const sessions = await Promise.all(Array.from({ length: 20 }, () => engine.poll()));
    assert.equal(new Set(sessions.map(({ sid }) => sid)).size, 20);
  });

  test("works with unknown query parameters, such as a time stamp", async () => {
    const { status } = await engine.request({ transport: "polling", t: "Pz1", b64: "1" });
    assert.equal(status, 200);
  });

  for (const transport of [undefined, "", "abc", "flashsocket", "Polling", "__proto__"]) {
    test(`refuses the transport ${transport}`, async (t) => {
      const query = transport === undefined ? {} : { transport };
      await assertRefused(engine.request(query), ...UNKNOWN_TRANSPORT);
      await assertNoUpgrade(engine.dial(t, { transport: transport ?? "none" }), ...UNKNOWN_TRANSPORT);
    });
  }

  for (const EIO of ["", "abc", "3", "5", "44"]) {
    test(`refuses the protocol version "${EIO}"`, async () => {
      await assertRefused(engine.request({ transport: "polling", EIO }), ...BAD_VERSION);
    });

    // The official server upgrades first, and then breaks the connection.
    test(`refuses the protocol version "${EIO}" by WebSocket`, ours, async (t) => {
      await assertNoUpgrade(engine.dial(t, { EIO }), ...BAD_VERSION);
    });
  }

  test("refuses to go without a protocol version", async () => {
    await assertRefused(answered(`${base}/engine.io/?transport=polling`), ...BAD_VERSION);
  });

  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    test(`is no ${method}`, async () => {
      await assertRefused(engine.request({ transport: "polling" }, { method }), ...BAD_METHOD);
    });
  }

  test("is not opened by OPTIONS or HEAD", async () => {
    for (const method of ["OPTIONS", "HEAD"]) {
      const { body } = await engine.request({ transport: "polling" }, { method });
      assert.ok(!body.includes('"sid"'), body);
    }
  });

  test("by WebSocket needs an upgrade", async () => {
    await assertRefused(engine.request({ transport: "websocket" }), ...BAD_REQUEST);
  });

  test("refuses an unknown session", async (t) => {
    await assertRefused(engine.get("unknown"), ...UNKNOWN_SESSION);
    await assertRefused(engine.post("unknown", "4hello"), ...UNKNOWN_SESSION);
    await assertNoUpgrade(engine.dial(t, { sid: "unknown" }), ...UNKNOWN_SESSION);
  });

  test("refuses another transport for a known session", async (t) => {
    const poller = await engine.poll();
    await assertRefused(engine.request({ transport: "websocket", sid: poller.sid }), ...BAD_REQUEST);
    await poller.isAlive();
    const wire = await engine.connect(t);
    await assertRefused(engine.get(wire.handshake.sid), ...BAD_REQUEST);
    await assertRefused(engine.post(wire.handshake.sid, "4hello"), ...BAD_REQUEST);
    await wire.isAlive();
  });

  test("refuses an origin that no header may hold", async (t) => {
    const tcp = new Tcp(t, base);
    tcp.send("GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: desk\r\nOrigin: http://a\x7fb\r\n\r\n");
    assert.equal(await tcp.status(), 400);
  });

  test("checks in the order that clients know", async () => {
    const PUT = { method: "PUT" };
    await assertRefused(engine.request({ transport: "abc", sid: "unknown", EIO: "3" }, PUT), ...UNKNOWN_TRANSPORT);
    await assertRefused(engine.request({ transport: "polling", sid: "unknown", EIO: "3" }, PUT), ...UNKNOWN_SESSION);
    await assertRefused(engine.request({ transport: "websocket", EIO: "3" }, PUT), ...BAD_METHOD);
    await assertRefused(engine.request({ transport: "websocket", EIO: "3" }), ...BAD_REQUEST);
  });

  test("is also served without the trailing slash", ours, async () => {
    const { status, body } = await answered(`${base}/engine.io?EIO=4&transport=polling`);
    assert.equal(status, 200);
    assertHandshake(body, ["websocket"]);
  });
});
