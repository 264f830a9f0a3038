// The jitter run: many clients in many rooms, whose connections are cut again and again while the server is killed and
// started anew. Every client must end with every message of its rooms, once and in order.
//
// The one argument is JSON, as tests/jitter makes it. Lines on standard output say how far it is; `port N` on standard
// input says where the server is, now that it was started again. The last line is the report.
import { createInterface } from "node:readline";

import { Http } from "./lib/http.mjs";
import { Proxy } from "./lib/proxy.mjs";
import { deferred, within } from "./lib/within.mjs";
import { Dice } from "./jitter/dice.mjs";
import { PlainMember } from "./jitter/plain-member.mjs";
import { SlowReader } from "./jitter/slow-reader.mjs";
import { SocketIoMember } from "./jitter/socketio-member.mjs";

/** How long a connection lives before it is cut, in milliseconds. */
const LIFE = [500, 8_000];
/**
 * Nothing was sent or delivered for so long, in milliseconds: nothing more will be. An official client whose WebSocket
 * is cut in the middle of its upgrade finds back by its heartbeat alone, which takes 45 s.
 */
const SILENCE = 90_000;
/** The longest text there is, in 40,000 bytes, and so many of them that no buffer on the way holds them all. */
const LONG_TEXT = "🦀".repeat(10_000);
const LONG_TEXTS = 150;

const { url, rooms, clients, messages, seconds, restarts, seed, admin } = JSON.parse(process.argv[2]);
const begun = performance.now();
const dice = new Dice(seed);
const proxy = await Proxy.to(url);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const print = (word, value) => console.log(`${word} ${JSON.stringify(value)}`);

let server = url;
let started = 0;
const allStarted = deferred();
if (restarts === 0) allStarted.resolve();
createInterface(process.stdin).on("line", (line) => {
  server = `http://127.0.0.1:${line.replace("port ", "")}`;
  proxy.retarget(server);
  started += 1;
  if (started === restarts) allStarted.resolve();
});

/** Nothing is cut any more once every message was tried and the server was started as often as it will be. */
let isCalm = false;
Promise.all([pause(seconds * 1_000), allStarted.promise]).then(() => {
  isCalm = true;
});
proxy.onConnection = (cut) => {
  const timer = setTimeout(() => isCalm || cut(), dice.between(...LIFE));
  timer.unref();
};

/** Somebody of each room in turn: its customer, its agent, or an administrator, who is in two rooms. */
function member(number) {
  const room = rooms[number % rooms.length];
  const next = rooms[(number + 1) % rooms.length];
  const turn = Math.floor(number / rooms.length);
  const role = ["customer", "agent", "admin"][turn % 3];
  const own = role === "admin" ? [...new Set([room.id, next.id])] : [room.id];
  // Half of all, and half of each room, whether there are as many rooms as may be halved or not.
  const Kind = (number + (rooms.length % 2 ? 0 : turn)) % 2 ? PlainMember : SocketIoMember;
  return new Kind(`${role} ${number}`, role === "admin" ? admin : room[role], own);
}

/** Whether what was answered by this status may succeed yet: the service was too busy, or the client too slow. */
const mayComeYet = (status) => status >= 500 || status === 408 || status === 429;

/** Sends one message, again and again under the same name, until it is acknowledged. */
async function deliver(number, members) {
  const room = rooms[number % rooms.length];
  const name = `m-${number}`;
  const text = { message: `Message ${number}`, clientMessageId: name };
  const sender = number % 3 ? dice.pick(members.filter((one) => one.held.has(room.id))) : null;
  await pause(dice.between(0, seconds * 1_000));
  for (;;) {
    try {
      if (sender) {
        const answer = await sender.send("send_message", { ticketId: room.id, ...text });
        if (answer.ok) return { name, room: room.id, id: answer.message.id };
        if (!mayComeYet(answer.error.status)) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
      } else {
        const http = new Http(proxy.url, room.customer);
        const { status, json } = await http.request("POST", `/support/tickets/${room.id}/messages`, text);
        if (status < 300) return { name, room: room.id, id: json.id };
        if (!mayComeYet(status)) throw new Error(`refused: ${status} ${JSON.stringify(json)}`);
      }
    } catch (error) {
      if (error.message.startsWith("refused")) throw error;
    }
    await pause(dice.between(50, 500));
  }
}

/**
 * Fills a room with long messages, each of which everybody there gets before the next one is sent, while somebody
 * beside them hardly reads: that one is ended, and none of the others.
 */
async function bore(room) {
  const others = members.filter((one) => one.held.has(room.id));
  const before = ends();
  const slow = new SlowReader(server, room.agent, room.id);
  for (let number = 0; number < LONG_TEXTS; number += 1) {
    const { sequence } = await new Http(server, room.customer).say(room.id, LONG_TEXT);
    while (others.some((one) => one.held.get(room.id).length < sequence)) await pause(5);
  }
  slowReader = await slow.end();
  if (slowReader >= LONG_TEXTS * Buffer.byteLength(LONG_TEXT)) throw new Error("the slow reader got everything");
  // A client that had lost its way before may notice only now.
  const after = Object.entries(ends()).filter(([reason]) => reason !== "ping timeout");
  const disturbed = after.filter(([reason, times]) => times !== before[reason]);
  if (disturbed.length > 0) throw new Error(`others were disturbed: ${disturbed}`);
}

/** Waits until everybody holds everything, and answers what the service keeps of each room. */
async function settled() {
  const kept = new Map();
  const http = new Http(server, admin);
  for (const { id } of rooms) kept.set(id, await http.messages(id));
  const counts = members.flatMap(({ held }) => [...held.keys()].map((room) => kept.get(room).length));
  expected = counts.reduce((sum, count) => sum + count, 0);
  while (delivered() < expected) await pause(100);
  return kept;
}

/** What is wrong with what a member holds, compared with what the service keeps. */
function differences({ name, held }, kept) {
  const wrong = [];
  for (const [room, messages] of held) {
    const all = kept.get(room);
    const same = (one, number) => one.id === all[number].id && one.text === all[number].message;
    if (messages.length !== all.length) wrong.push(`${name}: ${messages.length} of ${all.length} in ${room}`);
    else if (!messages.every(same)) wrong.push(`${name}: other messages in ${room} than are kept`);
  }
  return wrong;
}

/** What is wrong with what the service keeps, compared with what it acknowledged. */
function losses(acknowledged, kept) {
  const wrong = [];
  for (const { name, room, id } of acknowledged) {
    const found = kept.get(room).filter((message) => message.clientMessageId === name);
    if (found.length === 1 && found[0].id === id) continue;
    wrong.push(`${name} was acknowledged as ${id} and is kept ${found.length} times`);
  }
  return wrong;
}

/** How often connections ended, by the reason. */
function ends() {
  const all = {};
  const each = members.flatMap((one) => Object.entries(one.ends));
  for (const [reason, times] of each) all[reason] = (all[reason] ?? 0) + times;
  return all;
}

/** Ends with a report of what went wrong on the way and, once that is known, of what is not as the service keeps it. */
function finish(faults, kept) {
  const all = [...faults, ...members.flatMap((one) => one.faults)];
  if (kept) all.push(...members.flatMap((one) => differences(one, kept)), ...losses(acknowledged, kept));
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const faultCount = all.length;
  const counts = { delivered: delivered(), expected, seconds, seed, ends: ends(), slowReader, faultCount };
  print("report", { ...counts, faults: all.slice(0, 20) });
  process.exit(all.length ? 1 : 0);
}

const members = Array.from({ length: clients }, (_, number) => member(number));
const acknowledged = [];
const delivered = () => members.reduce((sum, one) => sum + one.delivered, 0);
/** How many messages all members together must hold; known once all are sent. */
let expected = null;
let slowReader = null;

let [progress, since] = [0, performance.now()];
setInterval(() => {
  const now = delivered() + acknowledged.length;
  if (now !== progress) [progress, since] = [now, performance.now()];
  if (performance.now() - since > SILENCE) finish([`nothing came any more after ${acknowledged.length} messages`]);
  if (members.some((one) => one.faults.length > 0)) finish(["given up at the first that went wrong"]);
}, 1_000);

members.forEach((one) => one.start(proxy.url, dice));
const sends = Array.from({ length: messages }, async (_, number) => {
  acknowledged.push(await deliver(number, members));
  print("acknowledged", acknowledged.length);
});
await Promise.all(sends);
await within(allStarted.promise, "the last start of the server");
await settled();
await bore(rooms[0]);
finish([], await settled());
