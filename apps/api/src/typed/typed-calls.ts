import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from "@trpc/server/adapters/fastify";
import type { FastifyInstance } from "fastify";
import { takeUtf8 } from "../http/utf8-only.ts";
import type { AppRouter } from "../router.ts";
import { answerPlainCalls, plainCallsReader, type TypedCallOptions } from "./plain-calls.ts";

/** The router over tRPC's protocol: plain calls in the shortest way, everything else by tRPC's adapter. */
export async function typedCalls(server: FastifyInstance, options: TypedCallOptions): Promise<void> {
  const readPlainCalls = plainCallsReader(options);
  // A hook and not a route, so that the adapter's plugin stays as it is, with its routes.
  server.addHook("preHandler", (request, reply, done) => {
    const calls = readPlainCalls(request);
    if (calls === null) done();
    else
      answerPlainCalls(calls, options, { request, reply }).catch((error: unknown) => void reply.send(error));
  });
  await server.register((scope, _options, done) => {
    fastifyTRPCPlugin(scope, adapterOptions(options), (error) => {
      // The adapter parses for itself, and brings a parser that takes any bytes for text.
      takeUtf8(scope, (_request, text, parsed) => parsed(null, text));
      done(error);
    });
  });
}

function adapterOptions(options: TypedCallOptions): FastifyTRPCPluginOptions<AppRouter> {
  const { router, maxBatchSize, contextOf, onError, headersOf } = options;
  return {
    trpcOptions: {
      router,
      maxBatchSize,
      allowMethodOverride: true,
      createContext: ({ req }) => contextOf(req),
      onError: ({ error, req }) => onError(error, req),
      responseMeta: ({ errors }) => ({ headers: headersOf(errors) }),
    },
  };
}
