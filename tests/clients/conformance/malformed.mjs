import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { joined } from "../lib/packets.mjs";
import { ours, socketio, together } from "../lib/target.mjs";

const RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/** What ends a connection, each as the messages that are sent one after another. */
const MALFORMED = [
  ["4abc"],
  ["4"],
  ["47"],
  ["49[1]"],
  ["4-1"],
  ['42["message"'],
  ["42{}"],
  ["42[]"],
  ["42[{}]"],
  ["42[null]"],
  ["42[true]"],
  ["42[[]]"],
  ['42"message"'],
  ["42message"],
  ['42["message"]x'],
  ['42x["message"]'],
  ['42-1["message"]'],
  ['42/,x["message"]'],
  ["431{}"],
  ['431"x"'],
  ["431[1"],
  ["41x"],
  ["41{}"],
  ['44{"message":"no"}'],
  ['45["message"]'],
  ['45-["message"]'],
  ['45a-["message"]'],
  ['450-["message"]'],
  ['45-1-["message"]'],
  ['451.5-["message"]'],
  ['4511-["message"]'],
  ['45999999999999999999-["message"]'],
  ["451-{}", Buffer.from([1])],
  ["451-[]", Buffer.from([1])],
  ['451-["connect"]', Buffer.from([1])],
  ['451-["message",{"_placeholder":true,"num":1}]', Buffer.from([1])],
  ['451-["message",{"_placeholder":true,"num":-1}]', Buffer.from([1])],
  ['451-["message",{"_placeholder":true,"num":"0"}]', Buffer.from([1])],
  ['451-["message",{"_placeholder":true}]', Buffer.from([1])],
  ['451-["message",{"_placeholder":true,"num":0}]', '42["message"]'],
  ['451-["message",{"_placeholder":true,"num":0}]', "40/custom,"],
  [Buffer.from([1, 2, 3])],
  ...RESERVED.map((name) => [`42["${name}"]`]),
];

/** The official server takes these for empty ones. */
const EMPTY = [["42"], ["421"], ["42/"], ["43"], ["431"]];

describe("a malformed packet ends the connection:", together, () => {
  for (const messages of [...MALFORMED, ...EMPTY]) {
    const options = EMPTY.includes(messages) ? ours : {};
    const name = messages.map((one) => (typeof one === "string" ? one : "<binary>")).join(" ");
    test(name, options, async (t) => {
      const wire = await socketio.connect(t);
      await joined(wire);
      messages.forEach((message) => wire.send(message));
      wire.send('42["message","afterwards"]');
      await wire.closed();
      assert.ok(!wire.frames.drain().includes('42["message-back","afterwards"]'), "nothing after it is done");
    });
  }

  test("and over polling, too", async () => {
    for (const packet of ["4abc", "42{}", "bAQID"]) {
      const poller = await socketio.poll();
      await poller.send("40");
      assert.match(await poller.next(), /^40/);
      assert.match(await poller.next(), /^42/);
      await poller.post(packet);
      // What the server still has to say, `1` among it, may be fetched once.
      const answer = await poller.get();
      if (answer.status === 200) assert.match(answer.body, /^(6\x1e)?1$|^6$/);
      await poller.isGone();
    }
  });

  test("while other connections go on", async (t) => {
    const other = await socketio.connect(t);
    await joined(other);
    for (const messages of MALFORMED) {
      const wire = await socketio.connect(t);
      await joined(wire);
      messages.forEach((message) => wire.send(message));
    }
    other.send('42["message","unharmed"]');
    assert.equal(await other.next(), '42["message-back","unharmed"]');
  });
});
