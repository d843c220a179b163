import type { OptionalUnlessRequiredId } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { refusedWrites } from "../errors/mongo-errors.ts";
import { readableChat, toChat } from "../model/chat.ts";
import type { ChatRequest } from "../model/new-chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { firstHolders, type KeyHolder, keyHolders } from "../store/key-holder.ts";
import { assertReadable, claimKeylessChats, findKeylessChats } from "../store/keyless-chats.ts";
import { chatToInsert } from "./chat-to-insert.ts";
import { createOneChat } from "./create-one-chat.ts";
import { type CreateOutcome, existingOrReleased } from "./held-chat.ts";
import { logDuplicateKey, logRetrieved } from "./lost-race.ts";

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

/** A chat that is to be made. */
export interface Creation {
  readonly request: ChatRequest;
  /** Somebody has looked for it, in vain; else it may have been there all along. */
  readonly wasMissing: boolean;
}

/**
 * One write for chats of different keys. A request that the batch cannot answer is made on its own, so that it ends as if
 * it had always been alone.
 */
export async function createChats(
  ctx: ChatStore,
  creations: readonly Creation[],
): Promise<readonly Attempt[]> {
  const requests = creations.map(({ request }) => request);
  const [only] = requests;
  if (only !== undefined && requests.length === 1) return Promise.allSettled([createOneChat(ctx, only)]);
  const written = await writeChats(ctx, requests).catch((error: unknown) => {
    // A keyless chat that cannot be read is the trouble of its own people.
    if (error instanceof ChatError && error.code === "INTEGRITY") return nothingWritten;
    throw error;
  });
  const others = await notInserted(ctx, creations, written);
  return requests.map(({ key }) => {
    const own = written.inserted.get(key);
    return own === undefined ? (others.get(key) ?? unanswered) : created(ctx, own);
  });
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
  assertReadable(ctx, [...keyless.values()]);
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

const unanswered: Attempt = { status: "fulfilled", value: null };

/** Most are new, and are answered without a promise each. */
function created({ model }: ChatStore, stored: StoredDocument): Attempt {
  const chat = readableChat(model, stored);
  if (chat instanceof ChatError) return { status: "rejected", reason: chat };
  return { status: "fulfilled", value: { chat, outcome: "created" } };
}

/** By key, what becomes of those that were not inserted. */
async function notInserted(
  ctx: ChatStore,
  creations: readonly Creation[],
  written: WrittenChats,
): Promise<ReadonlyMap<string, Attempt>> {
  const left = creations.filter(({ request: { key } }) => !written.inserted.has(key));
  const attempts = left.map(async (creation) => {
    const [attempt] = await Promise.allSettled([outcomeOf(ctx, creation, written)]);
    return [creation.request.key, attempt] as const;
  });
  return new Map(await Promise.all(attempts));
}

async function outcomeOf(
  ctx: ChatStore,
  { request, wasMissing }: Creation,
  { keyless, holders }: WrittenChats,
): Promise<CreateOutcome | null> {
  const holder = holders.get(request.key);
  if (holder === undefined) return createOneChat(ctx, request);
  const existing = await existingOrReleased(ctx, request, holder);
  const candidate = keyless.get(request.key);
  if (existing === null) return null;
  if (candidate !== undefined && toChat(ctx.model, candidate).id === existing.chat.id)
    return { ...existing, outcome: "claimed" };
  if (!wasMissing) return existing;
  logDuplicateKey(ctx, request);
  logRetrieved(ctx, request);
  return existing;
}

/** New chats by key, as they are stored. A request that the server refused, or that has to go alone, has none. */
async function insertChats(
  ctx: ChatStore,
  requests: readonly ChatRequest[],
): Promise<ReadonlyMap<string, StoredDocument>> {
  const chats = requests.flatMap((request) => chatToInsert(ctx, request) ?? []);
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
