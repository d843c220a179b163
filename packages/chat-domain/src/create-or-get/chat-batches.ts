import { BSON, type Document, type OptionalUnlessRequiredId } from "mongodb";
import { refusedWrites } from "../errors/mongo-errors.ts";
import { toChat } from "../model/chat.ts";
import { type ChatRequest, documentOf } from "../model/new-chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { chatsByKeys, matchingChat } from "../store/chats-by-key.ts";
import { claimKeylessChats, findKeylessChats } from "../store/keyless-chats.ts";
import { obtainChat, type Obtained, tellDuplicateKey, tellRetrieved } from "./create-one-chat.ts";

/** What looking came to: `missing` where the chat has to be created, `null` as in {@link obtainChat}. */
export type Lookup = Obtained | "missing" | null;

/**
 * Looks for the chats of different keys with one read. A call that is all alone does everything at once instead: that
 * is the cheapest way there is when nobody waits behind it.
 *
 * @param others how many other batches are in flight
 */
export async function lookUpChats(
  ctx: ChatStore,
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

/** What one attempt came to for a request; `null` as in {@link obtainChat}. */
type Attempt = PromiseSettledResult<Obtained | null>;

/**
 * One write for chats of different keys that were not there when they were looked for. A request that the batch cannot
 * answer is made on its own, so that it ends as if it had always been alone.
 */
export async function createChats(
  ctx: ChatStore,
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
async function writeChats(ctx: ChatStore, requests: readonly ChatRequest[]): Promise<WrittenChats> {
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
  ctx: ChatStore,
  requests: readonly ChatRequest[],
): Promise<ReadonlyMap<string, Attempt>> {
  const attempts = requests.map(async (request) => {
    const [attempt] = await Promise.allSettled([obtainChat(ctx, request)]);
    return [request.key, attempt] as const;
  });
  return new Map(await Promise.all(attempts));
}

function outcomeOf(
  ctx: ChatStore,
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

/** Larger ones go alone, in bytes: together they would not fit into one message, or not into a document at all. */
const largestInBatch = 2 ** 16;

/** New chats by key, as they are stored. A request that the server refused, or that has to go alone, has none. */
async function insertChats(
  ctx: ChatStore,
  requests: readonly ChatRequest[],
): Promise<ReadonlyMap<string, StoredDocument>> {
  const chats = requests.flatMap((request) => newChat(ctx, request) ?? []);
  if (chats.length === 0) return new Map();
  const refused = await refusedWrites(() =>
    ctx.chats.insertMany(
      chats.map(({ document }) => document) as OptionalUnlessRequiredId<StoredDocument>[],
      {
        ordered: false,
        maxTimeMS: ctx.deadlineMs,
      },
    ),
  );
  const inserted = chats.filter((_, index) => !refused.has(index));
  return new Map(inserted.map(({ key, stored }) => [key, stored]));
}

interface NewChat {
  readonly key: string;
  readonly document: Document;
  /** With its values as the driver would read them. */
  readonly stored: StoredDocument;
}

/** `null` for one that would fail the whole batch before it is sent. */
function newChat({ chats, model }: ChatStore, request: ChatRequest): NewChat | null {
  const document = documentOf(model, request);
  try {
    const bytes = BSON.serialize(document, chats.bsonOptions);
    if (bytes.length > largestInBatch) return null;
    const stored = BSON.deserialize(bytes, chats.bsonOptions) as StoredDocument;
    return { key: request.key, document, stored };
  } catch {
    return null;
  }
}

/** What `Promise.allSettled` makes of each, for work that takes no time. */
function settled<T>(work: () => T): PromiseSettledResult<T> {
  try {
    return { status: "fulfilled", value: work() };
  } catch (reason) {
    return { status: "rejected", reason };
  }
}
