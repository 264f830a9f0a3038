// Engine.IO by hand: what a client library would never send, and what it would hide.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { Readable } from "node:stream";

import { Wire } from "./wire.mjs";
import { DEADLINE } from "./within.mjs";

/** Separates the packets of a payload. */
export const RS = "\x1e";

/** The answer to a request, read to its end. Each request has a connection of its own, which nobody closes before. */
export async function answered(url, { method = "GET", headers = {}, body } = {}) {
  const request = http.request(url, { method, headers, agent: false, signal: AbortSignal.timeout(DEADLINE) });
  // Without a length, the body is sent in chunks.
  if (body instanceof Readable) body.pipe(request);
  else request.end(body);
  const [response] = await once(request, "response");
  const chunks = await response.toArray();
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

/** A server of the protocol at one path, such as `http://127.0.0.1:8080` and `/engine.io/`. */
export class Engine {
  constructor(base, path) {
    this.base = base;
    this.path = path;
  }

  url(query) {
    return `${this.base}${this.path}?${new URLSearchParams({ EIO: "4", ...query })}`;
  }

  request(query, options = {}) {
    return answered(this.url(query), options);
  }

  get(sid) {
    return this.request({ transport: "polling", sid });
  }

  post(sid, body) {
    const headers = { "content-type": "text/plain" };
    return this.request({ transport: "polling", sid }, { method: "POST", body, headers });
  }

  /** A session by long-polling. */
  async poll() {
    const { status, body } = await this.request({ transport: "polling" });
    assert.equal(status, 200, body);
    assert.equal(body[0], "0", body);
    return new Poller(this, JSON.parse(body.slice(1)));
  }

  /** A WebSocket that the test `t` closes at its end; with a `sid`, for an upgrade. */
  dial(t, query = {}, options = {}) {
    const wire = new EngineWire(this.url({ transport: "websocket", ...query }).replace("http", "ws"), [], options);
    t.after(() => wire.cut());
    return wire;
  }

  /** A session by WebSocket, after its handshake. */
  async connect(t) {
    const wire = await this.dial(t).opened();
    const open = await wire.next("the handshake");
    assert.equal(open[0], "0", open);
    wire.handshake = JSON.parse(open.slice(1));
    return wire;
  }
}

/** A session by long-polling that asks only when a packet is wanted, and answers heartbeats by then. */
export class Poller {
  #packets = [];
  #sent = Promise.resolve();

  constructor(engine, handshake) {
    Object.assign(this, { engine, handshake, sid: handshake.sid });
  }

  get() {
    return this.engine.get(this.sid);
  }

  post(...packets) {
    return this.engine.post(this.sid, packets.join(RS));
  }

  /** Sends packets, which must be taken, once those before them were: two POSTs at once are forbidden. */
  send(...packets) {
    const sent = async () => {
      const { status, body } = await this.post(...packets);
      assert.deepEqual({ status, body }, { status: 200, body: "ok" });
    };
    const done = this.#sent.then(sent);
    this.#sent = done.catch(() => {});
    return done;
  }

  /** The next packet that means something: no heartbeat, and no release of a GET. */
  async next() {
    while (this.#packets.length === 0) {
      const { status, body } = await this.get();
      assert.equal(status, 200, body);
      for (const packet of body.split(RS)) {
        if (packet === "2") await this.send("3");
        else if (packet !== "6") this.#packets.push(packet);
      }
    }
    return this.#packets.shift();
  }

  /** Fails unless the session is gone. */
  async isGone() {
    const { status, body } = await this.get();
    assert.deepEqual([status, JSON.parse(body)], [400, { code: 1, message: "Session ID unknown" }]);
  }

  /** Fails unless the session does its work. */
  async isAlive() {
    await this.send("4still there?");
    assert.equal(await this.next(), "4still there?");
  }
}

/** A session by WebSocket that answers heartbeats, unless it is told not to. */
export class EngineWire extends Wire {
  answersHeartbeats = true;

  received(frame) {
    if (frame === "2" && this.answersHeartbeats) this.send("3");
    else super.received(frame);
  }

  /** Fails unless the session does its work. */
  async isAlive() {
    this.send("4still there?");
    assert.equal(await this.next(), "4still there?");
  }
}

/** Takes a polling session over to this WebSocket, which was opened with its `sid`. */
export async function upgrade(wire) {
  await wire.opened();
  wire.send("2probe");
  assert.equal(await wire.next("the answer to a probe"), "3probe");
  wire.send("5");
  return wire;
}
