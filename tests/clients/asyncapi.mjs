// Checks an AsyncAPI 3.0 document against the official schema, and the examples in it against their own schemas.
//
//     node asyncapi.mjs docs/asyncapi.json
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import specs from "@asyncapi/specs";
import Ajv from "ajv";
import formats from "ajv-formats";

const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
// The schema of AsyncAPI is not written in what strict mode takes.
const ajv = formats(new Ajv({ strict: false }));

const fits = ajv.compile(specs.schemasWithoutId["3.0.0"]);
assert.ok(fits(document), ajv.errorsText(fits.errors, { separator: "\n" }));

ajv.addSchema(document, "document");
let examples = 0;
for (const [channel, { messages }] of Object.entries(document.channels)) {
  for (const [name, message] of Object.entries(messages)) {
    const isPayload = ajv.compile({ $ref: `document#/channels/${channel}/messages/${name}/payload` });
    assert.ok(message.examples.length > 0, `${channel} ${name} has no example`);
    for (const { payload } of message.examples) {
      examples += 1;
      assert.ok(isPayload(payload), `${channel} ${name}: ${ajv.errorsText(isPayload.errors)}`);
    }
  }
}
console.log(`valid AsyncAPI ${document.asyncapi}, ${examples} examples fit their schemas`);
