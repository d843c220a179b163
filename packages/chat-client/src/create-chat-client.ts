import { createTRPCClient, type TRPCClient } from "@trpc/client";
import type { AppRouter } from "./app-router.ts";
import type { ChatClientOptions } from "./chat-client-options.ts";
import { chatLinks } from "./chat-links.ts";

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
  return createTRPCClient<AppRouter>({ links: chatLinks(options) });
}
