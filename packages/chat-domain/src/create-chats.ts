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
import { settled } from "./settled.ts";

/** What one attempt came to for a request; `null` as in {@link obtainChat}. */
type Attempt = PromiseSettledResult<Obtained | null>;

/**
 * One write for chats of different keys that were not there when they were looked for. A request that the batch cannot
 * answer is made on its own, so that it ends as if it had always been alone.
 */
export async function createChats(
  ctx: ChatContext,
  requests: readonly ChatRequest[],
): Promise<readonly Attempt[]> {
  const [only] = requests;
  if (only !== undefined && requests.length === 1) return Promise.allSettled([obtainChat(ctx, only)]);
  const written = await writeChats(ctx, requests);
  const alone = await createEach(
    ctx,
    requests.filter(({ key }) => !written.inserted.has(key) && !written.stored.has(key)),
  );
  return requests.map((request) => alone.get(request.key) ?? settled(() => outcomeOf(ctx, request, written)));
}

/** What a batch has come to, by key. */
interface WrittenChats {
  readonly inserted: ReadonlyMap<string, StoredDocument>;
  /** Candidates for being claimed. */
  readonly keyless: ReadonlyMap<string, StoredDocument>;
  /** What then held the keys of those that were not inserted. */
  readonly stored: ReadonlyMap<string, StoredDocument>;
}

/** While chats without a key exist, they are claimed before twins could be inserted. */
async function writeChats(ctx: ChatContext, requests: readonly ChatRequest[]): Promise<WrittenChats> {
  // They may have waited long since they were looked for, and an insert takes no hint.
  await ctx.keyIndex.verified();
  const keyless = ctx.legacy === "claim" ? await findKeylessChats(ctx, requests) : new Map<string, never>();
  const [inserted] = await Promise.all([
    insertChats(
      ctx,
      requests.filter(({ key }) => !keyless.has(key)),
    ),
    claimKeylessChats(ctx, requests, keyless),
  ]);
  const others = requests.filter(({ key }) => !inserted.has(key));
  // Reading one of them by the index, with a hint, proves that it was there to judge.
  const proof = requests.find(({ key }) => inserted.has(key));
  const stored = await chatsByKeys(ctx, proof === undefined ? others : [...others, proof]);
  return { inserted, keyless, stored };
}

async function createEach(
  ctx: ChatContext,
  requests: readonly ChatRequest[],
): Promise<ReadonlyMap<string, Attempt>> {
  const attempts = requests.map(async (request) => {
    const [attempt] = await Promise.allSettled([obtainChat(ctx, request)]);
    return [request.key, attempt] as const;
  });
  return new Map(await Promise.all(attempts));
}

function outcomeOf(
  ctx: ChatContext,
  request: ChatRequest,
  { inserted, keyless, stored }: WrittenChats,
): Obtained | null {
  const own = inserted.get(request.key);
  if (own !== undefined) return { chat: toChat(ctx.model, own), how: "created" };
  const winner = stored.get(request.key);
  if (winner === undefined) return null;
  const chat = matchingChat(ctx, request, winner);
  const candidate = keyless.get(request.key);
  if (candidate !== undefined && toChat(ctx.model, candidate).id === chat.id) return { chat, how: "claimed" };
  tellDuplicateKey(ctx, request);
  tellRetrieved(ctx, request);
  return { chat, how: "existing" };
}
