import { BSON, type Document, type OptionalUnlessRequiredId } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { refusedWrites } from "../errors/mongo-errors.ts";
import { toChat } from "../model/chat.ts";
import { type ChatRequest, documentOf } from "../model/new-chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { firstHolders, type KeyHolder, keyHolders } from "../store/key-holder.ts";
import { claimKeylessChats, findKeylessChats } from "../store/keyless-chats.ts";
import {
  existingOrReleased,
  logDuplicateKey,
  logRetrieved,
  createOneChat,
  type CreateOutcome,
} from "./create-one-chat.ts";

/**
 * What looking came to: `missing` where the chat has to be created, `unread` where others' were so large that there was no
 * room for it, `null` as in {@link createOneChat}.
 */
export type Lookup = CreateOutcome | "missing" | "unread" | null;

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
  if (only !== undefined && isAlone) return Promise.allSettled([createOneChat(ctx, only)]);
  const { holders, unread } = await firstHolders(ctx, requests);
  const drifted = await resolveDrifted(ctx, requests, holders);
  return requests.map((request) => {
    const holder = holders.get(request.key);
    if (holder === undefined) return fulfilled(unread.has(request.key) ? "unread" : "missing");
    if ("chat" in holder) return fulfilled({ chat: holder.chat, outcome: "existing" });
    return drifted.get(request.key) ?? fulfilled(null);
  });
}

/** Most holders are right, and are answered without a promise each. */
function fulfilled(value: Lookup): PromiseSettledResult<Lookup> {
  return { status: "fulfilled", value };
}

/** By key, what becomes of the requests whose key is held by a chat that has drifted. */
async function resolveDrifted(
  ctx: ChatStore,
  requests: readonly ChatRequest[],
  holders: ReadonlyMap<string, KeyHolder>,
): Promise<ReadonlyMap<string, PromiseSettledResult<Lookup>>> {
  const resolving = requests.flatMap((request) => {
    const holder = holders.get(request.key);
    return holder === undefined || "chat" in holder ? [] : [resolve(ctx, request, holder)];
  });
  return new Map(resolving.length === 0 ? [] : await Promise.all(resolving));
}

async function resolve(
  ctx: ChatStore,
  request: ChatRequest,
  holder: KeyHolder,
): Promise<readonly [string, PromiseSettledResult<Lookup>]> {
  const [settled] = await Promise.allSettled([existingOrReleased(ctx, request, holder)]);
  return [request.key, settled];
}

/** What one attempt came to for a request; `null` as in {@link createOneChat}. */
type Attempt = PromiseSettledResult<CreateOutcome | null>;

/**
 * One write for chats of different keys that were not there when they were looked for. A request that the batch cannot
 * answer is made on its own, so that it ends as if it had always been alone.
 */
export async function createChats(
  ctx: ChatStore,
  requests: readonly ChatRequest[],
): Promise<readonly Attempt[]> {
  const [only] = requests;
  if (only !== undefined && requests.length === 1) return Promise.allSettled([createOneChat(ctx, only)]);
  const written = await writeChats(ctx, requests).catch((error: unknown) => {
    // A keyless chat that cannot be read is the trouble of its own people.
    if (error instanceof ChatError && error.code === "INTEGRITY") return nothingWritten;
    throw error;
  });
  const alone = await createEach(
    ctx,
    requests.filter(({ key }) => !written.inserted.has(key) && !written.holders.has(key)),
  );
  return Promise.all(
    requests.map(async (request) => {
      const [attempt] = await Promise.allSettled([outcomeOf(ctx, request, written)]);
      return alone.get(request.key) ?? attempt;
    }),
  );
}

/** What a batch has come to, by key. */
interface WrittenChats {
  readonly inserted: ReadonlyMap<string, StoredDocument>;
  /** Candidates for being claimed. */
  readonly keyless: ReadonlyMap<string, StoredDocument>;
  /** What then held the keys of those that were not inserted. */
  readonly holders: ReadonlyMap<string, KeyHolder>;
}

const nothingWritten: WrittenChats = { inserted: new Map(), keyless: new Map(), holders: new Map() };

/** While chats without a key exist, they are claimed before twins could be inserted. */
async function writeChats(ctx: ChatStore, requests: readonly ChatRequest[]): Promise<WrittenChats> {
  // They may have waited long since they were looked for, and an insert takes no hint.
  await ctx.keyIndex.verified();
  const mismatch = await ctx.modelAgreement.mismatch();
  if (mismatch !== null) throw mismatch;
  const keyless = ctx.legacy === "claim" ? await findKeylessChats(ctx, requests) : new Map<string, never>();
  const fresh = requests.filter(({ key }) => !keyless.has(key));
  // Each of those is refused for itself.
  const unselected = await ctx.newChatSelection.unselected(fresh);
  const [inserted] = await Promise.all([
    insertChats(
      ctx,
      fresh.filter(({ key }) => !unselected.has(key)),
    ),
    claimKeylessChats(ctx, requests, keyless),
  ]);
  const others = requests.filter(({ key }) => !inserted.has(key));
  // Reading one of them by the index, with a hint, proves that it was there to judge.
  const proof = requests.find(({ key }) => inserted.has(key));
  const holders = await keyHolders(ctx, proof === undefined ? others : [...others, proof]);
  return { inserted, keyless, holders };
}

async function createEach(
  ctx: ChatStore,
  requests: readonly ChatRequest[],
): Promise<ReadonlyMap<string, Attempt>> {
  const attempts = requests.map(async (request) => {
    const [attempt] = await Promise.allSettled([createOneChat(ctx, request)]);
    return [request.key, attempt] as const;
  });
  return new Map(await Promise.all(attempts));
}

async function outcomeOf(
  ctx: ChatStore,
  request: ChatRequest,
  { inserted, keyless, holders }: WrittenChats,
): Promise<CreateOutcome | null> {
  const own = inserted.get(request.key);
  if (own !== undefined) return { chat: toChat(ctx.model, own), outcome: "created" };
  const holder = holders.get(request.key);
  if (holder === undefined) return null;
  const existing = await existingOrReleased(ctx, request, holder);
  const candidate = keyless.get(request.key);
  if (existing === null) return null;
  if (candidate !== undefined && toChat(ctx.model, candidate).id === existing.chat.id)
    return { ...existing, outcome: "claimed" };
  logDuplicateKey(ctx, request);
  logRetrieved(ctx, request);
  return existing;
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
function newChat({ chats, model, newId }: ChatStore, request: ChatRequest): NewChat | null {
  try {
    const document = documentOf(model, newId, request);
    const bytes = BSON.serialize(document, chats.bsonOptions);
    if (bytes.length > largestInBatch) return null;
    const stored = BSON.deserialize(bytes, chats.bsonOptions) as StoredDocument;
    return { key: request.key, document, stored };
  } catch {
    return null;
  }
}
