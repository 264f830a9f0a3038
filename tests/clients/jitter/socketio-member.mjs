import { io } from "socket.io-client";

import { deferred } from "../lib/within.mjs";
import { Member, PATIENCE } from "./member.mjs";

/** A member by the Socket.IO door, with the official client as it is by default. */
export class SocketIoMember extends Member {
  #ready = deferred();

  start(url) {
    this.socket = io(`${url}/support`, { auth: { token: this.token } });
    this.socket.on("connect", () => {
      const { id } = this.socket;
      this.join((...question) => this.socket.id === id && this.socket.emit(...question));
      this.#ready.resolve();
    });
    this.socket.on("new_message", (message) => this.take(message));
    this.socket.on("exception", (exception) => this.fault(JSON.stringify(exception)));
    this.socket.on("connect_error", (error) => {
      // One with data comes from the service: a refusal, after which the client would not come back.
      if (error.data) this.fault(`refused: ${JSON.stringify(error.data)}`);
    });
    this.socket.on("disconnect", (reason) => {
      this.#ready = deferred();
      this.end(reason);
      if (reason === "io server disconnect") this.fault("sent away for good");
    });
  }

  /** Sends an event once connected; fails if there is no answer. */
  async send(event, data) {
    await this.#ready.promise;
    return this.socket.timeout(PATIENCE).emitWithAck(event, data);
  }

  /** How its connection stands, for the report. */
  get state() {
    const { io: manager, connected } = this.socket;
    const { readyState, transport, upgrading } = manager.engine ?? {};
    return { connected, manager: manager._readyState, engine: readyState, transport: transport?.name, upgrading, reconnecting: manager._reconnecting, skip: manager.skipReconnect };
  }

  stop() {
    this.socket.disconnect();
  }
}
