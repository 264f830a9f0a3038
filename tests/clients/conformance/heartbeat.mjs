import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { engine, together } from "../lib/target.mjs";

/** How long a session lives from its handshake on if its client never answers, at least. */
const life = ({ pingInterval, pingTimeout }) => pingInterval + pingTimeout;

/** Timers may fire a little early. */
const TOLERANCE = 5;

describe("heartbeat", together, () => {
  test("comes over polling, again and again", async () => {
    const poller = await engine.poll();
    for (let beat = 0; beat < 3; beat += 1) {
      const { body } = await poller.get();
      assert.equal(body, "2");
      await poller.send("3");
    }
    await poller.isAlive();
  });

  test("comes over WebSocket, again and again", async (t) => {
    const wire = await engine.connect(t);
    wire.answersHeartbeats = false;
    for (let beat = 0; beat < 3; beat += 1) {
      assert.equal(await wire.next(), "2");
      wire.send("3");
    }
    await wire.isAlive();
  });

  test("that stays unanswered ends a session over polling", async () => {
    const begun = performance.now();
    const poller = await engine.poll();
    const { body } = await poller.get();
    assert.equal(body, "2");
    // The server tells whoever asks at that moment, and everybody else finds the session gone.
    const late = await poller.get();
    assert.ok(late.status === 400 || late.body === "1", JSON.stringify(late));
    assert.ok(performance.now() - begun >= life(poller.handshake) - TOLERANCE, "not before its time");
    await poller.isGone();
  });

  test("that stays unanswered ends a session over WebSocket", async (t) => {
    const begun = performance.now();
    const wire = await engine.connect(t);
    wire.answersHeartbeats = false;
    await wire.closed();
    assert.deepEqual(wire.frames.drain(), ["2"], "one heartbeat, and no second one");
    assert.ok(performance.now() - begun >= life(wire.handshake) - TOLERANCE, "not before its time");
  });

  test("that nobody fetched ends a session over polling", async () => {
    const poller = await engine.poll();
    await new Promise((resolve) => setTimeout(resolve, life(poller.handshake) + TOLERANCE));
    // A deadline holds even where a timer is late: the first request after it finds nothing.
    const { status } = await poller.post("4too late");
    assert.equal(status, 400);
    await poller.isGone();
  });

  test("is not the client's to send", async (t) => {
    const wire = await engine.connect(t);
    wire.send("2");
    await wire.closed();
    const poller = await engine.poll();
    await poller.post("2");
    await poller.isGone();
  });

  test("may be answered without having been asked", async (t) => {
    const wire = await engine.connect(t);
    wire.send("3");
    await wire.isAlive();
  });
});
