import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { engine, ours, socketio, together } from "../lib/target.mjs";

describe("closing", together, () => {
  test("over polling releases the GET that waits", async () => {
    const poller = await engine.poll();
    const [waiting, post] = await Promise.all([poller.get(), poller.post("1")]);
    assert.deepEqual([post.status, post.body], [200, "ok"]);
    // The GET may have been overtaken: then it is the one that comes just after.
    assert.deepEqual([waiting.status, waiting.body], [200, "6"]);
    await poller.isGone();
  });

  test("over polling ends the session", async () => {
    const poller = await engine.poll();
    await poller.send("1");
    const { status, body } = await poller.get();
    assert.ok(status === 400 || body === "6", `${status}: ${body}`);
    await poller.isGone();
  });

  test("after messages still has them echoed or lost, but ends the session", async () => {
    const poller = await engine.poll();
    await poller.send("4last words", "1");
    await poller.get();
    await poller.isGone();
  });

  // The official server leaves it to the WebSocket's own close frame.
  test("over WebSocket closes it", ours, async (t) => {
    const wire = await engine.connect(t);
    wire.send("1");
    await wire.closed();
  });

  test("of a WebSocket ends the session, by a close frame or without one", async (t) => {
    for (const end of ["close", "cut"]) {
      const wire = await engine.connect(t);
      wire[end]();
      // As long as the server has not seen it, the session is there, on the other transport.
      let code = 3;
      while (code === 3) code = JSON.parse((await engine.get(wire.handshake.sid)).body).code;
      assert.equal(code, 1);
    }
  });

  test("by the server tells the GET that waits", async () => {
    // Nothing is joined, so that the server closes; a GET that waits at that moment is what this is about.
    let poller;
    let answer = { status: 400 };
    while (answer.status === 400) {
      poller = await socketio.poll();
      for (answer = await poller.get(); answer.body === "2"; answer = await poller.get()) await poller.post("3");
    }
    assert.equal(answer.body, "1");
    await poller.isGone();
  });
});
