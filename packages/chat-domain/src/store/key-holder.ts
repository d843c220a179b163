import type { Filter, FindCursor } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { isHintRefused } from "../errors/mongo-errors.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import { mayHoldKeyOf } from "../model/chat-document.ts";
import { type Chat, readableChat } from "../model/chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "./chat-store.ts";
import { exactly, keyIndexHint } from "./key-index.ts";
import { isBsonError, undecodable } from "./undecodable.ts";

/**
 * Who holds a key, after a look: the chat of these people, or a stored chat that is not, because it has changed since it
 * got the key (it has drifted), or one that cannot be read, which is the trouble of those who asked for it alone.
 */
export type KeyHolder =
  | { readonly chat: Chat }
  | { readonly drifted: StoredDocument }
  | { readonly unreadable: ChatError };

/**
 * The holder of a key. `null` where there is none, and where it changed between two looks: a race is no drift.
 *
 * @throws ChatError `INDEX_MISSING`
 */
export async function keyHolder(ctx: ChatStore, identity: ChatIdentity): Promise<KeyHolder | null> {
  const holders = await keyHolders(ctx, [identity]);
  return holders.get(identity.key) ?? null;
}

/** {@link keyHolder} for different keys, by key, with one read; a second one asks for those that were not found. */
export async function keyHolders(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
): Promise<ReadonlyMap<string, KeyHolder>> {
  const holders = await selectedHolders(ctx, identities);
  const missed = identities.filter(({ key }) => !holders.has(key));
  if (missed.length === 0 || selectsAll(ctx)) return holders;
  const outside = await storedByKey(ctx, missed, { $nor: [ctx.model.chats.where] });
  const others = [...outside].map(([key, stored]): readonly [string, KeyHolder] => [
    key,
    stored instanceof ChatError ? { unreadable: stored } : { drifted: stored },
  ]);
  return new Map([...holders, ...others]);
}

/** {@link keyHolders} among the chats that `where` selects: who holds the others' keys is not asked. */
export async function selectedHolders(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
): Promise<ReadonlyMap<string, KeyHolder>> {
  return holdersAmong(ctx, identities, await storedByKey(ctx, identities, ctx.model.chats.where));
}

export interface FirstHolders {
  readonly holders: ReadonlyMap<string, KeyHolder>;
  /** Whose holder is not known yet. */
  readonly unread: ReadonlySet<string>;
}

/**
 * {@link selectedHolders} as far as they fit into one answer of the server, 16 MB: whose chat is in it need not wait until
 * all of many large ones have come.
 */
export async function firstHolders(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
): Promise<FirstHolders> {
  const { stored, unread } = await decodableReply(ctx, identities, ctx.model.chats.where);
  return {
    holders: holdersAmong(ctx, identities, stored),
    unread: new Set(unread.map(({ key }) => key)),
  };
}

function holdersAmong(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
  stored: StoredByKey,
): ReadonlyMap<string, KeyHolder> {
  const holders = new Map<string, KeyHolder>();
  for (const identity of identities) {
    const holder = stored.get(identity.key);
    if (holder === undefined) continue;
    const read = holder instanceof ChatError ? { unreadable: holder } : heldBy(ctx, identity, holder);
    holders.set(identity.key, read);
  }
  return holders;
}

/** What a stored chat with this key is to these people, if `where` selects it. */
export function heldBy({ model }: ChatStore, identity: ChatIdentity, stored: StoredDocument): KeyHolder {
  if (!mayHoldKeyOf(model, stored, identity)) return { drifted: stored };
  const chat = readableChat(model, stored);
  return chat instanceof ChatError ? { unreadable: chat } : { chat };
}

/** Whether nothing can be outside of what `where` selects, so that nobody need be asked. */
export function selectsAll({ model }: ChatStore): boolean {
  return Object.keys(model.chats.where).length === 0;
}

/**
 * Identity is frozen: a chat that has drifted would be shown to somebody whom it is not for.
 *
 * @throws ChatError `INTEGRITY`, always
 */
export function refuseDrifted(ctx: ChatStore, { key }: ChatIdentity, drifted: StoredDocument): never {
  const chatId = participantIdOrNull(drifted._id) ?? "with an unreadable _id";
  ctx.observer.count("integrity");
  ctx.observer.log("error", "a stored chat does not match its key", { chatId, key: keyForLog(key) });
  throw new ChatError(
    "INTEGRITY",
    `chat ${chatId} was refused: its stored participants, its scope or what it is do not match its key; ` +
      'migrator verify lists such chats, migrator up and drift: "release" take the key off them',
  );
}

/**
 * Nobody can be shown a chat that cannot be read, and no other may be made beside it.
 *
 * @throws ChatError `INTEGRITY`, always
 */
export function refuseUnreadable(ctx: ChatStore, { key }: ChatIdentity, unreadable: ChatError): never {
  ctx.observer.count("integrity");
  const { message: reason } = unreadable;
  ctx.observer.log("error", "a stored chat cannot be read", { key: keyForLog(key), reason });
  throw unreadable;
}

/** Enough of the digest to find a chat by, too little to test guesses of who is in it against. */
export function keyForLog(key: string): string {
  return key.slice(0, 11);
}

type StoredByKey = ReadonlyMap<string, StoredDocument | ChatError>;

async function storedByKey(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
  condition: Filter<StoredDocument>,
): Promise<StoredByKey> {
  const all = new Map<string, StoredDocument | ChatError>();
  for (let left = identities; left.length > 0;) {
    const { stored, unread } = await decodableReply(ctx, left, condition);
    for (const [key, holder] of stored) all.set(key, holder);
    left = unread;
  }
  return all;
}

interface Reply {
  readonly stored: StoredByKey;
  /** For whom the server had no room any more; fewer than were asked for. */
  readonly unread: readonly ChatIdentity[];
}

/** Where one document cannot be decoded the others are asked for without it, half by half. */
async function decodableReply(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
  condition: Filter<StoredDocument>,
): Promise<Reply> {
  try {
    return await reply(ctx, identities, condition);
  } catch (error) {
    const [only] = identities;
    if (!isBsonError(error) || only === undefined) throw error;
    if (identities.length === 1) return { stored: new Map([[only.key, undecodable(error)]]), unread: [] };
    const middle = Math.ceil(identities.length / 2);
    const halves = [identities.slice(0, middle), identities.slice(middle)];
    const read = await Promise.all(halves.map((half) => decodableReply(ctx, half, condition)));
    return {
      stored: new Map(read.flatMap(({ stored }) => [...stored])),
      unread: read.flatMap(({ unread }) => unread),
    };
  }
}

async function reply(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
  condition: Filter<StoredDocument>,
): Promise<Reply> {
  const keys = identities.map(({ key }) => key);
  const [only] = keys;
  if (only === undefined) return { stored: new Map(), unread: [] };
  await ctx.keyIndex.verified();
  const { keyField } = ctx.model.chats;
  const held: Filter<StoredDocument> = { [keyField]: keys.length === 1 ? only : { $in: keys } };
  // A key is there once at most, so one answer holds all of them, if it has room, and the server has no cursor to keep.
  const cursor = ctx.chats.find(Object.keys(condition).length === 0 ? held : { $and: [held, condition] }, {
    ...ctx.reading,
    hint: keyIndexHint(ctx.model),
    collation: exactly,
    limit: keys.length,
    batchSize: keys.length,
    maxTimeMS: ctx.deadlineMs,
  });
  const { documents, isAll } = await hinted(ctx, () => firstReply(cursor));
  const stored = new Map(documents.map((document) => [String(document[keyField]), document]));
  return { stored, unread: isAll ? [] : identities.filter(({ key }) => !stored.has(key)) };
}

async function firstReply(
  cursor: FindCursor<StoredDocument>,
): Promise<{ readonly documents: readonly StoredDocument[]; readonly isAll: boolean }> {
  try {
    const documents = (await cursor.hasNext()) ? cursor.readBufferedDocuments() : [];
    return { documents, isAll: cursor.id === undefined || cursor.id.isZero() };
  } finally {
    await cursor.close();
  }
}

/** The first to learn that the index is gone keeps those from writing who wait behind it. */
async function hinted<T>(ctx: ChatStore, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isHintRefused(error)) ctx.keyIndex.forget();
    throw error;
  }
}
