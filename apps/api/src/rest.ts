import { TRPCError } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { fastifyTRPCOpenApiPlugin, generateOpenApiDocument } from "trpc-to-openapi";
import { z } from "zod";
import { errorHeaders } from "./http-errors.ts";
import { isNestedDeeperThan } from "./nesting.ts";
import type { RequestContext } from "./request-context.ts";
import { appRouter } from "./router.ts";

export interface RestOptions {
  readonly version: string;
  readonly contextOf: (request: FastifyRequest) => RequestContext;
  readonly onError: (failure: { readonly error: TRPCError; readonly req: FastifyRequest }) => void;
}

/** The REST facade: the procedures that have an `openapi` route, and the document that describes them. */
export async function rest(
  server: FastifyInstance,
  { version, contextOf, onError }: RestOptions,
): Promise<void> {
  const document = generateOpenApiDocument(appRouter, {
    title: "onechat",
    description: "Exactly one chat per set of people.",
    version,
    baseUrl: "/api",
    securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
  });
  server.get("/openapi.json", () => document);
  server.addHook("onSend", (_request, reply, payload, done) => {
    done(null, reply.statusCode >= 400 && typeof payload === "string" ? asOneShape(payload) : payload);
  });
  server.addHook("preHandler", async (request) => {
    // The facade writes the body out again, which overflows the stack on what is nested thousands deep.
    if (!isNestedDeeperThan(request.body, 8)) return;
    throw new TRPCError({ code: "BAD_REQUEST", message: "the body is nested too deeply" });
  });
  await server.register(fastifyTRPCOpenApiPlugin, {
    router: appRouter,
    createContext: ({ req }: { readonly req: FastifyRequest }) => contextOf(req),
    onError,
    responseMeta: ({ errors }: { readonly errors: readonly TRPCError[] }) => ({
      headers: errorHeaders(errors),
    }),
  });
}

/** The facade's own body: the formatted error, but with the name of its code and no envelope. */
const FacadeError = z.object({
  message: z.string(),
  code: z.enum(Object.keys(TRPC_ERROR_CODES_BY_KEY) as (keyof typeof TRPC_ERROR_CODES_BY_KEY)[]),
  data: z.looseObject({}),
});

function asOneShape(payload: string): string {
  const parsed = FacadeError.safeParse(JSON.parse(payload));
  if (!parsed.success) return payload;
  const { message, code, data } = parsed.data;
  return JSON.stringify({ error: { message, code: TRPC_ERROR_CODES_BY_KEY[code], data } });
}
