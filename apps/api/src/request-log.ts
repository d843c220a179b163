import type { FastifyInstance } from "fastify";
import type { TrafficObserver } from "./traffic-observer.ts";

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
