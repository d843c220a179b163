import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { TrafficObserver } from "../observe/traffic-observer.ts";

/** One line per request: the route, not the path, because paths hold ids. */
export function logRequests(server: FastifyInstance, observer: TrafficObserver): void {
  server.addHook("onResponse", async (request, reply) => {
    const ms = Math.round(reply.elapsedTime);
    const route = request.routeOptions.url ?? null;
    const { method } = request;
    request.log.info({ method, route, status: reply.statusCode, ms }, "request");
    observer.answered({ method, route, status: reply.statusCode });
  });
}

export function echoRequestId(server: FastifyInstance): void {
  server.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
}

const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** The client's request id if it is one that may go into a log, else a new one. */
export function requestId(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && acceptable.test(header) ? header : randomUUID();
}
