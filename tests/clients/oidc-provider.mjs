// An OpenID Connect provider of another maker (oidc-provider, certified by the OpenID Foundation), on a free port of this
// machine. It says `issuer "…"` and waits for a line of JSON: its client's redirect address and secret, and its accounts.
// Then it says `ready null`. Another such line changes them; the line `rotate` has it sign with a new key from then on.
//
// Accounts are {sub, email, email_verified}; whoever logs in types their sub.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import Provider from "oidc-provider";

// Warnings about what a provider in production would do otherwise.
console.warn = console.info = () => {};

const [certificate, key] = process.argv.slice(2);
const tls = certificate && { cert: readFileSync(certificate), key: readFileSync(key) };
const server = tls ? createTlsServer(tls) : createServer();
const say = (word, value = null) => process.stdout.write(`${word} ${JSON.stringify(value)}\n`);

function signingKey(kid) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" };
}

/** The provider with these keys; the first one signs. */
function provider(issuer, settings, keys) {
  const accounts = new Map(settings.accounts.map((account) => [account.sub, account]));
  return new Provider(issuer, {
    clients: [
      {
        client_id: "desk",
        redirect_uris: [settings.redirect],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        id_token_signed_response_alg: "ES256",
        ...(settings.secret
          ? { client_secret: settings.secret, token_endpoint_auth_method: settings.method ?? "client_secret_basic" }
          : { token_endpoint_auth_method: "none" }),
      },
    ],
    jwks: { keys },
    cookies: { keys: ["a key of the tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: settings.userinfo ?? true,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, sub) => accounts.has(sub) && { accountId: sub, claims: () => accounts.get(sub) },
  });
}

server.listen(0, "127.0.0.1", () => {
  const issuer = `${tls ? "https" : "http"}://127.0.0.1:${server.address().port}`;
  const keys = [signingKey("key-1")];
  let settings;
  let handle;
  server.on("request", (request, response) => handle(request, response));
  const serve = () => {
    handle = provider(issuer, settings, keys).callback();
    say("ready");
  };
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      if (line === "rotate") keys.unshift(signingKey(`key-${keys.length + 1}`));
      else settings = JSON.parse(line);
      serve();
    })
    .on("close", () => process.exit(0));
  say("issuer", issuer);
});
