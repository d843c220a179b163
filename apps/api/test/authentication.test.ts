import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthentication } from "../src/auth/authentication.ts";
import { authSettings, secret, testToken, type TokenClaims, unsignedToken } from "./test-tokens.ts";

const authenticate = createAuthentication(authSettings);

describe("a bearer token", () => {
  it("tells who is calling", async () => {
    expect(await authenticate(`Bearer ${await testToken()}`)).toEqual({
      id: "alice",
      actsForOthers: false,
      administers: false,
    });
    const service = await testToken({ sub: "service", scope: "profile chat:any" });
    expect(await authenticate(`bearer ${service}`)).toEqual({
      id: "service",
      actsForOthers: true,
      administers: false,
    });
    const admin = await testToken({ sub: "admin", scope: "chat:admin" });
    expect(await authenticate(`bearer ${admin}`)).toMatchObject({ actsForOthers: false, administers: true });
  });

  it("does not act for others by a scope that only looks alike", async () => {
    const token = await testToken({ scope: "chat:anything xchat:any chat:administrator" });
    expect(await authenticate(`Bearer ${token}`)).toMatchObject({
      actsForOthers: false,
      administers: false,
    });
  });

  it.each<{ readonly name: string; readonly claims: TokenClaims; readonly message: RegExp }>([
    { name: "has expired", claims: { expiresIn: "-1m" }, message: /expired/ },
    { name: "never expires", claims: { expiresIn: null }, message: /not accepted/ },
    { name: "is not valid yet", claims: { notBefore: "5m" }, message: /not accepted/ },
    { name: "is another issuer's", claims: { issuer: "somebody" }, message: /not accepted/ },
    { name: "is for another audience", claims: { audience: "another-api" }, message: /not accepted/ },
    {
      name: "is signed with another secret",
      claims: { signedWith: "x".repeat(40) },
      message: /not accepted/,
    },
    { name: "uses another algorithm", claims: { algorithm: "HS512" }, message: /not accepted/ },
    { name: "names nobody", claims: { sub: "" }, message: /not accepted/ },
    {
      name: "names somebody with white space around",
      claims: { sub: " alice" },
      message: /not a valid participant id/,
    },
  ])("is refused when it $name", async ({ claims, message }) => {
    const refusal = authenticate(`Bearer ${await testToken(claims)}`);
    await expect(refusal).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      message: expect.stringMatching(message),
    });
  });

  it("is refused when its sub is not text", async () => {
    for (const sub of [42, ["alice"], { $ne: null }, true, null]) {
      const token = new SignJWT({ sub } as unknown as JWTPayload)
        .setProtectedHeader({ alg: "HS256" })
        .setIssuer("onechat")
        .setAudience("onechat")
        .setExpirationTime("5m");
      const signed = await token.sign(new TextEncoder().encode(secret));
      await expect(authenticate(`Bearer ${signed}`)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    }
  });

  it("is refused when it is unsigned, malformed, missing, or of another scheme", async () => {
    const headers = [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      "Bearer a.b.c",
      `Bearer ${unsignedToken("alice")}`,
      "Basic YTpi",
    ];
    for (const header of headers)
      await expect(authenticate(header)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });
});

describe("an issuer's key set", () => {
  const keys = generateKeyPair("ES256");
  let body: unknown = { keys: [] };
  const issuer = createServer((_request, response) => void response.end(JSON.stringify(body)));
  let jwksUrl = "";
  beforeAll(async () => {
    await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
    jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
    body = { keys: [{ ...(await exportJWK((await keys).publicKey)), kid: "1", alg: "ES256" }] };
  });
  afterAll(() => void issuer.close());

  async function signed(kid: string): Promise<string> {
    const token = new SignJWT({}).setProtectedHeader({ alg: "ES256", kid }).setSubject("alice");
    return token
      .setIssuer("onechat")
      .setAudience("onechat")
      .setExpirationTime("5m")
      .sign((await keys).privateKey);
  }

  it("verifies tokens, and refuses those of an unknown key or signed with a secret", async () => {
    const withKeySet = createAuthentication({ ...authSettings, keys: { jwksUrl } });
    expect(await withKeySet(`Bearer ${await signed("1")}`)).toMatchObject({ id: "alice" });
    await expect(withKeySet(`Bearer ${await signed("2")}`)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await expect(withKeySet(`Bearer ${await testToken()}`)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  it("that cannot be had is not the caller's fault", async () => {
    const unreachable = createAuthentication({
      ...authSettings,
      keys: { jwksUrl: "http://127.0.0.1:9/keys" },
    });
    await expect(unreachable(`Bearer ${await signed("1")}`)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
