import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { upgrade } from "../lib/engine.mjs";
import { engine, socketio, together } from "../lib/target.mjs";

/** Fails unless a WebSocket is opened, so that its client sees no error, and closed at once. */
async function isTurnedAway(wire) {
  await wire.opened();
  const { code } = await wire.closed();
  assert.notEqual(code, 1006, "it was closed, not cut");
}

describe("upgrade", together, () => {
  test("moves the session to the WebSocket", async (t) => {
    const poller = await engine.poll();
    const wire = await upgrade(engine.dial(t, { sid: poller.sid }));
    await wire.isAlive();
    wire.send(Buffer.from([1, 2, 3]));
    assert.deepEqual(await wire.next(), Buffer.from([1, 2, 3]));
  });

  test("releases the GET that waits", async (t) => {
    const poller = await engine.poll();
    const waiting = poller.get();
    const wire = await engine.dial(t, { sid: poller.sid }).opened();
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    const { status, body } = await waiting;
    assert.deepEqual([status, body.replace("2", "6")], [200, "6"]);
    wire.send("5");
    await wire.isAlive();
  });

  test("loses nothing that was on its way", async (t) => {
    const poller = await engine.poll();
    const wire = await engine.dial(t, { sid: poller.sid }).opened();
    await poller.send("4before", "4and", "bAQID");
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    await poller.send("4meanwhile");
    wire.send("5");
    assert.equal(await wire.next(), "4before");
    assert.equal(await wire.next(), "4and");
    assert.deepEqual(await wire.next(), Buffer.from([1, 2, 3]));
    assert.equal(await wire.next(), "4meanwhile");
  });

  test("loses nothing and repeats nothing, whenever it comes", async (t) => {
    const echoes = async () => {
      const poller = await engine.poll();
      const sent = Array.from({ length: 40 }, (_, number) => `4${number}`);
      const received = [];
      const wire = engine.dial(t, { sid: poller.sid });
      const fetched = (async () => {
        for (const packet of sent.slice(0, 20)) await poller.send(packet);
      })();
      await wire.opened();
      // The last GET before the switch: a client waits for it before it sends `5`.
      const last = poller.get();
      wire.send("2probe");
      assert.equal(await wire.next(), "3probe");
      const packets = (await last).body.split("\x1e");
      received.push(...packets.filter((packet) => packet[0] === "4"));
      if (packets.includes("2")) await poller.send("3").catch(() => {});
      await fetched;
      wire.send("5");
      for (const packet of sent.slice(20)) wire.send(packet);
      while (received.length < sent.length) received.push(await wire.next());
      assert.deepEqual(received, sent);
      await wire.isAlive();
    };
    for (let round = 0; round < 5; round += 1) await echoes();
  });

  test("leaves nothing for later requests of the session", async (t) => {
    const poller = await engine.poll();
    const wire = await upgrade(engine.dial(t, { sid: poller.sid }));
    await wire.isAlive();
    for (const answer of [await poller.get(), await poller.post("4hello")]) {
      assert.deepEqual([answer.status, JSON.parse(answer.body).code], [400, 3]);
    }
    await wire.isAlive();
  });

  test("of a session that has a WebSocket ends only the new one", async (t) => {
    const wire = await engine.connect(t);
    await isTurnedAway(engine.dial(t, { sid: wire.handshake.sid }));
    await wire.isAlive();
  });

  test("a second time ends only the second WebSocket", async (t) => {
    const poller = await engine.poll();
    const wire = await upgrade(engine.dial(t, { sid: poller.sid }));
    await wire.isAlive();
    await isTurnedAway(engine.dial(t, { sid: poller.sid }));
    await wire.isAlive();
  });

  test("a second time ends only the second WebSocket, over Socket.IO as well", async (t) => {
    const poller = await socketio.poll();
    const wire = await upgrade(socketio.dial(t, { sid: poller.sid }));
    await isTurnedAway(socketio.dial(t, { sid: poller.sid }));
    wire.send("40");
    assert.match(await wire.next(), /^40\{"sid":/);
  });

  test("by two WebSockets at once ends only the second of them", async (t) => {
    const poller = await engine.poll();
    const wire = await engine.dial(t, { sid: poller.sid }).opened();
    await isTurnedAway(engine.dial(t, { sid: poller.sid }));
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    await isTurnedAway(engine.dial(t, { sid: poller.sid }));
    wire.send("5");
    await wire.isAlive();
  });

  for (const packet of ["4too early", "2", "3probe", "nonsense", ""]) {
    test(`is over at the packet ${JSON.stringify(packet)}, and polling goes on`, async (t) => {
      const poller = await engine.poll();
      const wire = await engine.dial(t, { sid: poller.sid }).opened();
      wire.send(packet);
      await wire.closed();
      await poller.isAlive();
    });
  }

  test("is over at another packet after the probe, and polling goes on", async (t) => {
    const poller = await engine.poll();
    const wire = await engine.dial(t, { sid: poller.sid }).opened();
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    wire.send("4too early");
    await wire.closed();
    await poller.isAlive();
  });

  test("that is cut leaves the session to polling", async (t) => {
    const poller = await engine.poll();
    const wire = await engine.dial(t, { sid: poller.sid }).opened();
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    wire.cut();
    await poller.isAlive();
    const again = await upgrade(engine.dial(t, { sid: poller.sid }));
    await again.isAlive();
  });

  test("that does not end in time is given up, and polling goes on", async (t) => {
    const poller = await engine.poll();
    const wire = await engine.dial(t, { sid: poller.sid }).opened();
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    const closed = wire.closed().then(() => poller.send("4given up"));
    // Meanwhile each GET is released, again and again.
    assert.equal(await poller.next(), "4given up");
    await closed;
    await poller.isAlive();
  });

  test("still has its heartbeat", async (t) => {
    const poller = await engine.poll();
    const wire = engine.dial(t, { sid: poller.sid });
    wire.answersHeartbeats = false;
    await upgrade(wire);
    assert.equal(await wire.next(), "2");
    wire.send("3");
    assert.equal(await wire.next(), "2");
    wire.send("3");
    await wire.isAlive();
  });
});
