import assert from "node:assert/strict";

import { answered } from "./engine.mjs";

/** Somebody's view of the desk over HTTP. */
export class Http {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  async request(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    const answer = await answered(this.url + path, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, json: answer.body ? JSON.parse(answer.body) : null };
  }

  /** The JSON of an answer that must be a success. */
  async succeed(method, path, body) {
    const { status, json } = await this.request(method, path, body);
    assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  }

  get(path) {
    return this.succeed("GET", path);
  }

  post(path, body) {
    return this.succeed("POST", path, body);
  }

  patch(path, body) {
    return this.succeed("PATCH", path, body);
  }

  /** A ticket's messages behind a sequence, all of them. */
  async messages(ticket, after = 0) {
    const all = [];
    for (;;) {
      const query = `limit=200&after=${all.at(-1)?.sequence ?? after}`;
      const { items } = await this.get(`/support/tickets/${ticket}/messages?${query}`);
      if (items.length === 0) return all;
      all.push(...items);
    }
  }

  /** Writes a message into a ticket. */
  say(ticket, message) {
    return this.post(`/support/tickets/${ticket}/messages`, { message });
  }
}
