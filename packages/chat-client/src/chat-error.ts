import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "./app-router.ts";

/** What every failed call rejects with; `data` is `undefined` when no answer of the API arrived. */
export type ChatClientError = TRPCClientError<AppRouter>;

/** Why the API refused, in the words of the domain. */
export type ChatErrorReason = NonNullable<NonNullable<ChatClientError["data"]>["reason"]>;

/**
 * Whether this is an error of a call, and, if a reason is given, of that kind:
 * `if (isChatError(error, "CHAT_NOT_FOUND")) …`
 */
export function isChatError(error: unknown, reason?: ChatErrorReason): error is ChatClientError {
  if (!(error instanceof TRPCClientError)) return false;
  const { data } = error as ChatClientError;
  return reason === undefined || data?.reason === reason;
}
