import { ChatError } from "@onechat/chat-domain";
import { createChatRouter, errorShape, toTrpcError } from "@onechat/chat-router";
import { initTRPC } from "@trpc/server";
import type { OpenApiMeta } from "trpc-to-openapi";
import type { Caller } from "./auth/caller.ts";
import { requestIdOf } from "./errors/error-request-ids.ts";
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
        path: type === "unknown" ? null : path,
      }),
  });

export const { router } = t;

/** Outermost: what is observed is how a call ends for its caller. Domain errors leave every procedure through here. */
const observed = t.middleware(({ ctx, path, getRawInput, next }) =>
  ctx.aroundCall(path, () =>
    next({ ctx: { rawInput: getRawInput } }).then((result) =>
      result.ok ? result : { ...result, error: toTrpcError(result.error) },
    ),
  ),
);

interface CallContext extends RequestContext {
  /** What is asked, before anybody has looked at it. */
  readonly rawInput: () => Promise<unknown>;
}

/** Whom every procedure serves: known, and with enough left of their quota for what they ask. */
async function admitted(
  { authenticate, consumeQuota, rawInput }: CallContext,
  assertGuarantee?: () => Promise<void>,
): Promise<Caller> {
  const caller = await authenticate();
  await consumeQuota(caller, await rawInput());
  await assertGuarantee?.();
  return caller;
}

const called = t.procedure.use(observed);

/** For callers of chats: a call has a caller and the guarantee, or it does not run. */
export const chatRouter = createChatRouter({
  procedure: called,
  chats: (ctx) => ctx.chats,
  callerOf: (ctx) => admitted(ctx, ctx.assertGuarantee),
});

/** For those who run the API, also while the guarantee is missing. There is no third way to make a procedure. */
export const adminProcedure = called.use(async ({ ctx, next }) => {
  const caller = await admitted(ctx);
  if (!caller.administers) throw new ChatError("FORBIDDEN", "this takes a token with scope chat:admin");
  return next({ ctx: { caller } });
});
