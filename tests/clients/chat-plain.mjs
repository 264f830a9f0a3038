// The whole chat over a plain WebSocket, whose token is given in the header, a subprotocol or the first frame:
// `node chat-plain.mjs '{"way": "header", "scene": …}'`, or "subprotocol", or "frame".
import assert from "node:assert/strict";
import { test } from "node:test";

import { answered } from "./lib/engine.mjs";
import { PlainClient } from "./lib/plain-client.mjs";
import { assertProblem } from "./lib/problem.mjs";
import { scenario } from "./lib/scenario.mjs";
import { Wire } from "./lib/wire.mjs";

const { way, scene } = JSON.parse(process.argv[2]);
const address = `${scene.url.replace("http", "ws")}/support/ws`;
const room = { ticketId: scene.ticket.id };

/** A WebSocket without a token. */
async function stranger(t, ...rest) {
  const wire = await new Wire(address, ...rest).opened();
  t.after(() => wire.cut());
  return wire;
}

/** A connection of the customer's, to send anything over. */
async function known(t) {
  const client = await new PlainClient(way, scene.people.customer.token).connect(scene.url);
  t.after(() => client.close());
  return client;
}

const transport = {
  client: (token) => new PlainClient(way, token),
  refusal: (token, url) => PlainClient.refusal(way, token, url),
};

scenario(`a plain WebSocket with its token in the ${way}`, transport, scene);

test("is ended when it says anything before its token", async (t) => {
  const first = [
    { event: "join_ticket_room", data: room, id: 7 },
    { event: "authenticate", data: {}, id: 7 },
    { event: "authenticate", data: { token: 5 }, id: 7 },
    "nonsense",
  ];
  for (const frame of first) {
    const wire = await stranger(t);
    wire.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    const { event, data, id } = JSON.parse(await wire.next("an error"));
    assert.deepEqual([event, id], ["error", frame.id]);
    assertProblem(data, frame.event === "authenticate" ? 422 : 401);
    assert.equal((await wire.closed()).code, 4401);
  }
});

test("is ended when it says nothing", async (t) => {
  const wire = await stranger(t);
  assert.equal((await wire.closed()).code, 4401);
});

test("is ended when its subprotocols hold no token", async (t) => {
  const wire = await stranger(t, ["support.v1", "bearer.nonsense"]);
  assert.equal(wire.socket.protocol, "support.v1");
  assert.equal((await wire.closed()).code, 4401);
});

test("may leave out the number and the data", async (t) => {
  const client = await known(t);
  client.wire.send('{"event":"typing_start"}');
  assertProblem(await client.failure(), 422);
  client.wire.send(JSON.stringify({ event: "typing_start", data: room }));
  assertProblem(await client.failure(), 409, "not_in_room");
});

test("is told what is wrong with a frame, and stays", async (t) => {
  const client = await known(t);
  const wrong = ["nonsense", "[]", "7", '"text"', "null", "{}", '{"data":{}}', '{"event":7}', '{"event":"x","id":-1}',
    '{"event":"x","id":"1"}', '{"event":"x","id":1.5}', '{"event":"x","more":1}', '{"event":"x"', ""];
  for (const frame of wrong) {
    client.wire.send(frame);
    assertProblem(await client.failure(), 400);
  }
  assert.equal((await client.ask("join_ticket_room", room)).ok, true);
});

test("is ended by 1003 at a binary frame", async (t) => {
  const client = await known(t);
  client.wire.send(Buffer.from("{}"));
  assert.equal((await client.wire.closed()).code, 1003);
});

test("is ended by 1009 at a frame of more than 64 KiB", async (t) => {
  const client = await known(t);
  const frame = (size) => JSON.stringify({ event: "dance", data: "x".repeat(size - 27) });
  assert.equal(frame(65_536).length, 65_536);
  client.wire.send(frame(65_536));
  assertProblem(await client.failure(), 400, "unknown_event");
  client.wire.send(frame(65_537));
  assert.equal((await client.wire.closed()).code, 1009);
});

test("is refused from a page of another origin", async () => {
  const refused = await new Wire(address, [], { origin: "https://elsewhere.example" }).refused();
  assert.equal(refused.status, 403);
  assertProblem(JSON.parse(refused.body), 403);
});

test("needs a WebSocket", async () => {
  const { status, body } = await answered(`${scene.url}/support/ws`);
  assert.ok([400, 426].includes(status), `${status}`);
  assertProblem(JSON.parse(body), status);
});
