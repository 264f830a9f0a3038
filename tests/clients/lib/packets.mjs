import assert from "node:assert/strict";

/** Joins a namespace on a connection of Engine.IO, and answers the id that the server gives. */
export async function joined(wire, namespace = "/") {
  const name = namespace === "/" ? "" : `${namespace},`;
  wire.send(`40${name}`);
  const answer = await wire.next("the answer to CONNECT");
  assert.ok(answer.startsWith(`40${name}{"sid":"`), answer);
  assert.equal(await wire.next("the first event"), `42${name}["auth",{}]`);
  return JSON.parse(answer.slice(2 + name.length)).sid;
}
