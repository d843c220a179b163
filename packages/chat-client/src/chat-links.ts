import { httpBatchLink, httpLink, type Operation, type TRPCLink } from "@trpc/client";
import type { AppRouter } from "./app-router.ts";
import { bearerToken } from "./bearer-token.ts";
import {
  type ChatClientOptions,
  type ResolvedChatClientOptions,
  resolveChatClientOptions,
} from "./chat-client-options.ts";
import { deadlineLink } from "./deadline-link.ts";
import { fetchJson } from "./fetch-json.ts";
import { maxBatchSize } from "./max-batch-size.ts";
import { retryPolicy, tokenRefused } from "./retry-policy.ts";

/**
 * The links of {@link createChatClient} for a client that another package of tRPC makes, such as `createTRPCReact` or
 * `createTRPCOptionsProxy`: with them it has the same retries, deadline, waiting and renewal of tokens.
 *
 * @throws TypeError when `options.url` is not an absolute http or https URL
 * @throws RangeError when `options.timeoutMs` or `options.retries` is not a number that makes sense
 * @example
 * ```ts
 * import { type AppRouter, chatLinks } from "@onechat/chat-client";
 * import { createTRPCClient } from "@trpc/client";
 *
 * const client = createTRPCClient<AppRouter>({ links: chatLinks({ url: "http://127.0.0.1:3000", token: "a token" }) });
 * ```
 */
export function chatLinks(options: ChatClientOptions): TRPCLink<AppRouter>[] {
  const resolved = resolveChatClientOptions(options);
  return [deadlineLink(resolved.timeoutMs), retryPolicy(resolved), transport(resolved)];
}

function transport(options: ResolvedChatClientOptions): TRPCLink<AppRouter> {
  // POST for queries too: a list of a hundred participants does not fit into a URL.
  const common = {
    url: options.endpoint,
    methodOverride: "POST",
    // tRPC describes the request in types of its own that every fetch accepts.
    fetch: (url: string | URL | Request, init?: object) => fetchJson(options.fetch, url, init),
  } as const;
  if (!options.batch) return httpLink({ ...common, headers: ({ op }) => authorization(options, [op]) });
  return httpBatchLink({
    ...common,
    maxItems: maxBatchSize,
    headers: ({ opList }) => authorization(options, opList),
  });
}

async function authorization(
  { token }: ResolvedChatClientOptions,
  operations: readonly Operation[],
): Promise<{ readonly authorization: string }> {
  const refused = operations.some(({ context }) => context[tokenRefused] === true);
  return { authorization: await bearerToken(token, refused) };
}
