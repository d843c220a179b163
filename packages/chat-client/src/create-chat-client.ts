import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  type Operation,
  type TRPCClient,
  type TRPCLink,
} from "@trpc/client";
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

export type ChatClient = TRPCClient<AppRouter>;

/**
 * The typed client of a onechat API, for browsers, Node and workers. Calls are repeated after transient failures as far
 * as that is safe, end at their deadline or when their `signal` aborts, and reject with {@link ChatClientError}.
 *
 * @throws TypeError when `options.url` is not an absolute http or https URL
 * @throws RangeError when `options.timeoutMs` or `options.retries` is not a number that makes sense
 * @example
 * ```ts
 * import { createChatClient } from "@onechat/chat-client";
 *
 * const client = createChatClient({ url: "http://127.0.0.1:3000", token: async () => "a token of your issuer" });
 *
 * const { chat, created } = await client.chat.createOrGet.mutate({ participants: ["bob"] });
 * console.log(chat.id, created ? "is new" : "was there");
 *
 * let after: string | undefined;
 * do {
 *   const page = await client.chat.list.query({ limit: 20, after });
 *   console.log(page.chats.map(({ participants }) => participants));
 *   after = page.next ?? undefined;
 * } while (after !== undefined);
 * ```
 */
export function createChatClient(options: ChatClientOptions): ChatClient {
  const resolved = resolveChatClientOptions(options);
  return createTRPCClient<AppRouter>({
    links: [deadlineLink(resolved.timeoutMs), retryPolicy(resolved), transport(resolved)],
  });
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
