import { type AddressInfo, connect } from "node:net";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loopbackOrigin } from "../src/http/browser-origins.ts";
import { parseEnv } from "../src/config/env.ts";
import { idleServer } from "./idle-server.ts";

let server: FastifyInstance;
beforeAll(async () => {
  server = await idleServer();
});
afterAll(() => server.close());

const post = { method: "POST", url: "/api/chats/create-or-get" } as const;

async function rawAnswer(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1", () => void socket.write(bytes));
  const text = await socket.setEncoding("latin1").toArray();
  return text.join("");
}

describe("a script of a listed origin", () => {
  const origin = "https://app.example";

  it.each<InjectOptions & { readonly url: string; readonly status: number }>([
    { url: "/livez", status: 200 },
    { url: "/api/chats", status: 401 },
    { url: "/nowhere", status: 404 },
    { url: "/api/chats/%zz", status: 400 },
    { url: `/trpc/${"x,".repeat(1_000)}`, status: 414 },
    { url: "/api/chats?scope=%ff", status: 400 },
    { ...post, payload: "x", headers: { "content-type": "text/plain" }, status: 415 },
    { ...post, payload: "{", headers: { "content-type": "application/json" }, status: 400 },
  ])("may read every answer: $status to $url", async ({ status, ...request }) => {
    const answer = await server.inject({ ...request, headers: { ...request.headers, origin } });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    expect(answer.headers["access-control-expose-headers"]).toBe("x-request-id, retry-after");
    const foreign = await server.inject({
      ...request,
      headers: { ...request.headers, origin: "https://b.example" },
    });
    expect(foreign.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("may read what is refused before there is a request", async () => {
    await server.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.server.address() as AddressInfo;
    for (const request of [
      `GET /livez HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nExpect: tea\r\nConnection: close\r\n\r\n`,
      `GET /livez HTTP/1.1\r\nOrigin: ${origin}\r\nbad header\r\n\r\n`,
      `GET /livez HTTP/1.1\r\nOrigin: ${origin}\r\nLong: ${"x".repeat(20_000)}\r\n\r\n`,
    ])
      expect((await rawAnswer(port, request)).toLowerCase()).toMatch(
        /^http\/1\.1 4\d\d [^]*access-control-allow-origin: https:\/\/app\.example\r\n/,
      );
  });
});

describe("a page that this machine serves, while developing", () => {
  it("may call by AUTH_DEV, and by nothing else", () => {
    const env = { MONGODB_URI: "mongodb://127.0.0.1:9/", AUTH_JWT_SECRET: "s".repeat(32), NODE_ENV: "test" };
    const originsBy = (more: object): unknown => {
      const parsed = parseEnv({ ...env, ...more });
      return "settings" in parsed ? parsed.settings.corsOrigins : parsed.problems;
    };
    expect(originsBy({})).toEqual([]);
    expect(originsBy({ AUTH_DEV: "1" })).toEqual([loopbackOrigin]);
    expect(originsBy({ AUTH_DEV: "1", CORS_ORIGINS: "https://a.example" })).toEqual([
      "https://a.example",
      loopbackOrigin,
    ]);
  });

  it("is allowed on every port, and nobody whose name only looks like it", async () => {
    const developing = await idleServer({ corsOrigins: [loopbackOrigin] });
    const allowed = async (origin: string): Promise<unknown> => {
      const asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      };
      const preflight = {
        method: "OPTIONS",
        url: "/trpc/chat.createOrGet",
        headers: { origin, ...asked },
      } as const;
      const answers = [
        await developing.inject(preflight),
        await developing.inject({ url: "/api/chats", headers: { origin } }),
      ];
      return answers.map(({ headers }) => headers["access-control-allow-origin"]);
    };
    for (const origin of [
      "http://localhost:5173",
      "http://127.0.0.1:3001",
      "http://[::1]:80",
      "http://localhost",
    ])
      expect(await allowed(origin)).toEqual([origin, origin]);
    for (const origin of ["http://localhost.evil.example", "http://evil.example/localhost", "null"])
      expect(await allowed(origin)).not.toContain(origin);
    await developing.close();
  });
});
