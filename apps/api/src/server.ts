import cors from "@fastify/cors";
import type { ChatContext } from "@onechat/chat-domain";
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from "@trpc/server/adapters/fastify";
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  fastify,
  LogController,
} from "fastify";
import type { Authenticate } from "./authentication.ts";
import type { Caller } from "./caller.ts";
import { devToken, type DevTokenOptions } from "./dev-token.ts";
import { isUnforeseen } from "./error-answer.ts";
import { rememberRequest } from "./failed-request.ts";
import { health } from "./health.ts";
import {
  errorHeaders,
  refuseExpectation,
  refuseUnparsable,
  refuseUnroutable,
  shapeHttpErrors,
} from "./http-errors.ts";
import { jsonOnly } from "./json-only.ts";
import { maxBatchSize, maxBodyBytes, maxPathLength } from "./limits.ts";
import type { Readiness } from "./readiness.ts";
import type { RequestContext } from "./request-context.ts";
import { requestId } from "./request-id.ts";
import { rest } from "./rest.ts";
import { type AppRouter, appRouter } from "./router.ts";

export interface ServerDependencies {
  readonly chats: ChatContext;
  readonly readiness: Readiness;
  readonly authenticate: Authenticate;
  readonly log: FastifyBaseLogger;
  readonly version: string;
  readonly corsOrigins: readonly string[];
  /** Adds `POST /dev/token`. */
  readonly devToken: DevTokenOptions | null;
}

/** The HTTP server with all its routes, not listening yet. */
export async function createServer(dependencies: ServerDependencies): Promise<FastifyInstance> {
  const server = bareServer(dependencies.log);
  shapeHttpErrors(server);
  logRequests(server);
  echoRequestId(server);
  jsonOnly(server);
  endIdleConnectionsOnClose(server);
  server.server.on("checkExpectation", refuseExpectation);
  if (dependencies.corsOrigins.length > 0)
    await server.register(cors, {
      origin: [...dependencies.corsOrigins],
      methods: ["GET", "POST"],
      exposedHeaders: ["x-request-id", "retry-after"],
    });
  health(server, dependencies.readiness);
  if (dependencies.devToken !== null) devToken(server, dependencies.devToken);
  await serveRouter(server, dependencies);
  return server;
}

function bareServer(log: FastifyBaseLogger): FastifyInstance {
  return fastify({
    // Fastify's own lines only from warnings on: requests and the address are logged by us, once each.
    loggerInstance: log.child({}, { level: log.level === "silent" ? "silent" : "warn" }),
    childLoggerFactory: (_own, bindings, options) => log.child(bindings, options),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    bodyLimit: maxBodyBytes,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: maxPathLength, ignoreTrailingSlash: true },
    genReqId: (request) => requestId(request.headers["x-request-id"]),
    // While closing, what still arrives on an open connection is served; the answer ends the connection.
    return503OnClosing: false,
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: refuseUnparsable,
    // Without it Node answers a request that names no host by itself, with nothing in it.
    http: { requireHostHeader: false },
  });
}

async function serveRouter(server: FastifyInstance, dependencies: ServerDependencies): Promise<void> {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(dependencies, request);
  const options: FastifyTRPCPluginOptions<AppRouter> = {
    prefix: "/trpc",
    trpcOptions: {
      router: appRouter,
      maxBatchSize,
      allowMethodOverride: true,
      createContext: ({ req }) => contextOf(req),
      onError: ({ error, req }) => {
        rememberRequest(error, req.id);
        if (isUnforeseen(error)) req.log.error({ err: error.cause ?? error }, "unforeseen error");
      },
      responseMeta: ({ errors }) => ({ headers: errorHeaders(errors) }),
    },
  };
  await server.register(fastifyTRPCPlugin, options);
  await server.register(rest, { prefix: "/api", version: dependencies.version, contextOf });
}

function requestContext(
  { chats, readiness, authenticate }: ServerDependencies,
  request: FastifyRequest,
): RequestContext {
  let caller: Promise<Caller> | null = null;
  return {
    chats,
    requestId: request.id,
    authenticate: () => (caller ??= authenticate(request.headers.authorization)),
    assertGuarantee: () => readiness.assertGuarantee(),
  };
}

/** One line per request: the route, not the path, because paths hold ids. */
function logRequests(server: FastifyInstance): void {
  server.addHook("onResponse", async (request, reply) => {
    const ms = Math.round(reply.elapsedTime);
    const route = request.routeOptions.url ?? null;
    request.log.info({ method: request.method, route, status: reply.statusCode, ms }, "request");
  });
}

function echoRequestId(server: FastifyInstance): void {
  server.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
}

/** Connections that fall idle after closing began would keep the process for their whole keep-alive time. */
function endIdleConnectionsOnClose(server: FastifyInstance): void {
  let closing = false;
  server.addHook("onSend", async (_request, reply) => {
    if (closing) reply.header("connection", "close");
  });
  server.addHook("preClose", async () => {
    closing = true;
    const sweep = setInterval(() => server.server.closeIdleConnections(), 100);
    server.server.once("close", () => clearInterval(sweep));
  });
}
