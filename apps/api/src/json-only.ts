import { TRPCError } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** Bodies are JSON on every route: what else the frameworks could read would only be another way in. */
export function jsonOnly(server: FastifyInstance): void {
  server.addHook("onRequest", (request, _reply, done) => {
    done(hasOtherBody(request) ? new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE" }) : undefined);
  });
}

function hasOtherBody({ headers }: FastifyRequest): boolean {
  const type = headers["content-type"];
  if (type !== undefined) return !/^application\/json\s*(;|$)/i.test(type);
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
