import { TRPCError } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** Bodies and answers are plain JSON on every route: what else the frameworks could do is only another way in. */
export function jsonOnly(server: FastifyInstance): void {
  server.addHook("onRequest", (request, _reply, done) => {
    // A streamed answer would commit to status 200 before anything has been decided.
    delete request.raw.headers["trpc-accept"];
    done(
      hasBody(request) && !isJson(request) ? new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE" }) : undefined,
    );
  });
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function isJson({ headers }: FastifyRequest): boolean {
  const encoding = headers["content-encoding"] ?? "identity";
  const type = headers["content-type"] ?? "";
  return encoding === "identity" && /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type);
}
