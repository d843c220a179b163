import { Agent, request } from "node:http";
import fc from "fast-check";
import { expect, vi } from "vitest";
import type { TrafficObserver } from "../../src/observe/traffic-observer.ts";
import { type TestApi, testApi, type TestApiOptions, untilReadiness } from "../test-api.ts";
import { testToken } from "../test-tokens.ts";
import { type KnownData, type TypedRequest, typedRequests } from "./typed-requests.ts";

export interface Comparison {
  readonly requests: number;
  /** Answered without the adapter. */
  readonly plain: number;
  /** Answered well, of those. */
  readonly succeeded: number;
}

/**
 * Sends the same generated requests to two servers over one database, of which one has tRPC's adapter only, and expects
 * the same answers, log lines and counts of both.
 */
export async function compareBothWays(requests: number, seed: number): Promise<Comparison> {
  const [own, other] = [recorder(), recorder()];
  const corsOrigins = ["https://app.example"];
  await using api = await testApi({ observer: own.observer, corsOrigins });
  await untilReadiness(api, 200);
  const database = api.chats.db.databaseName;
  await using adapter = await adapterOnly({ observer: other.observer, corsOrigins, database });
  await untilReadiness(adapter, 200);
  const known = await knownData(api);
  const counts = { requests: 0, plain: 0, succeeded: 0 };
  const [ownLog, otherLog] = [lines(api), lines(adapter)];
  own.seen.length = other.seen.length = 0;
  const agent = new Agent({ keepAlive: true });
  const compared = fc.asyncProperty(typedRequests(known), fc.uuid(), async (asked, id) => {
    const [answer, expected] = await Promise.all([
      send(agent, api.url, asked, id),
      send(agent, adapter.url, asked, id),
    ]);
    // In a stream the answers come as they are ready.
    const alike = isStream(asked) && answer.isChunked ? { isChunked: null, body: null } : { isChunked: null };
    expect({ ...answer, ...alike }).toEqual({ ...expected, ...alike });
    counts.requests += 1;
    if (answer.isChunked || !expected.isChunked) return;
    counts.plain += 1;
    if (answer.status === 200) counts.succeeded += 1;
  });
  await fc.assert(compared, { numRuns: requests, seed }).finally(() => agent.destroy());
  expect(own.seen.toSorted()).toEqual(other.seen.toSorted());
  expect(ownLog()).toEqual(otherLog());
  return counts;
}

/** The API from a second copy of its modules, in which no call is a plain one. */
async function adapterOnly(options: TestApiOptions): Promise<TestApi> {
  vi.resetModules();
  vi.doMock("../../src/typed/plain-calls.ts", () => ({ plainCallsReader: () => () => null }));
  const copy = await import("../test-api.ts");
  return copy.testApi(options);
}

/** Three people, in every company there can be, with and without a scope: nothing that is asked makes a new chat. */
async function knownData(api: TestApi): Promise<KnownData> {
  const people = ["alice", "bob", "carol"];
  const ids: string[] = [];
  const service = await testToken({ sub: "service", scope: "chat:any", expiresIn: "1h" });
  for (let members = 1; members < 8; members += 1)
    for (const scope of ["", "s"]) {
      const participants = people.filter((_, bit) => (members >> bit) % 2 === 1);
      const answer = await api.request("/api/chats/create-or-get", {
        method: "POST",
        caller: null,
        headers: { authorization: `Bearer ${service}` },
        body: JSON.stringify({ participants, scope }),
      });
      ids.push(((await answer.json()) as { readonly chat: { readonly id: string } }).chat.id);
    }
  const tokens = [await testToken({ expiresIn: "1h" }), service, await testToken({ expiresIn: "-1h" })];
  return { people, ids, tokens };
}

function isStream({ headers }: TypedRequest): boolean {
  return headers["accept"]?.includes("application/jsonl") === true;
}

interface Answer {
  readonly status: number;
  /** But for the date, and for what frames the body: the adapter streams it. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly isChunked: boolean;
}

const passing = new Set(["date", "content-length", "transfer-encoding"]);

function send(agent: Agent, url: string, asked: TypedRequest, id: string): Promise<Answer> {
  const { method, path, body } = asked;
  const headers = { ...asked.headers, "x-request-id": id, "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, path, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.entries(response.headersDistinct)
            .filter(([name]) => !passing.has(name))
            .map(([name, values]) => `${name}: ${(values ?? []).join(" | ")}`)
            .toSorted(),
          body: Buffer.concat(chunks).toString("latin1"),
          isChunked: response.headers["transfer-encoding"] === "chunked",
        }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** Notes what an observer is told. */
function recorder(): { readonly observer: TrafficObserver; readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    observer: {
      aroundCall: async (procedure, call) => {
        const result = await call();
        seen.push(`${procedure} ${result.ok ? "OK" : result.error?.code}`);
        return result;
      },
      answered: ({ method, route, status }) => void seen.push(`${method} ${route} ${status}`),
      refused: (limit) => void seen.push(limit),
    },
  };
}

/** What is logged from now on, but for the times. */
function lines({ log }: TestApi): () => readonly string[] {
  const start = log.length;
  return () =>
    log
      .slice(start)
      .map((line) => line.replaceAll(/"(time|ms)":[\d.]+/g, ""))
      .toSorted();
}
