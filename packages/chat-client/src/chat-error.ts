import type { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "./app-router.ts";

/** What every failed call rejects with; `data` is `undefined` when no answer arrived. */
export type ChatClientError = TRPCClientError<AppRouter>;

/** Why the API refused: the domain's codes, such as `CHAT_NOT_FOUND`. */
export type ChatErrorReason = NonNullable<NonNullable<ChatClientError["data"]>["reason"]>;

/**
 * Whether this is an error of a call, and, if a reason is given, a refusal for that reason. Judged by what the error
 * holds: it may come from another copy of tRPC, from a client of your own or from another realm. Errors of tRPC APIs
 * that do not answer in the shape of onechat are none.
 *
 * @example
 * ```ts
 * import { createChatClient, isChatError } from "@onechat/chat-client";
 *
 * const client = createChatClient({ url: "http://127.0.0.1:3000", token: "a token" });
 * try {
 *   await client.chat.get.query({ id: "65f0c0ffee0123456789abcd" });
 * } catch (error) {
 *   if (!isChatError(error, "CHAT_NOT_FOUND")) throw error;
 *   console.log("no such chat, or not yours");
 * }
 * ```
 */
export function isChatError(error: unknown, reason?: ChatErrorReason): error is ChatClientError {
  if (!isObject(error) || error["name"] !== "TRPCClientError") return false;
  const { data } = error;
  if (!isObject(data)) return reason === undefined;
  return "reason" in data && (reason === undefined || data["reason"] === reason);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
