import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { joined } from "../lib/packets.mjs";
import { ours, socketio, together } from "../lib/target.mjs";

/** Leaves `/`. There is no answer to that, so the answer to the next packet shows that it was read. */
async function leave(wire) {
  wire.send("41");
  wire.send("40/unknown,");
  assert.match(await wire.next(), /^44\/unknown,/);
}

describe("namespaces", together, () => {
  test("answer by an id of their own and nothing else", async (t) => {
    const wire = await socketio.connect(t);
    wire.send("40");
    const answer = await wire.next();
    assert.match(answer, /^40\{/);
    const { sid, ...more } = JSON.parse(answer.slice(2));
    assert.deepEqual(more, {});
    assert.match(sid, /^[A-Za-z0-9_-]{20,}$/);
    assert.notEqual(sid, wire.handshake.sid);
    assert.equal(await wire.next(), '42["auth",{}]');
  });

  test("get the payload", async (t) => {
    const wire = await socketio.connect(t);
    wire.send('40{"token":"123","more":[1,{"a":null}]}');
    assert.match(await wire.next(), /^40\{"sid":"[^"]+"\}$/);
    assert.equal(await wire.next(), '42["auth",{"token":"123","more":[1,{"a":null}]}]');
  });

  test("have names", async (t) => {
    for (const connect of ["40/custom,", "40/custom", "40/custom,{}"]) {
      const wire = await socketio.connect(t);
      wire.send(connect);
      assert.match(await wire.next(), /^40\/custom,\{"sid":"[^"]+"\}$/);
      assert.equal(await wire.next(), '42/custom,["auth",{}]');
    }
    const wire = await socketio.connect(t);
    wire.send('40/custom,{"token":"abc"}');
    assert.match(await wire.next(), /^40\/custom,/);
    assert.equal(await wire.next(), '42/custom,["auth",{"token":"abc"}]');
  });

  test("are several on one connection, each with an id of its own", async (t) => {
    const wire = await socketio.connect(t);
    const ids = [await joined(wire), await joined(wire, "/custom")];
    assert.equal(new Set(ids).size, 2);
    wire.send('42["message","hello"]');
    assert.equal(await wire.next(), '42["message-back","hello"]');
  });

  test("are the same over polling", async () => {
    const poller = await socketio.poll();
    await poller.send("40", "40/custom,");
    const packets = [];
    for (let count = 0; count < 4; count += 1) packets.push(await poller.next());
    packets.sort();
    assert.match(packets[0], /^40\/custom,\{"sid"/);
    assert.match(packets[1], /^40\{"sid"/);
    assert.deepEqual(packets.slice(2), ['42/custom,["auth",{}]', '42["auth",{}]']);
  });

  for (const name of ["/random", "/custo", "/customs", "/Custom", "/custom?token=1", "/custom/"]) {
    test(`that are unknown are refused: ${name}`, async (t) => {
      const wire = await socketio.connect(t);
      wire.send(`40${name},`);
      assert.equal(await wire.next(), `44${name},{"message":"Invalid namespace"}`);
      await joined(wire);
    });
  }

  test("that are unknown do not stop the connect time-out", async (t) => {
    const wire = await socketio.connect(t);
    wire.send("40/random,");
    assert.match(await wire.next(), /^44\/random,/);
    await wire.closed();
  });

  test("must be joined in time, over WebSocket", async (t) => {
    const wire = await socketio.connect(t);
    await wire.closed();
    assert.deepEqual(wire.frames.drain().filter((packet) => packet !== "1"), []);
  });

  test("must be joined in time, also after an upgrade", async (t) => {
    const poller = await socketio.poll();
    const wire = await socketio.dial(t, { sid: poller.sid }).opened();
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    wire.send("5");
    await wire.closed();
  });

  test("keep a connection open that has joined in time", async (t) => {
    const wire = await socketio.connect(t);
    await joined(wire, "/custom");
    const late = await socketio.connect(t);
    await late.closed();
    // The other one came earlier, and would have been closed by now.
    await joined(wire);
  });

  for (const connect of ["40abc", "40[1]", '40"text"', "40null", "40{", "40/custom,[]", "40{}x"]) {
    test(`end the connection at ${connect}`, async (t) => {
      const wire = await socketio.connect(t);
      wire.send(connect);
      await wire.closed();
      assert.deepEqual(wire.frames.drain().filter((packet) => packet !== "1"), []);
    });
  }

  test("end the connection that joins twice", async (t) => {
    const wire = await socketio.connect(t);
    await joined(wire);
    wire.send("40");
    await wire.closed();
  });

  test("end the connection that speaks before it has joined", async (t) => {
    for (const packet of ['42["message","hello"]', '42/custom,["message","hello"]', "43[1]", "41/custom,"]) {
      const wire = await socketio.connect(t);
      if (packet.includes("/custom")) await joined(wire);
      wire.send(packet);
      await wire.closed();
    }
  });

  test("are left without an answer, and the connection stays", async (t) => {
    const wire = await socketio.connect(t);
    await joined(wire);
    await joined(wire, "/custom");
    wire.send("41/custom,");
    wire.send('42["message","still here"]');
    assert.equal(await wire.next(), '42["message-back","still here"]');
    // It can be joined again, by another id.
    await joined(wire, "/custom");
  });

  test("may be left, all of them, and joined again", async (t) => {
    const wire = await socketio.connect(t);
    const before = await joined(wire);
    await leave(wire);
    const after = await joined(wire);
    assert.notEqual(before, after);
  });

  test("are gone for who has left them", async (t) => {
    const wire = await socketio.connect(t);
    await joined(wire);
    await joined(wire, "/custom");
    await leave(wire);
    wire.send('42["message","hello"]');
    await wire.closed();
  });

  test("may be left and joined in one breath", ours, async () => {
    const poller = await socketio.poll();
    await poller.send("40", "41", "40");
    for (const packet of [/^40\{/, /^42\["auth"/, /^40\{/, /^42\["auth"/]) assert.match(await poller.next(), packet);
  });
});
