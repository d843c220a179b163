import type { FastifyInstance } from "fastify";

/** For answers that are data: a browser that is made to show one as a page runs and loads nothing. */
const securityHeaders = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  // Only heeded over https, which ends at the proxy in front.
  "strict-transport-security": "max-age=31536000",
  // Answers are about their caller: none belongs into a shared cache.
  "cache-control": "no-store",
} as const;

/** A route that is a page replaces the policy by its own. */
export function sendSecurityHeaders(server: FastifyInstance): void {
  server.addHook("onRequest", (_request, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
}
