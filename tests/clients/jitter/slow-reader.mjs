import net from "node:net";

import { frame } from "../lib/tcp.mjs";
import { within } from "../lib/within.mjs";

/** Somebody in a room who reads one byte a second, which is far less than what is said there. */
export class SlowReader {
  received = 0;

  constructor(url, token, ticketId) {
    const { hostname, port } = new URL(url);
    this.socket = net.connect(Number(port), hostname);
    this.socket.pause();
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    this.socket.write(
      `GET /support/ws HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer ${token}\r\nUpgrade: websocket\r\n` +
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n\r\n",
    );
    this.socket.write(frame(1, JSON.stringify({ event: "join_ticket_room", data: { ticketId }, id: 1 })));
    this.timer = setInterval(() => this.#read(1), 1_000);
  }

  #read(size) {
    this.received += this.socket.read(size)?.length ?? 0;
  }

  /** Reads whatever is left, as fast as it can, to the end. Answers how many bytes it got in all. */
  async end() {
    clearInterval(this.timer);
    this.socket.on("data", (chunk) => {
      this.received += chunk.length;
    });
    this.socket.resume();
    await within(this.closed, "the end of a connection whose client is too slow");
    return this.received;
  }
}
