import type { ChatConnection } from "@onechat/chat-domain/connect";
import { connect } from "@onechat/chat-domain/connect";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { createAuthentication } from "../src/auth/authentication.ts";
import { chatTally, logObserver } from "../src/observe/chat-observer.ts";
import { createLogger } from "../src/observe/logger.ts";
import type { LimitSettings } from "../src/limits/limit-settings.ts";
import { createReadiness } from "../src/health/readiness.ts";
import { appRouter } from "../src/router.ts";
import { createServer } from "../src/create-server.ts";
import { type TrafficObserver, noopObserver } from "../src/observe/traffic-observer.ts";
import { noLimits } from "./no-limits.ts";
import { authSettings, secret, testToken } from "./test-tokens.ts";

export interface TestApi extends AsyncDisposable {
  readonly url: string;
  readonly chats: ChatConnection;
  /** What the first signal to stop does. */
  beginShutdown(): void;
  /** Every line that was logged. */
  readonly log: readonly string[];
  /** A request as `caller`, or without a token for `null`. */
  request(path: string, init?: RequestInit & { readonly caller?: string | null }): Promise<Response>;
}

export interface TestApiOptions {
  readonly mongoUri?: string;
  readonly database?: string;
  readonly devToken?: boolean;
  readonly corsOrigins?: readonly string[];
  readonly limits?: Partial<LimitSettings>;
  readonly observer?: TrafficObserver;
}

/** The API in this process, listening on a port of its own, over a database of its own. */
export async function testApi(options: TestApiOptions = {}): Promise<TestApi> {
  const log: string[] = [];
  const logger = createLogger("debug", { stream: { write: (line: string) => void log.push(line) } });
  const tally = chatTally();
  const ownDatabase = options.database === undefined && options.mongoUri === undefined;
  const chats = connect({
    uri: options.mongoUri ?? testMongo().uri,
    database: options.database ?? databaseName("api"),
    observer: logObserver(logger, tally.count),
  });
  const readiness = createReadiness(chats, logger);
  const server = await createServer({
    router: appRouter,
    chats,
    readiness,
    admin: { tally, pool: chats.pool },
    authenticate: createAuthentication(authSettings),
    log: logger,
    version: "0.0.0-test",
    corsOrigins: options.corsOrigins ?? [],
    limits: { ...noLimits, ...options.limits },
    trustedProxies: [],
    console: false,
    observer: options.observer ?? noopObserver,
    devToken: options.devToken === true ? { secret, issuer: "onechat", audience: "onechat" } : null,
  });
  const url = await server.listen({ port: 0, host: "127.0.0.1" });
  return {
    url,
    chats,
    beginShutdown: () => readiness.beginShutdown(),
    log,
    async request(path, { caller = "alice", ...init } = {}) {
      const headers = new Headers(init.headers);
      if (caller !== null) headers.set("authorization", `Bearer ${await testToken({ sub: caller })}`);
      if (init.body !== undefined && !headers.has("content-type"))
        headers.set("content-type", "application/json");
      return fetch(`${url}${path}`, { ...init, headers });
    },
    async [Symbol.asyncDispose]() {
      readiness.beginShutdown();
      await server.close();
      if (ownDatabase) await chats.db.dropDatabase();
      await chats[Symbol.asyncDispose]();
    },
  };
}

/** Polls `/readyz` until it answers with this status. */
export async function untilReadiness(api: TestApi, status: number): Promise<Response> {
  for (;;) {
    const answer = await api.request("/readyz", { caller: null });
    if (answer.status === status) return answer;
    await answer.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
