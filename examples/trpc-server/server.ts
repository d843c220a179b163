import { ensureIndexes } from "@onechat/chat-domain";
import { connect } from "@onechat/chat-domain/connect";
import { createChatRouter, errorShape, maxBatchSize, retryAfterHeader } from "@onechat/chat-router";
import { initTRPC, TRPCError } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { z } from "zod";

const { MONGODB_URI = "mongodb://127.0.0.1:27017", MONGODB_DB = "trpc-server", PORT = "3003" } = process.env;

const chats = connect({ uri: MONGODB_URI, database: MONGODB_DB });
await ensureIndexes(chats);

const t = initTRPC.context<{ readonly user: string | undefined }>().create({
  errorFormatter: ({ error, path }) => errorShape(error, { path }),
});

/** What all procedures are made from, those of the chats too: whoever is not signed in gets no further. */
const signedIn = t.procedure.use(({ ctx: { user }, next }) => {
  if (user === undefined) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { user } });
});

const appRouter = t.router({
  // The application's own.
  greeting: signedIn
    .input(z.object({ to: z.string() }))
    .query(({ ctx, input }) => `${ctx.user} says hello to ${input.to}`),
  // createOrGet, find, get and list, for whoever `callerOf` names.
  chat: createChatRouter({ procedure: signedIn, chats, callerOf: ({ user }) => ({ id: user }) }),
});

/** All that the client needs of the server. */
export type AppRouter = typeof appRouter;

createHTTPServer({
  router: appRouter,
  basePath: "/trpc/",
  maxBatchSize,
  // Your sessions here: whoever may choose this header may be anybody.
  createContext: ({ req }) => ({ user: req.headers["x-user"]?.toString() }),
  responseMeta: ({ errors }) => ({ headers: retryAfterHeader(errors) }),
}).listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}/trpc`));
