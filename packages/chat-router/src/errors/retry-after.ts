import { TRPCError } from "@trpc/server";

/** When a refused caller may come back; the cause of the refusal. */
class TryLater extends Error {
  override readonly name = "TryLater";
  readonly seconds: number;

  constructor(seconds: number) {
    super(`try again in ${seconds} s`);
    this.seconds = seconds;
  }
}

/**
 * 429: this caller asks too much.
 *
 * @param waitMs milliseconds until the caller may come back; told in whole seconds, at least one
 * @example
 * ```ts
 * import { tooManyRequests } from "@onechat/chat-router";
 *
 * throw tooManyRequests("this caller makes too many calls", 2_500); // Retry-After: 3
 * ```
 */
export function tooManyRequests(message: string, waitMs: number): TRPCError {
  const cause = new TryLater(Math.max(1, Math.ceil(waitMs / 1_000)));
  return new TRPCError({ code: "TOO_MANY_REQUESTS", message: `${message}; ${cause.message}`, cause });
}

/**
 * The `retry-after` header of an answer with these errors, in seconds; empty where repeating is no use.
 *
 * @example
 * ```ts
 * import { createHTTPServer } from "@trpc/server/adapters/standalone";
 * import { initTRPC } from "@trpc/server";
 * import { retryAfterHeader } from "@onechat/chat-router";
 *
 * createHTTPServer({
 *   router: initTRPC.create().router({}),
 *   responseMeta: ({ errors }) => ({ headers: retryAfterHeader(errors) }),
 * });
 * ```
 */
export function retryAfterHeader(errors: readonly TRPCError[]): { readonly "retry-after"?: string } {
  // A batch is repeated as a whole, so the longest wait counts.
  const wait = Math.max(...errors.map(secondsToWait));
  return wait > 0 ? { "retry-after": String(wait) } : {};
}

function secondsToWait({ cause, code }: TRPCError): number {
  if (cause instanceof TryLater) return cause.seconds;
  return code === "SERVICE_UNAVAILABLE" ? 1 : 0;
}
