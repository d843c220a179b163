import type { IncomingHttpHeaders } from "node:http";
import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

/** Origins of browsers that may call: exact ones, and patterns. */
export type AllowedOrigins = readonly (string | RegExp)[];

/** Pages that this machine serves, on whatever port: those of whoever develops an application. */
export const loopbackOrigin = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** What scripts of a listed origin may read of an answer, beside its body. */
const exposedHeaders = "x-request-id, retry-after";

/**
 * Lets scripts of these origins call. On every answer, or a browser shows a refusal as a failed connection: the hook has
 * to come before all that refuse.
 */
export async function allowOrigins(server: FastifyInstance, origins: AllowedOrigins): Promise<void> {
  if (origins.length === 0) return;
  server.addHook("onRequest", (request, reply, done) => {
    reply.headers(originHeaders(origins, request.headers));
    done();
  });
  await server.register(cors, { origin: [...origins], methods: ["GET", "POST"], exposedHeaders });
}

/** The same for answers that go past all hooks. */
export function originHeaders(
  origins: AllowedOrigins,
  { origin }: Pick<IncomingHttpHeaders, "origin">,
): Readonly<Record<string, string>> {
  if (origins.length === 0) return {};
  if (origin === undefined || !isAllowed(origins, origin)) return { vary: "Origin" };
  return {
    vary: "Origin",
    "access-control-allow-origin": origin,
    "access-control-expose-headers": exposedHeaders,
  };
}

function isAllowed(origins: AllowedOrigins, origin: string): boolean {
  return origins.some((one) => (typeof one === "string" ? one === origin : one.test(origin)));
}
