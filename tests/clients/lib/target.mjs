import assert from "node:assert/strict";

import { Engine } from "./engine.mjs";

const [address, option] = process.argv.slice(2);

/** The server that the command line names. */
export const base = address?.replace(/\/$/, "");

if (!base || (option && option !== "--official")) {
  console.error("usage: node conformance.mjs http://ADDRESS [--official]");
  process.exit(2);
}

/** Its raw Engine.IO, which echoes every message. */
export const engine = new Engine(base, "/engine.io/");
/** Its Socket.IO. */
export const socketio = new Engine(base, "/socket.io/");

/** Marks what is asked of our server beyond what the official one does. */
export const ours = { skip: option === "--official" && "the official server does otherwise" };

/** Tests that mostly wait run beside each other. */
export const together = { concurrency: 6 };

/** Checks the answer to a request that must be refused. */
export async function assertRefused(answer, code, message) {
  const { status, headers, body } = await answer;
  assert.equal(status, 400, body);
  assert.match(headers["content-type"] ?? "", /^application\/json/);
  assert.deepEqual(JSON.parse(body), { code, message });
}

/** Checks that the handshake of a WebSocket is refused; some servers give the bare message here. */
export async function assertNoUpgrade(wire, code, message) {
  const { status, body } = await wire.refused();
  assert.equal(status, 400, body);
  if (body !== message) assert.deepEqual(JSON.parse(body), { code, message });
}
