import type { AddressInfo } from "node:net";
import { until } from "@onechat/testing";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { describe, expect, it } from "vitest";
import type { Caller } from "../src/auth/caller.ts";
import { networkOf } from "../src/limits/network-of.ts";
import type { LimitName } from "../src/limits/limit-settings.ts";
import { type TrafficObserver, noopObserver } from "../src/observe/traffic-observer.ts";
import { answerTo } from "./answer-to.ts";
import { idleServer, type IdleServerOptions } from "./idle-server.ts";
import { testToken } from "./test-tokens.ts";

/** A call that is refused for its input, which is all that a call needs to count. */
const path = "/trpc/chat.createOrGet";

async function call(
  server: FastifyInstance,
  { sub = "alice", scope = "", ip = "192.0.2.1", calls = 1, headers = {} } = {},
): Promise<LightMyRequestResponse> {
  const authorization = `Bearer ${await testToken({ sub, scope })}`;
  const url = calls === 1 ? path : `/trpc/${Array(calls).fill("chat.createOrGet").join(",")}?batch=1`;
  return server.inject({
    method: "POST",
    url,
    payload: "{}",
    remoteAddress: ip,
    headers: { authorization, "content-type": "application/json", ...headers },
  });
}

function refusing(): { readonly refused: LimitName[]; readonly observer: TrafficObserver } {
  const refused: LimitName[] = [];
  return { refused, observer: { ...noopObserver, refused: (limit) => void refused.push(limit) } };
}

async function started(options: IdleServerOptions): Promise<FastifyInstance & AsyncDisposable> {
  const server = await idleServer(options);
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

describe("the quota of a caller", () => {
  it("is theirs alone, and what is above it is told when to come back", async () => {
    const { refused, observer } = refusing();
    await using server = await started({ limits: { callsPerCaller: 2 }, observer });
    const statuses = [];
    for (const sub of ["alice", "alice", "alice", "bob"])
      statuses.push((await call(server, { sub })).statusCode);
    expect(statuses).toEqual([400, 400, 429, 400]);
    const refusal = await call(server);
    expect(Number(refusal.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(Number(refusal.headers["retry-after"])).toBeLessThanOrEqual(10);
    expect(refusal.json()).toMatchObject({
      error: {
        message: expect.stringMatching(/^this caller makes too many calls; try again in \d+ s$/),
        data: { code: "TOO_MANY_REQUESTS", httpStatus: 429, reason: null, path: "chat.createOrGet" },
      },
    });
    expect(refused).toEqual(["caller", "caller"]);
  });

  it("is spent by the people that a call names, ten to a point", async () => {
    await using server = await started({ limits: { callsPerCaller: 10 } });
    const participants = Array.from({ length: 91 }, (_, index) => (index === 0 ? "" : `p${index}`));
    const statuses = [];
    for (const payload of [JSON.stringify({ participants }), "{}"]) {
      const headers = {
        authorization: `Bearer ${await testToken()}`,
        "content-type": "application/json",
      };
      statuses.push((await server.inject({ method: "POST", url: path, payload, headers })).statusCode);
    }
    expect(statuses).toEqual([400, 429]);
  });

  it("is spent by every call of a batch", async () => {
    await using server = await started({ limits: { callsPerCaller: 5 } });
    const answer = await call(server, { calls: 8 });
    const statuses = answer
      .json<readonly { readonly error: { readonly data: { readonly httpStatus: number } } }[]>()
      .map(({ error }) => error.data.httpStatus);
    expect([answer.statusCode, statuses]).toEqual([207, [400, 400, 400, 400, 400, 429, 429, 429]]);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
  });

  it("is another one for tokens that act for others", async () => {
    await using server = await started({ limits: { callsPerCaller: 1, callsPerService: 2 } });
    const statuses = [];
    for (const scope of ["chat:any", "chat:any", "chat:any"])
      statuses.push((await call(server, { sub: "service", scope })).statusCode);
    expect(statuses).toEqual([400, 400, 429]);
  });

  it("is spent over REST as well", async () => {
    await using server = await started({ limits: { callsPerCaller: 1 } });
    await call(server);
    const authorization = `Bearer ${await testToken()}`;
    const answer = await server.inject({ url: "/api/chats", headers: { authorization } });
    expect(answer.statusCode).toBe(429);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
  });
});

describe("the rate of an address", () => {
  it("counts requests without a token, in the one error shape", async () => {
    const { refused, observer } = refusing();
    await using server = await started({ limits: { requestsPerAddress: 1 }, observer });
    const answers = [];
    for (const remoteAddress of ["192.0.2.1", "192.0.2.1", "192.0.2.2"])
      answers.push(await server.inject({ url: "/api/chats", remoteAddress }));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 429, 401]);
    expect(answers[1]?.json()).toMatchObject({ error: { data: { code: "TOO_MANY_REQUESTS" } } });
    expect(answers[1]?.headers).toMatchObject({
      "retry-after": "10",
      "x-request-id": expect.stringMatching(/./),
    });
    expect(refused).toEqual(["address"]);
  });

  it("leaves health alone", async () => {
    await using server = await started({ limits: { requestsPerAddress: 1 } });
    const statuses = [];
    for (const url of ["/livez", "/livez", "/readyz"])
      statuses.push((await server.inject({ url })).statusCode);
    expect(statuses).toEqual([200, 200, 200]);
  });

  it("believes a forwarded address from a trusted proxy only", async () => {
    const limits = { requestsPerAddress: 1 };
    await using server = await started({ limits, trustedProxies: ["10.0.0.0/8"] });
    const from = async (ip: string, forwarded: string): Promise<number> =>
      (await call(server, { ip, headers: { "x-forwarded-for": forwarded } })).statusCode;
    expect([await from("10.1.2.3", "192.0.2.1"), await from("10.1.2.3", "192.0.2.2")]).toEqual([400, 400]);
    expect([await from("192.0.2.9", "192.0.2.3"), await from("192.0.2.9", "192.0.2.4")]).toEqual([400, 429]);
    // What the client itself put in front of the list that the proxy appends to is not believed either.
    expect(await from("10.1.2.3", "192.0.2.77, 192.0.2.1")).toBe(429);
  });

  it("is one for all addresses of an IPv6 network", () => {
    const network = networkOf("2001:db8:1:2:3:4:5:6");
    for (const address of ["2001:db8:1:2::", "2001:0db8:0001:0002:ffff::1", "2001:db8:1:2::7%eth0"])
      expect(networkOf(address)).toBe(network);
    expect(networkOf("2001:db8:1:3::")).not.toBe(network);
    expect([networkOf("::ffff:192.0.2.1"), networkOf("192.0.2.1"), networkOf("::1")]).toEqual([
      "192.0.2.1",
      "192.0.2.1",
      "0:0:0:0",
    ]);
  });

  it("refuses a client that comes again in another spelling", async () => {
    await using server = await started({ limits: { requestsPerAddress: 1 }, trustedProxies: ["10.0.0.0/8"] });
    const from = async (forwarded: string): Promise<number> =>
      (await call(server, { ip: "10.1.2.3", headers: { "x-forwarded-for": forwarded } })).statusCode;
    expect([await from("::ffff:102:304"), await from("1.2.3.4:5678"), await from("1.2.3.5:5678")]).toEqual([
      400, 429, 400,
    ]);
  });
});

describe("requests that are being answered", () => {
  it("are bounded: one more is refused with when to come back, and taken once another has ended", async () => {
    const { refused, observer } = refusing();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let entered = 0;
    const authenticate = async (): Promise<Caller> => {
      entered += 1;
      await held;
      return { id: "alice", actsForOthers: false, administers: false };
    };
    await using server = await started({ limits: { concurrentRequests: 2 }, authenticate, observer });
    const running = [call(server), call(server)];
    await until("two requests to be under way", () => entered === 2);
    const refusal = await call(server);
    expect([refusal.statusCode, refusal.headers["retry-after"]]).toEqual([503, "1"]);
    expect(refusal.json()).toMatchObject({ error: { data: { reason: "UNAVAILABLE" } } });
    expect(refused).toEqual(["concurrency"]);
    release();
    expect((await Promise.all(running)).map(({ statusCode }) => statusCode)).toEqual([400, 400]);
    expect((await call(server)).statusCode).toBe(400);
  });
});

describe("a process whose event loop is late", () => {
  it("refuses calls with when to come back, and says that it is alive", async () => {
    const { refused, observer } = refusing();
    // Less than any loop can do: the sampler itself is late by more.
    await using server = await started({ limits: { eventLoopDelayMs: 1e-9 }, observer });
    await server.listen({ port: 0, host: "127.0.0.1" });
    const answer = await until("a call to be refused", async () => {
      const given = await call(server);
      return given.statusCode === 503 && given;
    });
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.json()).toMatchObject({ error: { data: { reason: "UNAVAILABLE" } } });
    expect(refused).toEqual(["event-loop"]);
    expect((await server.inject({ url: "/livez" })).statusCode).toBe(200);
  });
});

describe("a client that sends slowly", () => {
  it.each([
    { name: "headers", bytes: "POST /api/chats/create-or-get HTTP/1.1\r\nHost: a\r\nX-A" },
    {
      name: "a body",
      bytes:
        'POST /api/chats/create-or-get HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"p',
    },
  ])("$name is told so and cut off, and takes nobody's place meanwhile", async ({ bytes }) => {
    await using server = await started({ limits: { arrivalMs: 300, concurrentRequests: 1 } });
    await server.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.server.address() as AddressInfo;
    const answer = answerTo(port, bytes);
    expect((await call(server)).statusCode).toBe(400);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe("an answer", () => {
  it("gives a browser nothing to run, frame, guess or keep", async () => {
    await using server = await started({});
    for (const url of ["/livez", "/api/openapi.json", "/api/chats", "/nowhere"])
      expect((await server.inject({ url })).headers).toMatchObject({
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      });
  });

  it("lets scripts of listed origins read it, and no others", async () => {
    await using server = await started({});
    const allowed = async (origin: string): Promise<unknown> =>
      (await server.inject({ url: "/api/chats", headers: { origin } })).headers[
        "access-control-allow-origin"
      ];
    expect(await allowed("https://app.example")).toBe("https://app.example");
    for (const origin of ["https://evil.example", "https://app.example.evil.example", "null"])
      expect(await allowed(origin)).toBeUndefined();
  });
});
