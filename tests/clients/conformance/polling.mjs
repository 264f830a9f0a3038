import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";

import { RS } from "../lib/engine.mjs";
import { base, engine, ours, together } from "../lib/target.mjs";
import { Tcp } from "../lib/tcp.mjs";

const target = (sid) => `/engine.io/?EIO=4&transport=polling&sid=${sid}`;

/** A POST that has not ended: its head, and less of a body than it promises. */
function unfinished(t, sid) {
  const tcp = new Tcp(t, base);
  tcp.send(`POST ${target(sid)} HTTP/1.1\r\nHost: desk\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n4hel`);
  return tcp;
}

/** The status of an answer, or that the server cut the connection off. */
async function statusOf(answer) {
  try {
    return (await answer).status;
  } catch (error) {
    if (["ECONNRESET", "EPIPE"].includes(error.code)) return "cut off";
    throw error;
  }
}

/** A server may close while the client still sends, and the client may then miss the answer. */
function assertTooLarge(status) {
  assert.ok(status === 413 || status === "cut off", `${status}`);
}

describe("polling", together, () => {
  test("carries text", async () => {
    const poller = await engine.poll();
    await poller.send("4hello");
    assert.equal(await poller.next(), "4hello");
    await poller.send("4Grüße 🦀 \u2028");
    assert.equal(await poller.next(), "4Grüße 🦀 \u2028");
    await poller.send("4");
    assert.equal(await poller.next(), "4");
  });

  test("answers in plain text that nobody keeps", async () => {
    const poller = await engine.poll();
    const post = await poller.post("4hello");
    assert.deepEqual([post.status, post.body], [200, "ok"]);
    const { headers } = await poller.get();
    assert.equal(headers["content-type"].toLowerCase(), "text/plain; charset=utf-8");
    assert.equal(headers["cache-control"], "no-store");
  });

  test("takes several packets in one payload", async () => {
    const poller = await engine.poll();
    await poller.send("4one", "4two", "4three");
    for (const packet of ["4one", "4two", "4three"]) assert.equal(await poller.next(), packet);
  });

  test("gives everything that waits in one payload", async () => {
    const poller = await engine.poll();
    const packets = Array.from({ length: 10 }, (_, number) => `4${number}`);
    await poller.send(...packets.slice(0, 5));
    await poller.send(...packets.slice(5));
    const { body } = await poller.get();
    const received = body.split(RS).filter((packet) => packet !== "2");
    assert.deepEqual(received, packets);
  });

  test("carries binary as base64", async () => {
    const poller = await engine.poll();
    await poller.send("4text", "bAQIDBA==", "4text", "bAA==");
    for (const packet of ["4text", "bAQIDBA==", "4text", "bAA=="]) assert.equal(await poller.next(), packet);
  });

  test("waits for what is not there yet", async () => {
    const poller = await engine.poll();
    const waiting = poller.next();
    await poller.send("4hello");
    assert.equal(await waiting, "4hello");
  });

  test("lets a POST overlap with a GET many times", async () => {
    const poller = await engine.poll();
    for (let round = 0; round < 30; round += 1) {
      const [packet] = await Promise.all([poller.next(), poller.send(`4${round}`)]);
      assert.equal(packet, `4${round}`);
    }
  });

  async function assertEnds(payload) {
    const poller = await engine.poll();
    // Whether the POST itself is refused is the server's choice.
    const { status } = await engine.post(poller.sid, payload);
    assert.ok(status === 200 || status === 400, `${status}`);
    await poller.isGone();
  }

  for (const payload of ["abc", "x", "4one\x1ex", "7unknown", "4one\x1e", "\x1e4one", "\x1e"]) {
    test(`ends the session at the payload ${JSON.stringify(payload)}`, () => assertEnds(payload));
  }

  test("ends the session at what is no base64", ours, () => assertEnds("bnot base64!"));

  test("refuses the second of two GETs at once and ends the session", async () => {
    let poller;
    let answers;
    // A heartbeat may have answered the first before the second came.
    do {
      poller = await engine.poll();
      answers = await Promise.all([poller.get(), poller.get()]);
    } while (answers.some(({ body }) => body === "2"));
    answers.sort((one, other) => one.status - other.status);
    assert.deepEqual([answers[0].status, answers[0].body], [200, "1"]);
    assert.equal(answers[1].status, 400);
    await poller.isGone();
  });

  test("refuses the second of two POSTs at once and ends the session", async (t) => {
    const poller = await engine.poll();
    const posts = [unfinished(t, poller.sid), unfinished(t, poller.sid)];
    // Which of the two came first, only the server knows.
    const refused = await Promise.race(posts.map((post) => post.status()));
    assert.ok(refused === 400 || refused === null, `${refused}`);
    await poller.isGone();
  });

  test("outlives a body that is too large, whether it is announced or not", async () => {
    const poller = await engine.poll();
    const body = `4${"x".repeat(poller.handshake.maxPayload)}`;
    assertTooLarge(await statusOf(engine.post(poller.sid, body)));
    await poller.isAlive();
    const query = { transport: "polling", sid: poller.sid };
    const unannounced = { method: "POST", body: Readable.from([body]) };
    assertTooLarge(await statusOf(engine.request(query, unannounced)));
    await poller.isAlive();
  });

  test("takes a body of exactly the most that it may have", async () => {
    const poller = await engine.poll();
    const packet = `4${"x".repeat(poller.handshake.maxPayload - 1)}`;
    await poller.send(packet);
    assert.ok((await poller.next()) === packet, "the packet came back as it was sent");
  });

  test("counts a payload in bytes", async () => {
    const poller = await engine.poll();
    const body = `4${"ü".repeat(poller.handshake.maxPayload / 2)}`;
    assertTooLarge(await statusOf(engine.post(poller.sid, body)));
    await poller.isAlive();
  });

  test("refuses other methods within a session", async () => {
    const poller = await engine.poll();
    for (const method of ["PUT", "DELETE", "PATCH"]) {
      const { status } = await engine.request({ transport: "polling", sid: poller.sid }, { method });
      assert.ok(status >= 400, `${method} was answered by ${status}`);
    }
    await poller.isAlive();
  });
});
