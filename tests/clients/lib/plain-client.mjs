// The plain transport: `GET /support/ws`, text frames `{"event", "data", "id"?}`.
import assert from "node:assert/strict";

import { Queue } from "./queue.mjs";
import { Wire } from "./wire.mjs";
import { deferred, within } from "./within.mjs";

/** The three ways to give a token. */
export const WAYS = {
  header: (token) => ({ options: { headers: { authorization: `Bearer ${token}` } } }),
  subprotocol: (token) => ({ protocols: ["support.v1", `bearer.${token}`] }),
  frame: (token) => ({ first: { event: "authenticate", data: { token }, id: 0 } }),
};

/** A connection whose frames are events and answers. */
class Frames extends Wire {
  constructor(client, url, protocols, options) {
    super(url, protocols, options);
    this.client = client;
    this.frames.ended().then(() => client.ended(), () => {});
  }

  received(frame) {
    assert.equal(typeof frame, "string", "frames are text");
    this.client.received(JSON.parse(frame));
  }
}

/** A client of the plain transport, which comes back when it is told to. */
export class PlainClient {
  events = new Queue();
  #answers = new Map();
  #next = 1;

  constructor(way, token) {
    Object.assign(this, { way, token });
  }

  /** Connects to the desk at this address. */
  async connect(url) {
    const { protocols = [], options = {}, first } = WAYS[this.way](this.token);
    this.url = url;
    this.wire = new Frames(this, `${url.replace("http", "ws")}/support/ws`, protocols, options);
    await this.wire.opened();
    assert.equal(this.wire.socket.protocol, protocols[0] ?? "");
    if (first) {
      const answer = this.#answer(first.id);
      this.wire.send(JSON.stringify(first));
      assert.deepEqual(await answer, { event: "ack", id: 0, data: {} });
    }
    return this;
  }

  received(frame) {
    if ("id" in frame) {
      assert.deepEqual(Object.keys(frame).sort(), ["data", "event", "id"]);
      const answer = this.#answers.get(frame.id);
      assert.ok(answer, `an answer that nobody waits for: ${JSON.stringify(frame)}`);
      this.#answers.delete(frame.id);
      answer.resolve(frame);
    } else {
      assert.deepEqual(Object.keys(frame).sort(), ["data", "event"]);
      this.events.push([frame.event, frame.data]);
    }
  }

  ended() {
    for (const answer of this.#answers.values()) answer.reject(new Error("the connection ended before the answer"));
    this.#answers.clear();
  }

  #answer(id) {
    const answer = deferred();
    this.#answers.set(id, answer);
    return within(answer.promise, `the answer to ${id}`);
  }

  /** Sends an event and waits for its answer: `{ok: true, …}` or `{ok: false, error}`. */
  async ask(event, data) {
    const id = (this.#next += 1);
    const answer = this.#answer(id);
    this.wire.send(JSON.stringify({ event, data, id }));
    const frame = await answer;
    if (frame.event === "ack") return { ok: true, ...frame.data };
    assert.equal(frame.event, "error");
    return { ok: false, error: frame.data };
  }

  /** Sends an event that wants no answer. */
  tell(event, data) {
    this.wire.send(JSON.stringify({ event, data }));
  }

  /** The next failure of an event that wanted no answer. */
  async failure() {
    const [, problem] = await this.events.find(([name]) => name === "error", "an error");
    return problem;
  }

  /** Runs `cut`, and waits until the client is back. */
  async comesBack(cut) {
    cut();
    await this.wire.closed();
    await this.connect(this.url);
  }

  /** Resolves once the service has ended the connection, as it must for a token that holds no longer. */
  async isEnded() {
    assert.equal((await this.wire.closed()).code, 4401);
  }

  close() {
    this.wire?.cut();
  }

  /** The problem with which a token is refused. */
  static async refusal(way, token, url) {
    const { protocols = [], options = {}, first } = WAYS[way](token);
    const wire = new Wire(`${url.replace("http", "ws")}/support/ws`, protocols, options);
    await wire.opened();
    if (first) wire.send(JSON.stringify(first));
    const { event, data, id } = JSON.parse(await wire.next("an error"));
    assert.deepEqual([event, id], ["error", first?.id]);
    assert.equal((await wire.closed()).code, 4401);
    return data;
  }
}
