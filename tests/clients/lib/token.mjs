import { createHmac } from "node:crypto";

const encode = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");

/** An access token (HS256) that holds for so many seconds from now on. */
export function mint(secret, { sub, role }, seconds) {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ sub, role, exp })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}
