// The Socket.IO transport, by an official client of any version.
import assert from "node:assert/strict";

import { Queue } from "./queue.mjs";
import { deferred, within } from "./within.mjs";

/** Every version of the client, and nothing else of it. */
export async function library(version) {
  const module = await import(version === "4.8" ? "socket.io-client" : `socket.io-client-${version}`);
  return module.io ?? module.default.io ?? module.default;
}

/** An official client with its own ways: it starts as it does by default, and comes back by itself. */
export class SocketIoClient {
  events = new Queue();
  #connected = deferred();

  constructor(io, token, options) {
    Object.assign(this, { io, options: { auth: { token }, ...options } });
  }

  /** Connects to the desk at this address. */
  async connect(url) {
    this.socket = this.io(`${url}/support`, this.options);
    this.socket.onAny((name, ...args) => {
      assert.equal(args.length, 1, `${name} has one argument`);
      this.events.push([name, args[0]]);
    });
    this.socket.on("connect", () => this.#connected.resolve());
    this.socket.on("connect_error", (error) => this.#connected.reject(error));
    await within(this.#connected.promise, "a connection");
    return this;
  }

  /** Sends an event and waits for its acknowledgement: `{ok: true, …}` or `{ok: false, error}`. */
  async ask(event, data) {
    const acknowledged = new Promise((resolve) => this.socket.emit(event, data, (...args) => resolve(args)));
    const args = await within(acknowledged, `the acknowledgement of ${event}`);
    assert.equal(args.length, 1);
    const [answer] = args;
    if (answer.ok !== true) assert.deepEqual([Object.keys(answer).sort(), answer.ok], [["error", "ok"], false]);
    return answer;
  }

  /** Sends an event that wants no answer. */
  tell(event, data) {
    this.socket.emit(event, data);
  }

  /** The next failure of an event that wanted no answer. */
  async failure() {
    const [, exception] = await this.events.find(([name]) => name === "exception", "an exception");
    assert.equal(exception.status, "error");
    assert.equal(exception.message, exception.error.detail);
    return exception.error;
  }

  /** Runs `cut`, and waits until the client is back, which it must come by itself. */
  async comesBack(cut) {
    const again = new Promise((resolve) => {
      this.socket.once("disconnect", () => this.socket.once("connect", resolve));
    });
    // A client that is about to upgrade can lose the one connection and keep the other.
    if (this.#upgrades()) await this.#upgraded();
    cut();
    // A client that polls may have had no connection at that moment.
    const repeated = setInterval(() => this.socket.connected && cut(), 50);
    this.socket.once("disconnect", () => clearInterval(repeated));
    await within(again, "the client to come back").finally(() => clearInterval(repeated));
  }

  #upgrades() {
    return !this.options.transports || this.options.transports.length > 1;
  }

  /** Resolves once the client has moved from polling to a WebSocket. */
  async #upgraded() {
    const { engine } = this.socket.io;
    if (engine.transport.name === "websocket") return;
    await within(new Promise((resolve) => engine.once("upgrade", resolve)), "the upgrade");
    assert.equal(engine.transport.name, "websocket");
  }

  /** Resolves once the service has ended the connection and refused the token, with which the client came back. */
  async isEnded() {
    const refused = new Promise((resolve) => this.socket.once("connect_error", resolve));
    const error = await within(refused, "a connect_error");
    assert.equal(error.data?.status, 401, error.message);
  }

  close() {
    this.socket?.disconnect();
  }

  /** The problem with which a token is refused. */
  static async refusal(io, token, url, options) {
    const socket = io(`${url}/support`, { ...options, auth: token === undefined ? {} : { token } });
    const error = await within(new Promise((resolve) => socket.once("connect_error", resolve)), "a connect_error");
    assert.equal(error.message, error.data?.detail);
    assert.equal(socket.connected, false);
    socket.disconnect();
    return error.data;
  }
}
