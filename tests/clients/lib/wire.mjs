import WebSocket from "ws";

import { Queue } from "./queue.mjs";
import { deferred, within } from "./within.mjs";

/** A WebSocket whose frames are read one by one: text as a string, binary as a buffer. */
export class Wire {
  frames = new Queue();
  #opened = deferred();
  #refused = deferred();

  constructor(url, protocols = [], options = {}) {
    this.socket = new WebSocket(url, protocols, options);
    this.socket.on("open", () => this.#opened.resolve());
    this.socket.on("message", (data, isBinary) => this.received(isBinary ? data : data.toString()));
    this.socket.on("close", (code, reason) => this.frames.end({ code, reason: reason.toString() }));
    this.socket.on("unexpected-response", (request, response) => this.#refuse(request, response));
    this.socket.on("error", (error) => {
      this.#opened.reject(error);
      this.#refused.reject(error);
    });
  }

  async #refuse(request, response) {
    const chunks = await response.toArray();
    const body = Buffer.concat(chunks).toString();
    this.#refused.resolve({ status: response.statusCode, headers: response.headers, body });
    this.#opened.reject(new Error(`refused with ${response.statusCode}: ${body}`));
    request.destroy();
    this.frames.end({ code: 1006, reason: "refused" });
  }

  received(frame) {
    this.frames.push(frame);
  }

  async opened() {
    await within(this.#opened.promise, "an open WebSocket");
    return this;
  }

  /** The HTTP response to a handshake that must not succeed. */
  refused() {
    const opened = this.#opened.promise.then(
      () => Promise.reject(new Error("the handshake should have been refused")),
      () => this.#refused.promise,
    );
    return within(Promise.race([this.#refused.promise, opened]), "a refusal");
  }

  send(frame) {
    this.socket.send(frame);
  }

  next(awaited = "a frame") {
    return this.frames.next(awaited);
  }

  /** Code and reason of the close frame; 1006 if the connection ended without one. */
  closed() {
    return this.frames.ended();
  }

  close(code) {
    this.socket.close(code);
  }

  /** Cuts the connection, as a network does. */
  cut() {
    this.socket.terminate();
  }
}
