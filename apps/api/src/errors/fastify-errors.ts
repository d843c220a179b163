import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { errorShape, isUnforeseen, retryAfterHeader, toTrpcError } from "@onechat/chat-router";
import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The procedure behind a REST route, for its errors. */
    readonly procedure?: string;
  }
}

const namesByStatus: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  400: "BAD_REQUEST",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  408: "TIMEOUT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  429: "TOO_MANY_REQUESTS",
  503: "SERVICE_UNAVAILABLE",
};

/** Gives what Fastify itself refuses the one shape that all errors have. */
export function shapeFastifyErrors(server: FastifyInstance): void {
  server.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply));
  server.setNotFoundHandler((request, reply) =>
    sendError(new TRPCError({ code: "NOT_FOUND" }), request, reply),
  );
}

/** Answers a request with an error, and logs it if nobody foresaw it. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusedByFastify(error) ?? toTrpcError(error);
  if (isUnforeseen(refusal)) request.log.error({ err: refusal.cause ?? refusal }, "unforeseen error");
  const path = request.routeOptions.config?.procedure ?? null;
  const shape = errorShape(refusal, { requestId: request.id, path });
  const status = statusOf(error) ?? shape.data.httpStatus;
  return reply
    .code(status)
    .headers(errorHeaders([refusal]))
    .send({ error: { ...shape, data: { ...shape.data, httpStatus: status } } });
}

/** What HTTP wants said beside the status: when to come back, and how to say who one is. */
export function errorHeaders(errors: readonly TRPCError[]): Record<string, string> {
  return {
    // tRPC leaves the type out where it fails before it has a context.
    ...(errors.length > 0 ? { "content-type": "application/json" } : {}),
    ...retryAfterHeader(errors),
    ...(errors.some(({ code }) => code === "UNAUTHORIZED") ? { "www-authenticate": "Bearer" } : {}),
  };
}

/** Headers that an answer has although no hook has seen its request. */
export type HeadersFor = (request: Pick<IncomingHttpHeaders, "origin">) => Readonly<Record<string, string>>;

/** What is refused before there is a route, or a request at all, goes past all hooks. */
export interface EarlyRefusals {
  readonly unroutable: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;
  readonly unparsable: (error: UnparsableError, socket: Socket) => void;
  readonly expectation: (request: IncomingMessage, response: ServerResponse) => void;
}

export function earlyRefusals(headersFor: HeadersFor): EarlyRefusals {
  return {
    // Named and logged here.
    unroutable(error, request, reply) {
      reply.headers({ ...headersFor(request.headers), "x-request-id": request.id });
      void sendError(error, request, reply);
      request.log.info({ method: request.method, route: null, status: reply.statusCode, ms: 0 }, "request");
    },
    unparsable: (error, socket) => refuseUnparsable(error, socket, headersFor),
    expectation: (request, response) => refuseExpectation(response, headersFor(request.headers)),
  };
}

/** Fastify's refusals (malformed JSON, too large, …) carry their status and a message that is fit for callers. */
function refusedByFastify(error: unknown): TRPCError | null {
  const status = statusOf(error);
  if (status === null || !(error instanceof Error)) return null;
  const message = quotingMessages["code" in error ? String(error.code) : ""] ?? error.message;
  return new TRPCError({ code: namesByStatus[status] ?? "BAD_REQUEST", message });
}

/** Refusals whose own message repeats the path. */
const quotingMessages: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: "the path is not a valid URL",
  FST_ERR_MAX_PARAM_LENGTH: "the path is too long",
};

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("statusCode" in error)) return null;
  const { statusCode } = error;
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}

type UnparsableError = Error & { readonly code?: string };

/** What the HTTP parser refuses never becomes a request: the answer is written to the socket by hand. */
function refuseUnparsable(error: UnparsableError, socket: Socket, headersFor: HeadersFor): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = unparsableStatuses[error.code ?? ""] ?? 400;
  const body = refusalBody(status, "the request is not acceptable HTTP");
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    ...Object.entries(headersFor(originIn(Reflect.get(error, "rawPacket")))).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** As far as the request's header came, it may say who asks. */
function originIn(packet: unknown): { readonly origin?: string } {
  const text = packet instanceof Buffer ? packet.toString("latin1") : "";
  const origin = /^origin:[ \t]*(\S+)[ \t]*\r?$/im.exec(text)?.[1];
  return origin === undefined ? {} : { origin };
}

/** An `Expect` header other than for a body: Node asks what to answer, before there is a request for the router. */
function refuseExpectation(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  response.writeHead(417, { ...headers, "content-type": "application/json" });
  response.end(refusalBody(417, "what the request expects cannot be done"));
}

function refusalBody(status: number, message: string): string {
  const refusal = new TRPCError({ code: namesByStatus[status] ?? "BAD_REQUEST", message });
  const shape = errorShape(refusal, {});
  return JSON.stringify({ error: { ...shape, data: { ...shape.data, httpStatus: status } } });
}

const unparsableStatuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
