import { type ChatContext, ChatError, participantId } from "@onechat/chat-domain";
import type { inferProcedureBuilderResolverOptions } from "@trpc/server";
import type { ChatCaller } from "./chat-access.ts";
import type { BaseProcedure, ChatCall, ChatProcedure } from "./chat-call.ts";
import { chatProcedures, type ChatRouter } from "./chat-procedures.ts";
import { toTrpcError } from "./errors/error-status.ts";
import { maxListed, tooManyListed } from "./list-limit.ts";

/** The context as the host's own procedures see it, what their middleware has added included. */
type HostContext<Context, Meta, Overrides> = inferProcedureBuilderResolverOptions<
  BaseProcedure<Context, Meta, Overrides>
>["ctx"];

/** All that the chat procedures need of their host. */
export interface ChatRouterOptions<Context, Meta, Overrides> {
  /** What the host makes its own procedures from; its middleware runs before everything here. */
  readonly procedure: BaseProcedure<Context, Meta, Overrides>;
  /** Where the chats are; a function where that depends on the request, as with a database for each tenant. */
  readonly chats: ChatContext | ((ctx: HostContext<Context, Meta, Overrides>) => ChatContext);
  /**
   * Who is calling, asked once for each call, before its input is looked at. What it throws is the answer: tRPC's errors
   * keep their status, the domain's get theirs, and any other is an internal error.
   */
  readonly callerOf: (ctx: HostContext<Context, Meta, Overrides>) => ChatCaller | Promise<ChatCaller>;
}

/**
 * The procedures `createOrGet`, `find`, `get` and `list`, to be put under a name of the host's router and served by
 * whatever adapter serves that. A caller is always among the people of what they create and find, and reads and lists
 * their own chats only, unless they act for others. Domain errors are tRPC's with the status of their code and the
 * `ChatError` as their cause; `errorShape` shows them to clients.
 *
 * `createChatClient` of chat-client can call a host that has them as `chat`, under `/trpc`, without a transformer and with
 * `allowMethodOverride`: it sends queries as POST, because a long list of people does not fit into a URL.
 *
 * @example
 * ```ts
 * import { ensureIndexesIfEmpty } from "@onechat/chat-domain";
 * import { connect } from "@onechat/chat-domain/connect";
 * import { createChatRouter, errorShape } from "@onechat/chat-router";
 * import { initTRPC, TRPCError } from "@trpc/server";
 * import { createHTTPServer } from "@trpc/server/adapters/standalone";
 *
 * const chats = connect({ uri: "mongodb://127.0.0.1:27017", database: "app" });
 * await ensureIndexesIfEmpty(chats);
 *
 * const t = initTRPC.context<{ readonly userId: string | undefined }>().create({
 *   errorFormatter: ({ error, path }) => errorShape(error, { path }),
 * });
 *
 * export const appRouter = t.router({
 *   chat: createChatRouter({
 *     procedure: t.procedure,
 *     chats,
 *     callerOf: ({ userId }) => {
 *       if (userId === undefined) throw new TRPCError({ code: "UNAUTHORIZED" });
 *       return { id: userId };
 *     },
 *   }),
 * });
 *
 * createHTTPServer({
 *   router: appRouter,
 *   basePath: "/trpc/",
 *   allowMethodOverride: true,
 *   // Your sessions here: whoever may choose this header may be anybody.
 *   createContext: ({ req }) => ({ userId: req.headers["x-user"]?.toString() }),
 * }).listen(3000);
 * ```
 */
export function createChatRouter<Context, Meta, Overrides>({
  procedure,
  chats,
  callerOf,
}: ChatRouterOptions<Context, Meta, Overrides>): ChatRouter {
  const chatsOf = typeof chats === "function" ? chats : () => chats;
  // One middleware, because each copies a call's options several times.
  const called = procedure.use(async ({ ctx, getRawInput, next }) => {
    try {
      const caller = withValidId(await callerOf(ctx));
      // Before the schema looks at every entry: describing a hundred thousand wrong ones takes most of a second.
      const call: ChatCall = { caller, chats: chatsOf(ctx) };
      const max = maxListed(call.chats);
      if (tooManyListed(await getRawInput(), max)) throw longList(max);
      const result = await next({ ctx: call });
      return result.ok ? result : { ...result, error: toTrpcError(result.error) };
    } catch (error) {
      throw toTrpcError(error);
    }
  });
  // Whatever the host has in its context beside the call is none of the procedures' business.
  return chatProcedures(called as unknown as ChatProcedure);
}

/** @throws Error when the host names somebody who can be in no chat: its mistake, not the caller's */
function withValidId(caller: ChatCaller): ChatCaller {
  try {
    return { ...caller, id: participantId(caller.id) };
  } catch (cause) {
    throw new Error("callerOf gave no valid participant id", { cause });
  }
}

function longList(max: number): ChatError {
  return new ChatError("INVALID_PARTICIPANTS", `participants has more than ${max} entries`);
}
