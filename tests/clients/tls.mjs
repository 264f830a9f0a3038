// Chat by socket.io-client over TLS: `node tls.mjs '{"url": "https://…", "root": FILE, "people": …, "ticket": …}'`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { SocketIoClient, library } from "./lib/socketio-client.mjs";
import { within } from "./lib/within.mjs";

const { url, root, people, ticket } = JSON.parse(process.argv[2]);
const io = await library("4.8");
const ca = readFileSync(root);

for (const transports of [undefined, ["websocket"], ["polling"]]) {
  const options = { ca, ...(transports && { transports }) };

  test(`chats by ${transports ?? "its defaults"}`, async (t) => {
    // One of them comes from a page of the desk's own.
    const page = { ...options, extraHeaders: { origin: url } };
    const [ann, lou] = [new SocketIoClient(io, people.ann, page), new SocketIoClient(io, people.lou, options)];
    for (const client of [ann, lou]) {
      t.after(() => client.close());
      await client.connect(url);
      assert.equal((await client.ask("join_ticket_room", { ticketId: ticket })).ok, true);
    }
    for (const [from, to] of [[ann, lou], [lou, ann]]) {
      const { ok, message } = await from.ask("send_message", { ticketId: ticket, message: "Nobody listens in." });
      assert.equal(ok, true);
      const fits = ([name, data]) => name === "new_message" && data.id === message.id;
      const [, heard] = await to.events.find(fits, "the message");
      assert.deepEqual(heard, message);
    }
  });

  test(`does not trust a stranger's certificate by ${transports ?? "its defaults"}`, async (t) => {
    const socket = io(`${url}/support`, { ...options, ca: undefined, auth: { token: people.ann }, forceNew: true });
    t.after(() => socket.disconnect());
    await within(new Promise((resolve) => socket.once("connect_error", resolve)), "a connect_error");
    assert.equal(socket.connected, false);
  });
}
