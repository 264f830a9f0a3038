import { io } from "socket.io-client";

import { deferred } from "../lib/within.mjs";
import { Member, PATIENCE } from "./member.mjs";

/** A member by the Socket.IO transport, with the official client as it is by default. */
export class SocketIoMember extends Member {
  #ready = deferred();

  start(url) {
    this.socket = io(`${url}/support`, { auth: { token: this.token } });
    let isConnected = false;
    this.socket.on("connect", () => {
      isConnected = true;
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
      this.end(reason);
      // It is told of connections as well that end before they have joined the namespace.
      if (isConnected) this.#ready = deferred();
      isConnected = false;
      if (reason === "io server disconnect") this.fault("sent away for good");
    });
  }

  /** Sends an event once connected; fails if there is no answer. */
  async send(event, data) {
    await this.#ready.promise;
    return this.socket.timeout(PATIENCE).emitWithAck(event, data);
  }

  stop() {
    this.socket.disconnect();
  }
}
