// The whole chat by socket.io-client: `node chat-socketio.mjs '{"version": "4.8", "transports": null, "scene": …}'`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { answered } from "./lib/engine.mjs";
import { assertProblem } from "./lib/problem.mjs";
import { scenario } from "./lib/scenario.mjs";
import { SocketIoClient, library } from "./lib/socketio-client.mjs";
import { within } from "./lib/within.mjs";

const { version, transports, scene } = JSON.parse(process.argv[2]);
const { url, people } = scene;
const io = await library(version);
// Without a choice of transports these are the client's own defaults.
const options = transports ? { transports } : {};
const transport = {
  client: (token) => new SocketIoClient(io, token, options),
  refusal: (token, url) => SocketIoClient.refusal(io, token, url, options),
};

scenario(`socket.io-client ${version} by ${transports ?? "its defaults"}`, transport, scene);

test("is refused without any token", async () => {
  assertProblem(await transport.refusal(undefined, url), 401);
});

test("may give its token in the header", async (t) => {
  const headers = { authorization: `Bearer ${people.customer.token}` };
  const client = new SocketIoClient(io, undefined, { ...options, auth: {}, extraHeaders: headers });
  t.after(() => client.close());
  await client.connect(url);
  assert.equal((await client.ask("join_ticket_room", { ticketId: scene.ticket.id })).ok, true);
});

test("is asked for its token again when it comes back", async (t) => {
  const tokens = [people.customer.token, people.stranger.token];
  const client = new SocketIoClient(io, undefined, { ...options, auth: (give) => give({ token: tokens.shift() }) });
  t.after(() => client.close());
  await client.connect(url);
  assert.equal((await client.ask("join_ticket_room", { ticketId: scene.foreign })).ok, false);
  await client.comesBack(() => client.socket.io.engine.close());
  assert.equal((await client.ask("join_ticket_room", { ticketId: scene.foreign })).ok, true);
});

test("is refused another namespace", async (t) => {
  for (const namespace of ["/", "/supports", "/support/ws"]) {
    const socket = io(url + namespace, { ...options, auth: { token: people.customer.token }, forceNew: true });
    t.after(() => socket.disconnect());
    const error = await within(new Promise((resolve) => socket.once("connect_error", resolve)), "a connect_error");
    assert.equal(error.message, "Invalid namespace");
  }
});

test("is refused from a page of another origin", async () => {
  const headers = { origin: "https://elsewhere.example" };
  const answer = await answered(`${url}/socket.io/?EIO=4&transport=polling`, { headers });
  assert.deepEqual([answer.status, JSON.parse(answer.body)], [403, { code: 4, message: "Forbidden" }]);
});
