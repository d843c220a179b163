import { ChatError } from "@onechat/chat-domain";
import { initTRPC } from "@trpc/server";
import type { OpenApiMeta } from "trpc-to-openapi";
import { domainError } from "./domain-error-codes.ts";
import { errorShape } from "./error-answer.ts";
import { requestIdOf } from "./failed-request.ts";
import { refuseLongList } from "./long-list.ts";
import type { RequestContext } from "./request-context.ts";

const t = initTRPC
  .context<RequestContext>()
  .meta<OpenApiMeta>()
  .create({
    isDev: false,
    errorFormatter: ({ error, type, path }) =>
      errorShape(error, {
        requestId: requestIdOf(error),
        // A path that leads to no procedure is the caller's own text: it is not repeated.
        path: type === "unknown" ? null : (path ?? null),
      }),
  });

export const { router } = t;

/** Outermost: what is observed is how a call ends for its caller. */
const observed = t.middleware(({ ctx, path, next }) => ctx.aroundCall(path, next));

/** Domain errors leave every procedure through here. */
const withDomainErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof ChatError) throw domainError(result.error.cause);
  return result;
});

const withCaller = t.middleware(async ({ ctx, next }) => {
  const caller = await ctx.authenticate();
  await ctx.spendCall(caller);
  return next({ ctx: { caller } });
});

const withGuarantee = t.middleware(async ({ ctx, next }) => {
  await ctx.assertGuarantee();
  return next();
});

/** Before the schema looks at every entry: describing a hundred thousand wrong ones takes most of a second. */
const withinLimits = t.middleware(async ({ getRawInput, next }) => {
  refuseLongList(await getRawInput());
  return next();
});

const withAdminScope = t.middleware(async ({ ctx, next }) => {
  // Middlewares of their own do not know of each other's context; the caller is authenticated once however often asked.
  const { administers } = await ctx.authenticate();
  if (!administers) throw new ChatError("FORBIDDEN", "this takes a token with scope chat:admin");
  return next();
});

const called = t.procedure.use(observed).use(withDomainErrors).use(withCaller);

/** For callers of chats: it has a caller and the guarantee, or it does not run. */
export const procedure = called.use(withGuarantee).use(withinLimits);

/** For those who run the API, also while the guarantee is missing. There is no third way to make a procedure. */
export const adminProcedure = called.use(withAdminScope);
