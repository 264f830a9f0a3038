import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { base, engine, together } from "../lib/target.mjs";
import { Tcp, frame, frames } from "../lib/tcp.mjs";

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];

/** A session on a connection that the test writes its own frames to. */
async function byHand(t) {
  const tcp = new Tcp(t, base);
  await tcp.shakeHands("/engine.io/?EIO=4&transport=websocket");
  return tcp;
}

/** The first frame of a kind. */
async function first(tcp, opcode, fits = () => true) {
  const find = (bytes) => frames(bytes).find(([kind, payload]) => kind === opcode && fits(payload.toString()));
  const received = await tcp.received(find, `a frame with the opcode ${opcode}`);
  const found = find(received);
  assert.ok(found, "it came before the end");
  return found[1].toString();
}

function closing(code, reason = "") {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

describe("WebSocket", together, () => {
  test("carries text", async (t) => {
    const wire = await engine.connect(t);
    for (const text of ["4hello", "4Grüße 🦀", "4", `4${"x".repeat(70_000)}`]) {
      wire.send(text);
      assert.equal(await wire.next(), text);
    }
  });

  test("carries binary as it is", async (t) => {
    const wire = await engine.connect(t);
    for (const binary of [Buffer.from([1, 2, 3, 4]), Buffer.from("4text"), Buffer.alloc(70_000, 7)]) {
      wire.send(binary);
      assert.deepEqual(await wire.next(), binary);
    }
  });

  test("keeps the order", async (t) => {
    const wire = await engine.connect(t);
    for (let number = 0; number < 1_000; number += 1) wire.send(`4${number}`);
    for (let number = 0; number < 1_000; number += 1) assert.equal(await wire.next(), `4${number}`);
  });

  for (const packet of ["abc", "x", "", "7", "9hello"]) {
    test(`ends at the packet ${JSON.stringify(packet)}`, async (t) => {
      const wire = await engine.connect(t);
      wire.send(packet);
      await wire.closed();
    });
  }

  test("carries a message of exactly the most that it may have", async (t) => {
    const wire = await engine.connect(t);
    const packet = `4${"x".repeat(wire.handshake.maxPayload - 1)}`;
    wire.send(packet);
    assert.ok((await wire.next()) === packet, "the packet came back as it was sent");
  });

  test("ends by 1009 at a message that is too large", async (t) => {
    const wire = await engine.connect(t);
    wire.send(`4${"x".repeat(wire.handshake.maxPayload)}`);
    assert.equal((await wire.closed()).code, 1009);
  });

  test("ends by 1009 at a message whose parts are too large together", async (t) => {
    const { maxPayload } = (await engine.connect(t)).handshake;
    const tcp = await byHand(t);
    tcp.send(frame(TEXT, `4${"x".repeat(maxPayload / 2)}`, { fin: false }));
    tcp.send(frame(CONTINUATION, "x".repeat(maxPayload / 2)));
    assert.equal(await tcp.closeCode(), 1009);
  });

  test("ends by 1009 at the header of a frame of 1 GiB, before any of it comes", async (t) => {
    const tcp = await byHand(t);
    tcp.send(frame(BINARY, "", { claimed: 2 ** 30 }));
    assert.equal(await tcp.closeCode(), 1009);
    await tcp.ended();
  });

  test("puts the parts of a message together, and answers a ping in between", async (t) => {
    const tcp = await byHand(t);
    tcp.send(frame(TEXT, "4in ", { fin: false }));
    tcp.send(frame(CONTINUATION, "three ", { fin: false }));
    tcp.send(frame(PING, "now"));
    assert.equal(await first(tcp, PONG), "now");
    tcp.send(frame(CONTINUATION, "parts"));
    assert.equal(await first(tcp, TEXT, (text) => text[0] === "4"), "4in three parts");
  });

  test("takes frames that come byte by byte", async (t) => {
    const tcp = await byHand(t);
    for (const byte of frame(TEXT, "4slowly")) tcp.send(Buffer.from([byte]));
    assert.equal(await first(tcp, TEXT, (text) => text[0] === "4"), "4slowly");
  });

  test("answers a close frame by one with the same code", async (t) => {
    const tcp = await byHand(t);
    tcp.send(frame(CLOSE, closing(1000, "bye")));
    assert.equal(await tcp.closeCode(), 1000);
    await tcp.ended();
  });

  test("answers a close frame without a code", async (t) => {
    const tcp = await byHand(t);
    tcp.send(frame(CLOSE));
    await first(tcp, CLOSE);
    await tcp.ended();
  });

  const broken = {
    "an unmasked frame": [frame(TEXT, "4hello", { mask: false }), 1002],
    "a reserved bit": [frame(TEXT, "4hello", { rsv: 4 }), 1002],
    "a reserved opcode": [frame(3, "4hello"), 1002],
    "a reserved control opcode": [frame(11), 1002],
    "a ping in parts": [frame(PING, "", { fin: false }), 1002],
    "a long ping": [frame(PING, "x".repeat(126)), 1002],
    "a continuation of nothing": [frame(CONTINUATION, "4hello"), 1002],
    "a message within another": [Buffer.concat([frame(TEXT, "4", { fin: false }), frame(TEXT, "4")]), 1002],
    "a close code that no endpoint may send": [frame(CLOSE, closing(1005)), 1002],
    "an unassigned close code": [frame(CLOSE, closing(2999)), 1002],
    "half a close code": [frame(CLOSE, "x"), 1002],
    "text that is not UTF-8": [frame(TEXT, Buffer.from([0x34, 0xc3, 0x28])), 1007],
    "a reason that is not UTF-8": [frame(CLOSE, Buffer.concat([closing(1000), Buffer.from([0xff])])), 1007],
    "text that ends within a character": [frame(TEXT, Buffer.from([0x34, 0xe2, 0x82])), 1007],
  };
  for (const [what, [bytes, code]] of Object.entries(broken)) {
    test(`ends by ${code} at ${what}`, async (t) => {
      const tcp = await byHand(t);
      tcp.send(bytes);
      assert.equal(await tcp.closeCode(), code);
      await tcp.ended();
    });
  }
});
