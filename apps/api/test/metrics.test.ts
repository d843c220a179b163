import { ChatError } from "@onechat/chat-domain";
import { TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { chatTally } from "../src/observe/chat-observer.ts";
import { createMetrics } from "../src/metrics/metrics.ts";
import { listenForMetrics } from "../src/metrics/metrics-server.ts";
import type { ProcessSources } from "../src/metrics/process-metrics.ts";
import { idleServer } from "./idle-server.ts";
import { testToken } from "./test-tokens.ts";

const calm: ProcessSources = {
  version: "1.2.3",
  tally: chatTally(),
  pool: () => ({ open: 5, inUse: 2, waiting: 1 }),
  readiness: { assertReady: async () => undefined },
};

describe("the metrics", () => {
  it("tell what became of calls, by procedure and by how they ended", async () => {
    const { observer, text } = createMetrics(calm);
    const failed = {
      ok: false,
      error: new TRPCError({ code: "NOT_FOUND", cause: new ChatError("CHAT_NOT_FOUND", "no") }),
    };
    await observer.aroundCall("chat.get", async () => ({ ok: true }));
    await observer.aroundCall("chat.get", async () => failed);
    await observer.aroundCall("chat.list", async () => ({
      ok: false,
      error: new TRPCError({ code: "BAD_REQUEST" }),
    }));
    const lines = await text();
    for (const [procedure, outcome] of [
      ["chat.get", "OK"],
      ["chat.get", "CHAT_NOT_FOUND"],
      ["chat.list", "BAD_REQUEST"],
    ])
      expect(lines).toContain(
        `onechat_call_duration_seconds_count{procedure="${procedure}",outcome="${outcome}"} 1`,
      );
    expect(lines).toContain("onechat_calls_in_flight 0");
  });

  it("give back what the call gave, also when it throws", async () => {
    const { observer, text } = createMetrics(calm);
    const result = { ok: true, data: "x" };
    expect(await observer.aroundCall("chat.get", async () => result)).toBe(result);
    const broken = observer.aroundCall("chat.get", () => Promise.reject(new Error("broken")));
    await expect(broken).rejects.toThrow("broken");
    expect(await text()).toContain("onechat_calls_in_flight 0");
  });

  it("tell what the domain has counted, and what the pool does", async () => {
    const tally = chatTally();
    for (const event of ["created", "existing", "existing", "raced"] as const) tally.count(event);
    const lines = await createMetrics({ ...calm, tally }).text();
    for (const line of [
      'onechat_create_or_get_total{event="created"} 1',
      'onechat_create_or_get_total{event="existing"} 2',
      'onechat_create_or_get_total{event="raced"} 1',
      'onechat_create_or_get_total{event="integrity"} 0',
      'onechat_mongodb_connections{state="in_use"} 2',
      'onechat_mongodb_connections{state="idle"} 3',
      "onechat_mongodb_waiting 1",
      "onechat_ready 1",
      "onechat_index_missing 0",
      `onechat_build_info{version="1.2.3",node="${process.version}"} 1`,
    ])
      expect(lines).toContain(line);
  });

  it("tell a missing index from a database that is away", async () => {
    for (const [code, missing] of [
      ["INDEX_MISSING", 1],
      ["UNAVAILABLE", 0],
    ] as const) {
      const readiness = { assertReady: () => Promise.reject(new ChatError(code, "no")) };
      const lines = await createMetrics({ ...calm, readiness }).text();
      expect(lines).toContain("onechat_ready 0");
      expect(lines).toContain(`onechat_index_missing ${missing}`);
    }
  });

  it("name routes and procedures, never what a caller sent", async () => {
    const { observer, text } = createMetrics(calm);
    const server = await idleServer({ observer, limits: { callsPerCaller: 1 } });
    const authorization = `Bearer ${await testToken({ sub: "mallory" })}`;
    for (const url of ["/api/chats/mallory", "/api/chats?limit=mallory", "/trpc/chat.mallory", "/mallory"])
      await server.inject({ url, headers: { authorization } });
    await server.close();
    const lines = await text();
    expect(lines).not.toContain("mallory");
    expect(lines).toContain('onechat_http_responses_total{method="GET",route="/api/chats",status="429"} 1');
    expect(lines).toContain('onechat_http_responses_total{method="GET",route="none",status="404"} 1');
    expect(lines).toContain('onechat_refused_total{limit="caller"} 1');
  });
});

describe("the metrics' port", () => {
  it("answers GET /metrics and nothing else", async () => {
    await using server = await listenForMetrics(createMetrics(calm), { port: 0, host: "127.0.0.1" });
    const answer = await fetch(server.url);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=/);
    expect(await answer.text()).toContain("nodejs_eventloop_lag_p99_seconds");
    expect((await fetch(server.url, { method: "POST" })).status).toBe(404);
    expect((await fetch(new URL("/livez", server.url))).status).toBe(404);
  });
});
