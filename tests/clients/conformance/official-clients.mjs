import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";

import { Socket as Engine } from "engine.io-client";
import { io as io4_8 } from "socket.io-client";
import client4_0 from "socket.io-client-4.0.0";
import client4_6 from "socket.io-client-4.6";

import { base, together } from "../lib/target.mjs";
import { within } from "../lib/within.mjs";

const TRANSPORTS = {
  polling: ["polling"],
  websocket: ["websocket"],
  "polling, then an upgrade": ["polling", "websocket"],
};
const CLIENTS = { "4.8.4": io4_8, "4.6": client4_6.io ?? client4_6, "4.0.0": client4_0.io ?? client4_0 };
const BINARY = [Buffer.from([1, 2, 3]), Buffer.alloc(70_000, 9), Buffer.alloc(0)];

/** The arguments of an emitter's next event of this name. */
const event = (emitter, name) => within(once(emitter, name), `the event ${name}`);

describe("engine.io-client", together, () => {
  for (const [name, transports] of Object.entries(TRANSPORTS)) {
    test(`by ${name}`, async (t) => {
      const socket = new Engine(base, { path: "/engine.io/", transports });
      t.after(() => socket.close());
      socket.binaryType = "nodebuffer";
      await event(socket, "open");
      const sent = ["hello", "Grüße 🦀", ...BINARY, "x".repeat(70_000)];
      const received = [];
      const all = new Promise((resolve) => {
        socket.on("message", (message) => received.push(message) === sent.length && resolve());
      });
      const upgraded = transports.length > 1 ? event(socket, "upgrade") : null;
      for (const message of sent) socket.send(message);
      await within(all, "all echoes");
      assert.deepEqual(received, sent);
      await upgraded;
      socket.send("after");
      assert.deepEqual((await event(socket, "message"))[0], "after");
      // Longer than the server would bear without an answer to its heartbeat.
      for (let beat = 0; beat < 2; beat += 1) await event(socket, "heartbeat");
      assert.equal(socket.transport.name, transports.at(-1));
      const closed = event(socket, "close");
      socket.close();
      await closed;
    });
  }
});

for (const [version, io] of Object.entries(CLIENTS)) {
  describe(`socket.io-client ${version}`, together, () => {
    for (const [name, transports] of Object.entries(TRANSPORTS)) {
      /** A client of a namespace, and the first event that it gets. */
      const connect = async (t, namespace, options = {}) => {
        const socket = io(`${base}${namespace}`, { transports, forceNew: true, ...options });
        t.after(() => socket.disconnect());
        const [auth] = await event(socket, "auth");
        return { socket, auth };
      };
      const acknowledged = (socket, ...args) => {
        const ack = new Promise((resolve) => socket.emit("message-with-ack", ...args, (...all) => resolve(all)));
        return within(ack, "an ack");
      };

      test(`connects by ${name}`, async (t) => {
        const { socket, auth } = await connect(t, "/", { auth: { token: "abc", of: [1, { two: null }] } });
        assert.deepEqual(auth, { token: "abc", of: [1, { two: null }] });
        assert.match(socket.id, /^[\w-]{20,}$/);
        const custom = await connect(t, "/custom", { auth: (answer) => answer({ token: "late" }) });
        assert.deepEqual(custom.auth, { token: "late" });
      });

      test(`sends and is acknowledged by ${name}`, async (t) => {
        const { socket } = await connect(t, "/");
        const args = ["text", 1, null, { deep: [BINARY[0], { deeper: BINARY[1] }] }, BINARY[2], "Grüße 🦀"];
        for (let round = 0; round < 20; round += 1) {
          const back = event(socket, "message-back");
          socket.emit("message", round, ...args);
          const [backRound, ...backArgs] = await back;
          assert.equal(backRound, round);
          assert.deepEqual(backArgs, args);
          assert.deepEqual(await acknowledged(socket, round, ...args), [round, ...args]);
        }
        assert.deepEqual(await acknowledged(socket), []);
        assert.equal(socket.io.engine.transport.name, transports.at(-1));
      });

      test(`keeps the order of many messages by ${name}`, async (t) => {
        const { socket } = await connect(t, "/");
        const received = [];
        const all = new Promise((resolve) => {
          socket.on("message-back", (number) => received.push(number) === 500 && resolve());
        });
        for (let number = 0; number < 500; number += 1) socket.emit("message", number);
        await within(all, "all messages");
        assert.deepEqual(received, Array.from({ length: 500 }, (_, number) => number));
      });

      test(`comes back by ${name} when its connection is cut`, async (t) => {
        const { socket } = await connect(t, "/", { reconnectionDelay: 10 });
        const before = socket.id;
        const again = event(socket, "auth");
        socket.io.engine.close();
        await again;
        assert.notEqual(socket.id, before);
        assert.deepEqual(await acknowledged(socket, "hello again"), ["hello again"]);
      });

      test(`is refused an unknown namespace by ${name}`, async (t) => {
        const socket = io(`${base}/unknown`, { transports, forceNew: true });
        t.after(() => socket.disconnect());
        const [error] = await event(socket, "connect_error");
        assert.equal(error.message, "Invalid namespace");
      });
    }

    test("uses two namespaces over one connection", async (t) => {
      const main = io(base, { forceNew: true });
      const second = main.io.socket("/custom");
      t.after(() => [main, second].forEach((socket) => socket.disconnect()));
      second.connect();
      await Promise.all([event(main, "auth"), event(second, "auth")]);
      assert.equal(main.io, second.io);
      second.disconnect();
      const back = event(main, "message-back");
      main.emit("message", "still here");
      assert.deepEqual(await back, ["still here"]);
      second.connect();
      await event(second, "auth");
    });
  });
}
