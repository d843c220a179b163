import { randomUUID } from "node:crypto";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { TrafficObserver } from "../observe/traffic-observer.ts";

/** One line per request: the route, not the path, because paths hold ids. */
export function logRequests(
  server: FastifyInstance,
  log: FastifyBaseLogger,
  observer: TrafficObserver,
): void {
  // Without the search for secrets, which takes longer than all the rest of a line: there are none in these fields.
  const lines = log.child({}, { redact: [] });
  server.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? null;
    const { id, method } = request;
    // Health is asked too often to be worth a line.
    if (request.routeOptions.logLevel !== "silent") {
      const ms = Math.round(reply.elapsedTime);
      lines.info({ requestId: id, method, route, status: reply.statusCode, ms }, "request");
    }
    observer.answered({ method, route, status: reply.statusCode });
    done();
  });
}

export function echoRequestId(server: FastifyInstance): void {
  server.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
}

const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** The client's request id if it is one that may go into a log, else a new one. */
export function requestId(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && acceptable.test(header) ? header : randomUUID();
}
