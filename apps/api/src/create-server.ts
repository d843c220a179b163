import type { Server } from "node:http";
import type { ChatContext } from "@onechat/chat-domain";
import { isUnforeseen, maxBatchSize } from "@onechat/chat-router";
import type { TRPCError } from "@trpc/server";
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  fastify,
  LogController,
} from "fastify";
import type { AdminContext, RequestContext } from "./request-context.ts";
import { auditSlot } from "./admin/audit-slot.ts";
import type { Authenticate } from "./auth/authentication.ts";
import type { Caller } from "./auth/caller.ts";
import { endConnections } from "./http/graceful-close.ts";
import { serveConsole } from "./console/serve-console.ts";
import { serveContestant } from "./console/serve-contestant.ts";
import { devToken, type DevTokenOptions } from "./auth/dev-token.ts";
import { noteRequestId } from "./errors/error-request-ids.ts";
import { health } from "./health/health.ts";
import { earlyRefusals, errorHeaders, shapeFastifyErrors } from "./errors/fastify-errors.ts";
import { type AllowedOrigins, allowOrigins, originHeaders } from "./http/browser-origins.ts";
import { utf8Only } from "./http/utf8-only.ts";
import { boundConnections } from "./limits/bound-connections.ts";
import { jsonOnly } from "./http/json-only.ts";
import { callQuota } from "./limits/call-quota.ts";
import { guardTraffic } from "./limits/guard-traffic.ts";
import type { LimitSettings } from "./limits/limit-settings.ts";
import { maxBodyBytes, maxPathLength } from "./limits/request-limits.ts";
import type { Readiness } from "./health/readiness.ts";
import { echoRequestId, logRequests, requestId } from "./http/request-log.ts";
import { rest } from "./rest/rest.ts";
import type { AppRouter } from "./router.ts";
import { sendSecurityHeaders } from "./http/security-headers.ts";
import type { TrafficObserver } from "./observe/traffic-observer.ts";
import { typedCalls } from "./typed/typed-calls.ts";

export interface ServerDependencies {
  /** What is served under `/trpc`. */
  readonly router: AppRouter;
  readonly chats: ChatContext;
  readonly readiness: Readiness;
  readonly admin: Pick<AdminContext, "pool" | "tally">;
  readonly authenticate: Authenticate;
  readonly log: FastifyBaseLogger;
  readonly version: string;
  readonly corsOrigins: AllowedOrigins;
  readonly limits: LimitSettings;
  /** Addresses and networks whose word about a client's address is taken. */
  readonly trustedProxies: readonly string[];
  readonly observer: TrafficObserver;
  readonly console: boolean;
  /** Adds `POST /dev/token`. */
  readonly devToken: DevTokenOptions | null;
}

/** The HTTP server with all its routes, not listening yet. */
export async function createServer(dependencies: ServerDependencies): Promise<FastifyInstance> {
  const server = bareServer(dependencies);
  shapeFastifyErrors(server);
  logRequests(server, dependencies.log, dependencies.observer);
  echoRequestId(server);
  sendSecurityHeaders(server);
  await allowOrigins(server, dependencies.corsOrigins);
  boundConnections(server, { limits: dependencies.limits, onRefused: dependencies.observer.refused });
  jsonOnly(server);
  utf8Only(server);
  endConnections(server, dependencies.readiness.isStopping);
  health(server, dependencies.readiness);
  if (dependencies.console) await serveConsole(server);
  if (dependencies.devToken !== null) devToken(server, dependencies.devToken);
  if (dependencies.console && dependencies.devToken !== null) serveContestant(server, dependencies);
  await server.register((guarded) => serveRouter(guarded, dependencies));
  return server;
}

function bareServer({ log, limits, trustedProxies, corsOrigins }: ServerDependencies): FastifyInstance {
  const refusals = earlyRefusals((headers) => originHeaders(corsOrigins, headers));
  const server = fastify<Server>({
    // Fastify's own lines only from warnings on: requests and the address are logged by us, once each.
    loggerInstance: log.child({}, { level: log.level === "silent" ? "silent" : "warn" }),
    childLoggerFactory: (_own, bindings, options) => log.child(bindings, options),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    bodyLimit: maxBodyBytes,
    requestTimeout: limits.arrivalMs,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: maxPathLength, ignoreTrailingSlash: true },
    genReqId: (request) => requestId(request.headers["x-request-id"]),
    // While closing, what still arrives on an open connection is served; the answer ends the connection.
    return503OnClosing: false,
    frameworkErrors: refusals.unroutable,
    clientErrorHandler: refusals.unparsable,
    http: {
      // Without it Node answers a request that names no host by itself, with nothing in it.
      requireHostHeader: false,
      headersTimeout: limits.arrivalMs,
      connectionsCheckingInterval: Math.min(5_000, limits.arrivalMs),
    },
  });
  server.server.on("checkExpectation", refusals.expectation);
  return server;
}

async function serveRouter(server: FastifyInstance, dependencies: ServerDependencies): Promise<void> {
  const { limits, observer } = dependencies;
  await guardTraffic(server, { limits, onRefused: observer.refused });
  const contextOf = requestContexts(dependencies, {
    consumeQuota: callQuota(limits, observer.refused),
    admin: adminContext(dependencies),
  });
  await server.register(typedCalls, {
    prefix: "/trpc",
    router: dependencies.router,
    maxBatchSize,
    contextOf,
    onError: noteError,
    headersOf: errorHeaders,
  });
  await server.register(rest, { prefix: "/api", version: dependencies.version, contextOf });
}

function noteError(error: TRPCError, { id, log }: FastifyRequest): void {
  noteRequestId(error, id);
  if (isUnforeseen(error)) log.error({ err: error.cause ?? error }, "unforeseen error");
}

function adminContext({ admin, readiness, version }: ServerDependencies): AdminContext {
  return { ...admin, readiness, version, startedAt: new Date(), audits: auditSlot() };
}

/** Made for every request: what is the same for all is made once. */
function requestContexts(
  { chats, readiness, authenticate, observer }: ServerDependencies,
  { consumeQuota, admin }: Pick<RequestContext, "consumeQuota" | "admin">,
): (request: FastifyRequest) => RequestContext {
  const { aroundCall } = observer;
  return (request) => {
    let caller: Promise<Caller> | null = null;
    let guarantee: Promise<void> | null = null;
    return {
      chats,
      admin,
      requestId: request.id,
      authenticate: () => (caller ??= authenticate(request.headers.authorization)),
      assertGuarantee: () => (guarantee ??= readiness.assertGuarantee()),
      consumeQuota,
      aroundCall,
    };
  };
}
