import { ChatError } from "@onechat/chat-domain";
import { initTRPC } from "@trpc/server";
import type { OpenApiMeta } from "trpc-to-openapi";
import { domainError } from "./domain-error-codes.ts";
import { errorShape } from "./error-answer.ts";
import type { RequestContext } from "./request-context.ts";

const t = initTRPC
  .context<RequestContext>()
  .meta<OpenApiMeta>()
  .create({
    isDev: false,
    errorFormatter: ({ error, ctx, path }) =>
      errorShape(error, { requestId: ctx?.requestId ?? null, path: path ?? null }),
  });

export const { router } = t;

/** Domain errors leave every procedure through here. */
const withDomainErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof ChatError) throw domainError(result.error.cause);
  return result;
});

const withCaller = t.middleware(async ({ ctx, next }) => next({ ctx: { caller: await ctx.authenticate() } }));

const whenReady = t.middleware(async ({ ctx, next }) => {
  await ctx.assertReady();
  return next();
});

/** The only way to make a procedure: it has a caller, or it does not run. */
export const procedure = t.procedure.use(withDomainErrors).use(withCaller);

/** A procedure that needs the guarantee, and refuses without it. */
export const guaranteedProcedure = procedure.use(whenReady);
