// Connections without a library in between: requests that stop half-way, frames that no client would send.
import { randomBytes } from "node:crypto";
import net from "node:net";

import { deferred, within } from "./within.mjs";

/** A TCP connection to the server of a URL; the test `t` cuts it at its end. */
export class Tcp {
  #received = Buffer.alloc(0);
  #changed = deferred();
  #ended = false;

  constructor(t, base) {
    const { hostname, port } = new URL(base);
    this.socket = net.connect(Number(port), hostname);
    this.socket.setNoDelay(true);
    this.socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#tell();
    });
    // A server that refuses may reset: that is an end like any other.
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.#ended = true;
      this.#tell();
    });
    t.after(() => this.socket.destroy());
  }

  #tell() {
    this.#changed.resolve();
    this.#changed = deferred();
  }

  send(bytes) {
    this.socket.write(bytes);
  }

  /** Everything received, once `enough` holds for it or the server has closed. */
  async received(enough, awaited = "an answer") {
    while (!this.#ended && !enough(this.#received)) await within(this.#changed.promise, awaited);
    return this.#received;
  }

  /** The status of the first response; none if the server closed without one. */
  async status() {
    const received = await this.received((bytes) => bytes.includes("\r\n\r\n"));
    return Number(received.toString("latin1").split(" ")[1]) || null;
  }

  /** Opens a WebSocket by hand and forgets the response to its handshake. */
  async shakeHands(target) {
    const key = randomBytes(16).toString("base64");
    this.send(
      `GET ${target} HTTP/1.1\r\nHost: desk\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    const status = await this.status();
    if (status !== 101) throw new Error(`the handshake was answered by ${status}`);
    const end = this.#received.indexOf("\r\n\r\n") + 4;
    this.#received = this.#received.subarray(end);
  }

  /** Code of the close frame that the server sends; none if it closes without. Other frames are skipped. */
  async closeCode() {
    const received = await this.received((bytes) => closeCode(bytes) !== null, "a close frame");
    return closeCode(received);
  }

  /** Resolves once the server has closed the connection. */
  async ended() {
    await this.received(() => false, "the end of the connection");
  }
}

/** A frame of a client (RFC 6455, section 5.2) with any bits. `claimed` is a length other than the payload's. */
export function frame(opcode, payload = "", { fin = true, rsv = 0, mask = true, claimed } = {}) {
  const body = Buffer.from(payload);
  const length = claimed ?? body.length;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const bit = mask ? 0x80 : 0;
  let head;
  if (length < 126) {
    head = Buffer.from([first, bit | length]);
  } else if (length < 65_536) {
    head = Buffer.from([first, bit | 126, length >> 8, length & 0xff]);
  } else {
    head = Buffer.alloc(10);
    head.set([first, bit | 127]);
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!mask) return Buffer.concat([head, body]);
  const key = randomBytes(4);
  return Buffer.concat([head, key, body.map((byte, at) => byte ^ key[at % 4])]);
}

/** Every whole frame of a server (unmasked), as `[opcode, payload]`. */
export function frames(bytes) {
  const found = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    let length = bytes[at + 1] & 0x7f;
    let start = at + 2;
    if (length === 126) {
      length = start + 2 <= bytes.length ? bytes.readUInt16BE(start) : Infinity;
      start += 2;
    } else if (length === 127) {
      length = start + 8 <= bytes.length ? Number(bytes.readBigUInt64BE(start)) : Infinity;
      start += 8;
    }
    if (start + length > bytes.length) break;
    found.push([bytes[at] & 0x0f, bytes.subarray(start, start + length)]);
    at = start + length;
  }
  return found;
}

function closeCode(bytes) {
  const close = frames(bytes).find(([opcode]) => opcode === 8);
  return close && close[1].length >= 2 ? close[1].readUInt16BE(0) : null;
}
