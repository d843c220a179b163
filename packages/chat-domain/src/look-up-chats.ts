import { matchingChat } from "./chat-by-key.ts";
import type { ChatContext } from "./chat-context.ts";
import type { ChatRequest } from "./chat-request.ts";
import { chatsByKeys } from "./chats-by-keys.ts";
import { obtainChat, type Obtained } from "./obtain-chat.ts";
import { settled } from "./settled.ts";

/** What looking came to: `missing` where the chat has to be created, `null` as in {@link obtainChat}. */
export type Lookup = Obtained | "missing" | null;

/**
 * Looks for the chats of different keys with one read. A call that is all alone does everything at once instead: that
 * is the cheapest way there is when nobody waits behind it.
 *
 * @param others how many other batches are under way
 */
export async function lookUpChats(
  ctx: ChatContext,
  requests: readonly ChatRequest[],
  others: number,
): Promise<readonly PromiseSettledResult<Lookup>[]> {
  const [only] = requests;
  const isAlone = requests.length === 1 && others === 0;
  if (only !== undefined && isAlone) return Promise.allSettled([obtainChat(ctx, only)]);
  const found = await chatsByKeys(ctx, requests);
  return requests.map((request) =>
    settled(() => {
      const stored = found.get(request.key);
      if (stored === undefined) return "missing";
      return { chat: matchingChat(ctx, request, stored), how: "existing" };
    }),
  );
}
