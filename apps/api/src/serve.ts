import { setTimeout as sleep } from "node:timers/promises";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import closeWithGrace from "close-with-grace";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { createAuthentication } from "./auth/authentication.ts";
import { type ChatTally, chatTally, logObserver } from "./observe/chat-observer.ts";
import { type Settings, UnusableSetting } from "./config/env.ts";
import type { ProcessSources } from "./metrics/process-metrics.ts";
import { packageVersion } from "./package-version.ts";
import { createReadiness, type Readiness } from "./health/readiness.ts";
import { appRouter } from "./router.ts";
import { createServer } from "./create-server.ts";
import { type TrafficObserver, noopObserver } from "./observe/traffic-observer.ts";

/** Accepted requests have this long to be answered; their own deadline is shorter. */
const graceMs = 10_000;

export interface Tracing {
  /** Puts spans around an observer's calls; `null` when nobody traces. */
  readonly around: ((observer: TrafficObserver) => TrafficObserver) | null;
  /** Flushed at the very end. */
  readonly tracer: AsyncDisposable | null;
}

/**
 * Serves until a signal ends it; resolves, once it listens, with what ends it otherwise.
 *
 * @throws UnusableSetting when the driver does not take the connection string
 */
export async function serve(settings: Settings, log: Logger, tracing: Tracing): Promise<() => void> {
  const tally = chatTally();
  const chats = openChats(settings, log, tally);
  const readiness = createReadiness(chats, log);
  const version = packageVersion();
  const metrics = await serveMetrics(settings, log, { version, tally, pool: chats.pool, readiness });
  const { corsOrigins, limits, trustedProxies } = settings;
  const { issuer, audience } = settings.auth;
  const server = await createServer({
    router: appRouter,
    corsOrigins,
    console: settings.console,
    limits,
    trustedProxies,
    chats,
    readiness,
    admin: { tally, pool: chats.pool },
    log,
    version,
    authenticate: createAuthentication(settings.auth),
    observer: tracing.around?.(metrics.observer) ?? metrics.observer,
    devToken: settings.devTokenSecret === null ? null : { secret: settings.devTokenSecret, issuer, audience },
  });
  const owned = [chats, metrics.server, tracing.tracer];
  const close = closeOnSignal(server, readiness, { log, owned, drainMs: settings.drainMs });
  const url = await server.listen({ port: settings.port, host: settings.host });
  if (settings.devTokenSecret !== null && !isLoopback(settings.host))
    log.warn({ host: settings.host }, "AUTH_DEV hands tokens to anybody who reaches this address");
  log.info({ url, limits }, "listening");
  return close;
}

/** The driver's own words about a bad connection string may quote it, so they are not repeated. */
function openChats({ mongo, legacy }: Settings, log: Logger, tally: ChatTally): ChatConnection {
  try {
    return connect({
      ...mongo,
      legacy,
      appName: "onechat-api",
      observer: logObserver(log, tally.count),
      wholeDocuments: false,
    });
  } catch {
    throw new UnusableSetting(
      "MONGODB_URI: not a connection string that the driver takes; are user and password percent-encoded?",
    );
  }
}

/** Loaded only when there is a port for them. */
async function serveMetrics(
  { metrics: address }: Settings,
  log: Logger,
  sources: ProcessSources,
): Promise<{ readonly observer: TrafficObserver; readonly server: AsyncDisposable | null }> {
  if (address === null) return { observer: noopObserver, server: null };
  const { createMetrics } = await import("./metrics/metrics.ts");
  const { listenForMetrics } = await import("./metrics/metrics-server.ts");
  const metrics = createMetrics(sources);
  const server = await listenForMetrics(metrics, address);
  log.info({ url: server.url }, "metrics");
  return { observer: metrics.observer, server };
}

/** Where only this machine's own programs come in. */
function isLoopback(host: string): boolean {
  return host === "localhost" || /^(\[?::1\]?|127(\.\d+){3})$/.test(host);
}

interface Ending {
  readonly log: Logger;
  readonly owned: readonly (AsyncDisposable | null)[];
  /** How long requests are still taken after readiness has turned, for load balancers to notice. */
  readonly drainMs: number;
}

function closeOnSignal(
  server: FastifyInstance,
  readiness: Readiness,
  { log, owned, drainMs }: Ending,
): () => void {
  const { close } = closeWithGrace({ delay: drainMs + graceMs, logger: log }, async ({ signal, err }) => {
    log.info({ signal, err }, "shutting down");
    readiness.beginShutdown();
    if (err === undefined) await sleep(drainMs);
    await server.close();
    for (const resource of owned) await resource?.[Symbol.asyncDispose]();
  });
  return close;
}
