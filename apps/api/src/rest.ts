import type { FastifyInstance, FastifyRequest } from "fastify";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { fastifyTRPCOpenApiPlugin, generateOpenApiDocument } from "trpc-to-openapi";
import { z } from "zod";
import type { RequestContext } from "./request-context.ts";
import { appRouter } from "./router.ts";

export interface RestOptions {
  readonly version: string;
  readonly contextOf: (request: FastifyRequest) => RequestContext;
}

/** The REST facade: the procedures that have an `openapi` route, and the document that describes them. */
export async function rest(server: FastifyInstance, { version, contextOf }: RestOptions): Promise<void> {
  const document = generateOpenApiDocument(appRouter, {
    title: "onechat",
    description: "Exactly one chat per set of people.",
    version,
    baseUrl: "/api",
    securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
  });
  server.get("/openapi.json", () => document);
  server.addHook("onSend", async (_request, reply, payload) =>
    reply.statusCode >= 400 && typeof payload === "string" ? asOneShape(payload) : payload,
  );
  await server.register(fastifyTRPCOpenApiPlugin, {
    router: appRouter,
    createContext: ({ req }: { readonly req: FastifyRequest }) => contextOf(req),
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
