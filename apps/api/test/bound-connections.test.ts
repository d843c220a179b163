import { type AddressInfo, connect as connectSocket } from "node:net";
import { until } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import type { LimitName } from "../src/limits/limit-settings.ts";
import { noopObserver } from "../src/observe/traffic-observer.ts";
import { answerTo } from "./answer-to.ts";
import { idleServer, type IdleServerOptions } from "./idle-server.ts";

describe("connections", () => {
  async function full(options: IdleServerOptions) {
    const idle = await idleServer({ ...options, limits: { connections: 1 } });
    const server = Object.assign(idle, { [Symbol.asyncDispose]: () => idle.close() });
    await server.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.server.address() as AddressInfo;
    const first = connectSocket(port, "127.0.0.1");
    await new Promise((resolve) => first.once("connect", resolve));
    return { server, port, first };
  }
  const get = (url: string): string => `GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`;

  it("are bounded: one more is closed", async () => {
    const { server, port, first } = await full({});
    await using _closed = server;
    expect(await answerTo(port, "")).toBe("");
    first.destroy();
  });

  it("keep nobody from asking whether the process lives; the others are told, logged and counted", async () => {
    const refused: LimitName[] = [];
    const observer = { ...noopObserver, refused: (limit: LimitName) => void refused.push(limit) };
    const lines: string[] = [];
    const { server, port, first } = await full({ observer, onLog: (line) => void lines.push(line) });
    await using _closed = server;
    const silent = Array.from({ length: 200 }, () =>
      connectSocket(port, "127.0.0.1").on("error", () => undefined),
    );
    for (const url of ["/livez", "/readyz"])
      expect(await answerTo(port, get(url))).toMatch(/^HTTP\/1\.1 200 [^]*connection: close/i);
    const refusal = await answerTo(port, get("/api/chats"));
    expect(refusal).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1/i);
    expect(refusal).toContain('"reason":"UNAVAILABLE"');
    expect(refused).toContain("connections");
    expect(lines.filter((line) => line.includes("connections are refused"))).toHaveLength(1);
    for (const socket of [first, ...silent]) socket.destroy();
    await until("a connection to be free", async () =>
      (await answerTo(port, `GET /api/chats HTTP/1.0\r\n\r\n`)).startsWith("HTTP/1.1 401"),
    );
  });
});
