import { toChat } from "./chat.ts";
import { matchingChat } from "./chat-by-key.ts";
import type { ChatContext } from "./chat-context.ts";
import type { StoredDocument } from "./chat-document.ts";
import type { ChatRequest } from "./chat-request.ts";
import { chatsByKeys } from "./chats-by-keys.ts";
import { insertChats } from "./insert-chats.ts";
import { claimKeylessChats, findKeylessChats } from "./keyless-chats.ts";
import { tellDuplicateKey, tellRetrieved } from "./lost-race.ts";
import { obtainChat, type Obtained } from "./obtain-chat.ts";

/** What one attempt came to for a request; `null` as in {@link obtainChat}. */
export type Attempt = PromiseSettledResult<Obtained | null>;

/**
 * One attempt for callers of different keys at once: one read, and one write for whatever is missing. A request that
 * the batch cannot answer is made on its own, so that it ends as if it had always been alone.
 */
export async function obtainChats(
  ctx: ChatContext,
  requests: readonly ChatRequest[],
): Promise<readonly Attempt[]> {
  const [only] = requests;
  if (only !== undefined && requests.length === 1) return Promise.allSettled([obtainChat(ctx, only)]);
  const found = await chatsByKeys(ctx, requests);
  const missing = requests.filter(({ key }) => !found.has(key));
  const made = await makeChats(ctx, missing);
  return Promise.allSettled(
    requests.map(async (request) => {
      const stored = found.get(request.key);
      if (stored === undefined) return outcomeOf(ctx, request, made);
      return { chat: matchingChat(ctx, request, stored), how: "existing" as const };
    }),
  );
}

/** What became of chats that were not there, by key. */
interface MadeChats {
  readonly inserted: ReadonlyMap<string, StoredDocument>;
  /** Candidates for being claimed. */
  readonly keyless: ReadonlyMap<string, StoredDocument>;
  /** What then held the keys of those that were not inserted. */
  readonly stored: ReadonlyMap<string, StoredDocument>;
}

/** While chats without a key exist, they are claimed before twins could be inserted. */
async function makeChats(ctx: ChatContext, missing: readonly ChatRequest[]): Promise<MadeChats> {
  const keyless = ctx.legacy === "claim" ? await findKeylessChats(ctx, missing) : new Map<string, never>();
  const [inserted] = await Promise.all([
    insertChats(
      ctx,
      missing.filter(({ key }) => !keyless.has(key)),
    ),
    claimKeylessChats(ctx, missing, keyless),
  ]);
  const others = missing.filter(({ key }) => !inserted.has(key));
  // An insert takes no hint: reading one of them by the index proves that it was there to judge.
  const proof = missing.find(({ key }) => inserted.has(key));
  const stored = await chatsByKeys(ctx, proof === undefined ? others : [...others, proof]);
  return { inserted, keyless, stored };
}

async function outcomeOf(
  ctx: ChatContext,
  request: ChatRequest,
  { inserted, keyless, stored }: MadeChats,
): Promise<Obtained | null> {
  const own = inserted.get(request.key);
  if (own !== undefined) return { chat: toChat(ctx.model, own), how: "created" };
  const winner = stored.get(request.key);
  if (winner === undefined) return obtainChat(ctx, request);
  const chat = matchingChat(ctx, request, winner);
  const candidate = keyless.get(request.key);
  if (candidate !== undefined && toChat(ctx.model, candidate).id === chat.id) return { chat, how: "claimed" };
  tellDuplicateKey(ctx, request);
  tellRetrieved(ctx, request);
  return { chat, how: "existing" };
}
