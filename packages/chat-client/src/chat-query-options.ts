import { isChatError } from "./chat-error.ts";

/** How often TanStack Query itself repeats what fails, unless told. */
const usualRetries = 3;

/**
 * For TanStack Query, so that attempts do not multiply: a call of this client was repeated already when it rejects, and
 * whatever else fails is repeated as ever.
 *
 * @example
 * ```ts
 * import { chatQueryOptions } from "@onechat/chat-client";
 *
 * // new QueryClient({ defaultOptions: { queries: chatQueryOptions } });
 * console.log(chatQueryOptions.retry(0, new Error("of another call"))); // true
 * ```
 */
export const chatQueryOptions = {
  retry: (failures: number, error: unknown): boolean => failures < usualRetries && !isChatError(error),
} as const;
