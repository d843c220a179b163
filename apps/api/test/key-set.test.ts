import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createAuthentication } from "../src/auth/authentication.ts";
import { idleServer } from "./idle-server.ts";
import { authSettings } from "./test-tokens.ts";

let answer: (response: ServerResponse) => void = () => undefined;
const issuer = createServer((_request, response) => answer(response));
let jwksUrl = "";
const pairs = new Map<string, { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey }>();

beforeAll(async () => {
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
  for (const kid of ["old", "new"]) pairs.set(kid, await generateKeyPair("ES256"));
});
afterAll(() => {
  issuer.closeAllConnections();
  issuer.close();
});
afterEach(() => void vi.restoreAllMocks());

async function publish(...kids: readonly string[]): Promise<void> {
  const keys = await Promise.all(
    kids.map(async (kid) => ({ ...(await exportJWK(keyOf(kid).publicKey)), kid, alg: "ES256" })),
  );
  answer = (response) => void response.end(JSON.stringify({ keys }));
}

function keyOf(kid: string): { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey } {
  const pair = pairs.get(kid);
  if (pair === undefined) throw new Error(`there is no key ${kid}`);
  return pair;
}

async function tokenOf(kid: string): Promise<string> {
  const token = new SignJWT({}).setProtectedHeader({ alg: "ES256", kid }).setSubject("alice");
  const claims = token.setIssuer("onechat").setAudience("onechat").setExpirationTime("10m");
  return claims.sign(keyOf(kid).privateKey);
}

/** A server that verifies by the issuer's key set; an empty input is refused with 400 once the token is accepted. */
async function server(): Promise<{ call(token: string): Promise<LightMyRequestResponse> } & AsyncDisposable> {
  const authenticate = createAuthentication({ ...authSettings, keys: { jwksUrl } });
  const api = await idleServer({ authenticate });
  return {
    call: (token) =>
      api.inject({
        method: "POST",
        url: "/trpc/chat.createOrGet",
        payload: "{}",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      }),
    [Symbol.asyncDispose]: () => api.close(),
  };
}

describe("an issuer that rotates its keys", () => {
  it("is followed: the new key is taken once it is published, the old one no longer once it is withdrawn", async () => {
    await publish("old");
    await using api = await server();
    expect((await api.call(await tokenOf("old"))).statusCode).toBe(400);
    await publish("old", "new");
    const later = Date.now() + 31_000;
    vi.spyOn(Date, "now").mockImplementation(() => later);
    expect((await api.call(await tokenOf("new"))).statusCode).toBe(400);
    expect((await api.call(await tokenOf("old"))).statusCode).toBe(400);
    await publish("new");
    vi.spyOn(Date, "now").mockImplementation(() => later + 10 * 60_000 + 1);
    expect((await api.call(await tokenOf("old"))).statusCode).toBe(401);
  });

  it("is not asked again for every token of an unknown key", async () => {
    await publish("old");
    let asked = 0;
    const honest = answer;
    answer = (response) => {
      asked += 1;
      honest(response);
    };
    await using api = await server();
    for (let call = 0; call < 5; call += 1)
      expect((await api.call(await tokenOf("new"))).statusCode).toBe(401);
    expect(asked).toBe(1);
  });
});

describe("an issuer whose keys cannot be had", () => {
  it.each<{ readonly name: string; readonly answer: (response: ServerResponse) => void }>([
    { name: "answers with an error", answer: (response) => void response.writeHead(500).end("mallory") },
    { name: "answers with a page", answer: (response) => void response.end("<html>mallory</html>") },
    { name: "cuts the connection", answer: (response) => void response.socket?.destroy() },
    { name: "never answers", answer: () => undefined },
    { name: "answers with no key set", answer: (response) => void response.end('{"keys":"mallory"}') },
  ])("makes calls passing failures, not refusals: it $name", async ({ answer: broken }) => {
    answer = broken;
    await using api = await server();
    const refusal = await api.call(await tokenOf("old"));
    expect([refusal.statusCode, refusal.headers["retry-after"]]).toEqual([503, "1"]);
    expect(refusal.json()).toMatchObject({ error: { data: { reason: "UNAVAILABLE" } } });
    expect(refusal.body).not.toContain("mallory");
    await publish("old");
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 31_000);
    expect((await api.call(await tokenOf("old"))).statusCode).toBe(400);
  });
});
