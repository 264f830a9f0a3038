import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { joined } from "../lib/packets.mjs";
import { socketio, together } from "../lib/target.mjs";

/** A connection that has joined `/`. */
async function connected(t) {
  const wire = await socketio.connect(t);
  await joined(wire);
  return wire;
}

/** A binary packet without its attachments, in which a server may choose the order of a placeholder's members. */
function parsed(packet) {
  const [, head, json] = packet.match(/^(4[56]\d+-(?:\/[^,]*,)?\d*)(.*)$/);
  return [head, JSON.parse(json)];
}

const placeholder = (num) => ({ _placeholder: true, num });

describe("messages", together, () => {
  for (const args of [
    [],
    [1, "2", { 3: [true] }],
    [null, [], {}, [[]], ""],
    ["Grüße 🦀 \u2028 \u0000 \\ \" /"],
    [1.5, -1, 1e300, 12345678901234],
    [{ _placeholder: false, num: 0 }],
    ["x".repeat(100_000)],
  ]) {
    test(`come back as they were sent: ${JSON.stringify(args).slice(0, 60)}`, async (t) => {
      const wire = await connected(t);
      wire.send(`42${JSON.stringify(["message", ...args])}`);
      const answer = await wire.next();
      assert.deepEqual([answer.slice(0, 2), JSON.parse(answer.slice(2))], ["42", ["message-back", ...args]]);
    });
  }

  test("with an explicit namespace are the same", async (t) => {
    const wire = await connected(t);
    wire.send('42/,["message",1]');
    assert.equal(await wire.next(), '42["message-back",1]');
  });

  test("may have white space in their JSON", async (t) => {
    const wire = await connected(t);
    wire.send('42[ "message" ,\n 1 ]');
    const answer = await wire.next();
    assert.deepEqual(JSON.parse(answer.slice(2)), ["message-back", 1]);
  });

  test("of unknown names, and names that are numbers, harm nobody", async (t) => {
    const wire = await connected(t);
    const unknown = ['42["unknown",1]', "42[1,2]", '42["__proto__"]', '42["constructor"]', '42[""]'];
    unknown.forEach((packet) => wire.send(packet));
    wire.send('42["message"]');
    assert.equal(await wire.next(), '42["message-back"]');
  });

  test("are acknowledged under their number", async (t) => {
    const wire = await connected(t);
    for (const id of ["0", "1", "456", "2147483648", "9007199254740991"]) {
      wire.send(`42${id}["message-with-ack",1,"2",{"3":[false]}]`);
      assert.equal(await wire.next(), `43${id}[1,"2",{"3":[false]}]`);
    }
    wire.send('42/,7["message-with-ack"]');
    assert.equal(await wire.next(), "437[]");
  });

  test("keep their order, with and without a number", async (t) => {
    const wire = await connected(t);
    for (let number = 0; number < 300; number += 1) {
      wire.send(number % 2 ? `42["message",${number}]` : `42${number}["message-with-ack",${number}]`);
    }
    for (let number = 0; number < 300; number += 1) {
      assert.equal(await wire.next(), number % 2 ? `42["message-back",${number}]` : `43${number}[${number}]`);
    }
  });

  test("carry binary", async (t) => {
    const wire = await connected(t);
    const binary = [Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6]), Buffer.alloc(100_000, 7)];
    wire.send(`453-["message",${JSON.stringify([...binary.keys()].map(placeholder)).slice(1, -1)}]`);
    binary.forEach((attachment) => wire.send(attachment));
    const args = [placeholder(0), placeholder(1), placeholder(2)];
    assert.deepEqual(parsed(await wire.next()), ["453-", ["message-back", ...args]]);
    for (const attachment of binary) assert.deepEqual(await wire.next(), attachment);
  });

  test("carry binary deep inside", async (t) => {
    const wire = await connected(t);
    wire.send('451-["message",{"a":[{"b":{"_placeholder":true,"num":0}}]}]');
    wire.send(Buffer.from([1]));
    assert.deepEqual(parsed(await wire.next()), ["451-", ["message-back", { a: [{ b: placeholder(0) }] }]]);
    assert.deepEqual(await wire.next(), Buffer.from([1]));
  });

  test("with binary are acknowledged with binary", async (t) => {
    const wire = await connected(t);
    wire.send('452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
    wire.send(Buffer.from([1, 2, 3]));
    wire.send(Buffer.alloc(0));
    assert.deepEqual(parsed(await wire.next()), ["462-789", [placeholder(0), placeholder(1)]]);
    assert.deepEqual(await wire.next(), Buffer.from([1, 2, 3]));
    assert.deepEqual(await wire.next(), Buffer.alloc(0));
  });

  test("carry ten attachments, and no eleventh", async (t) => {
    const wire = await connected(t);
    const args = JSON.stringify(["message", ...Array.from({ length: 10 }, (_, num) => placeholder(num))]);
    wire.send(`4510-${args}`);
    for (let number = 0; number < 10; number += 1) wire.send(Buffer.from([number]));
    assert.match(await wire.next(), /^4510-/);
    for (let number = 0; number < 10; number += 1) assert.deepEqual(await wire.next(), Buffer.from([number]));
    wire.send('4511-["message",{"_placeholder":true,"num":0}]');
    await wire.closed();
  });

  test("carry binary over polling", async () => {
    const poller = await socketio.poll();
    await poller.send("40");
    await poller.next();
    await poller.next();
    const event = '452-1["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]';
    await poller.send(event, "bAQID", "bBAUG");
    assert.deepEqual(parsed(await poller.next()), ["462-1", [placeholder(0), placeholder(1)]]);
    assert.deepEqual([await poller.next(), await poller.next()], ["bAQID", "bBAUG"]);
  });

  test("have their attachments in one piece, whatever else is sent", async (t) => {
    const wire = await connected(t);
    await joined(wire, "/custom");
    for (let number = 0; number < 50; number += 1) {
      wire.send(`452-["message",${number},{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`);
      wire.send(Buffer.from([number, 0]));
      wire.send(Buffer.from([number, 1]));
      wire.send(`42${number}["message-with-ack"]`);
    }
    for (let number = 0; number < 50; number += 1) {
      assert.deepEqual(parsed(await wire.next())[1], ["message-back", number, placeholder(0), placeholder(1)]);
      assert.deepEqual(await wire.next(), Buffer.from([number, 0]));
      assert.deepEqual(await wire.next(), Buffer.from([number, 1]));
      assert.equal(await wire.next(), `43${number}[]`);
    }
  });

  test("that acknowledge what nobody asked are ignored", async (t) => {
    const wire = await connected(t);
    wire.send("43999[1]");
    wire.send("43[1]");
    wire.send('42["message"]');
    assert.equal(await wire.next(), '42["message-back"]');
  });
});
