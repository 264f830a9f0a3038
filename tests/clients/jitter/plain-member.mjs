import WebSocket from "ws";

import { deferred, within } from "../lib/within.mjs";
import { Member, PATIENCE } from "./member.mjs";

/** A member by the plain transport, who comes back a little after each end. */
export class PlainMember extends Member {
  #answers = new Map();
  #next = 0;
  #ready = deferred();
  #isOver = false;

  start(url, dice) {
    const socket = new WebSocket(`${url.replace("http", "ws")}/support/ws`, ["support.v1", `bearer.${this.token}`]);
    this.socket = socket;
    let isOpen = false;
    this.socket.on("open", () => {
      isOpen = true;
      this.join((...question) => socket.readyState === WebSocket.OPEN && this.#ask(...question));
      this.#ready.resolve();
    });
    this.socket.on("message", (text) => this.#received(JSON.parse(text)));
    // Each error is followed by the close that counts.
    this.socket.on("error", () => {});
    this.socket.on("close", (code) => {
      this.end(code);
      // Whoever waits for a connection goes on waiting through one that came to nothing.
      if (isOpen) this.#ready = deferred();
      const lost = [...this.#answers.values()];
      this.#answers.clear();
      lost.forEach(({ failed }) => failed(new Error("the connection ended")));
      if (!this.#isOver) setTimeout(() => this.start(url, dice), dice.between(50, 1_000));
    });
  }

  #received({ event, data, id }) {
    if (event === "new_message") return this.take(data);
    if (id === undefined) return event === "error" && this.fault(JSON.stringify(data));
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    answer?.answered(event === "ack" ? { ok: true, ...data } : { ok: false, error: data });
  }

  #ask(event, data, answered, failed = () => {}) {
    this.#answers.set((this.#next += 1), { answered, failed });
    this.socket.send(JSON.stringify({ event, data, id: this.#next }));
  }

  /** Sends an event once connected; fails if there is no answer. */
  async send(event, data) {
    await this.#ready.promise;
    return within(new Promise((resolve, reject) => this.#ask(event, data, resolve, reject)), "an answer", PATIENCE);
  }

  stop() {
    this.#isOver = true;
    this.socket.terminate();
  }
}
