import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as bodyOf } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { chatTally } from "../src/observe/chat-observer.ts";
import { alertRules, dashboardExpressions } from "./operations-files.ts";
import { type RunningApi, settings, start } from "./running-api.ts";
import { testToken } from "./test-tokens.ts";

async function createOrGet(api: RunningApi, friend: string, headers = {}): Promise<Response> {
  return fetch(`${api.url}/trpc/chat.createOrGet,chat.createOrGet?batch=1`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await testToken()}`,
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify({ 0: { participants: [friend] }, 1: { participants: [] } }),
  });
}

describe("a process with a port for metrics", () => {
  it("counts what it does, on that port only", async () => {
    await using api = await start(settings({ METRICS_PORT: "0" }));
    for (const friend of ["bob", "bob", "carol"])
      await fetch(`${api.url}/api/chats/create-or-get`, {
        method: "POST",
        headers: { authorization: `Bearer ${await testToken()}`, "content-type": "application/json" },
        body: JSON.stringify({ participants: [friend] }),
      });
    const lines = await (await fetch(api.metricsUrl)).text();
    for (const line of [
      'onechat_create_or_get_total{event="created"} 2',
      'onechat_create_or_get_total{event="existing"} 1',
      'onechat_call_duration_seconds_count{procedure="chat.createOrGet",outcome="OK"} 3',
      'onechat_http_responses_total{method="POST",route="/api/chats/create-or-get",status="200"} 3',
      "onechat_ready 1",
    ])
      expect(lines).toContain(line);
    expect(lines).toMatch(/onechat_mongodb_connections\{state="idle"\} [1-9]/);
    expect((await fetch(`${api.url}/metrics`)).status).toBe(404);
    api.child.kill("SIGTERM");
    expect(await api.ended).toBe(0);
  });
});

/** Series by name, `_bucket`, `_sum` and `_count` of histograms included. */
function seriesNames(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:onechat|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);
}

describe("the dashboard and the alerts", () => {
  it("ask for nothing that a process does not tell", async () => {
    await using api = await start(settings({ METRICS_PORT: "0" }));
    await createOrGet(api, "bob");
    const lines = await (await fetch(api.metricsUrl)).text();
    const told = new Set(lines.split("\n").map((line) => line.split(/[{ ]/, 1)[0] ?? ""));
    // Nothing has been refused yet, so of this one there is only the description.
    for (const [, name = ""] of lines.matchAll(/^# TYPE (\S+) counter$/gm)) told.add(name);
    const expressions = [...(await dashboardExpressions()), ...(await alertRules()).map(({ expr }) => expr)];
    const asked = new Set(expressions.flatMap(seriesNames));
    expect(asked.size).toBeGreaterThan(10);
    expect([...asked].filter((name) => !told.has(name))).toEqual([]);
  });

  it("ask for events that exist", async () => {
    const expressions = [...(await dashboardExpressions()), ...(await alertRules()).map(({ expr }) => expr)];
    const events = expressions.flatMap((expression) =>
      [...expression.matchAll(/event=~?"([^"]+)"/g)].flatMap(([, names = ""]) => names.split("|")),
    );
    expect(Object.keys(chatTally().counts())).toEqual(expect.arrayContaining([...new Set(events)]));
  });
});

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string }[];
}

describe("a process that traces", () => {
  const bodies: string[] = [];
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    bodies.push(await bodyOf(request));
    response.setHeader("content-type", "application/json").end("{}");
  }
  const collector = createServer((request, response) => {
    void receive(request, response);
  });
  beforeAll(() => new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve)));
  afterAll(() => void collector.close());

  const spans = (): readonly Span[] =>
    bodies.flatMap((body) =>
      (
        JSON.parse(body) as {
          readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: Span[] }[] }[];
        }
      ).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );

  it("exports the request, its calls and their database commands as one trace, without ids of people", async () => {
    const { port } = collector.address() as AddressInfo;
    await using api = await start(
      settings({
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_BSP_SCHEDULE_DELAY: "100",
        LOG_LEVEL: "debug",
      }),
    );
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const answer = await createOrGet(api, "mallory", {
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    });
    expect(answer.status).toBe(207);
    await answer.text();
    await fetch(`${api.url}/api/chats?participant=mallory`, {
      headers: { authorization: `Bearer ${await testToken({ sub: "mallory" })}` },
    });
    api.child.kill("SIGTERM");
    expect(await api.ended).toBe(0);
    await vi.waitUntil(() => spans().some(({ name }) => name === "chat.list"));

    const ofRequest = spans().filter((span) => span.traceId === traceId);
    const request = ofRequest.find(({ parentSpanId }) => parentSpanId === "b7ad6b7169203331");
    const calls = ofRequest.filter(({ name }) => name.startsWith("chat."));
    expect(calls.map(({ name }) => name).toSorted()).toEqual(["chat.createOrGet", "chat.createOrGet"]);
    for (const call of calls) expect(call.parentSpanId).toBe(request?.spanId);
    const commands = ofRequest.filter(({ attributes }) =>
      attributes.some(({ key }) => key.startsWith("db.")),
    );
    expect(commands.length).toBeGreaterThan(0);
    expect(spans().filter(({ name }) => /livez|readyz/.test(name))).toEqual([]);
    expect(bodies.join("")).not.toContain("mallory");
    expect(bodies.join("")).toContain("onechat-api");
    const line = api.log.find((one) => one.includes('"request"') && one.includes("/trpc/:path"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({ trace_id: traceId });
  });
});
