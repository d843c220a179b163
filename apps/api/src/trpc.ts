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

/** The only way to make a procedure: it has a caller and the guarantee, or it does not run. */
export const procedure = t.procedure
  .use(observed)
  .use(withDomainErrors)
  .use(withCaller)
  .use(withGuarantee)
  .use(withinLimits);
