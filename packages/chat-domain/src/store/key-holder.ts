import type { Filter } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { isHintRefused } from "../errors/mongo-errors.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import { mayHoldKeyOf } from "../model/chat-document.ts";
import { type Chat, toChat } from "../model/chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "./chat-store.ts";
import { keyIndexHint } from "./key-index.ts";

/**
 * Who holds a key, after a look: the chat of these people, or a stored chat that is not, because it has changed since it
 * got the key (it has drifted).
 */
export type KeyHolder = { readonly chat: Chat } | { readonly drifted: StoredDocument };

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
  return new Map([...holders, ...[...outside].map(([key, drifted]) => [key, { drifted }] as const)]);
}

/** {@link keyHolders} among the chats that `where` selects: who holds the others' keys is not asked. */
export async function selectedHolders(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
): Promise<ReadonlyMap<string, KeyHolder>> {
  const stored = await storedByKey(ctx, identities, ctx.model.chats.where);
  return new Map(
    identities.flatMap((identity) => {
      const holder = stored.get(identity.key);
      return holder === undefined ? [] : [[identity.key, heldBy(ctx, identity, holder)] as const];
    }),
  );
}

/** What a stored chat with this key is to these people, if `where` selects it. */
export function heldBy({ model }: ChatStore, identity: ChatIdentity, stored: StoredDocument): KeyHolder {
  return mayHoldKeyOf(model, stored, identity) ? { chat: toChat(model, stored) } : { drifted: stored };
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

/** Enough of the digest to find a chat by, too little to test guesses of who is in it against. */
export function keyForLog(key: string): string {
  return key.slice(0, 11);
}

async function storedByKey(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
  condition: Filter<StoredDocument>,
): Promise<ReadonlyMap<string, StoredDocument>> {
  if (identities.length === 0) return new Map();
  await ctx.keyIndex.verified();
  const { keyField } = ctx.model.chats;
  const keys = identities.map(({ key }) => key);
  const [only] = keys;
  const held: Filter<StoredDocument> = { [keyField]: keys.length === 1 ? only : { $in: keys } };
  // A key is there once at most, so one answer holds all of them and the server has no cursor to keep.
  const stored = await hinted(ctx, () =>
    ctx.chats
      .find(Object.keys(condition).length === 0 ? held : { $and: [held, condition] }, {
        hint: keyIndexHint(ctx.model),
        limit: keys.length,
        batchSize: keys.length,
        maxTimeMS: ctx.deadlineMs,
      })
      .toArray(),
  );
  return new Map(stored.map((document) => [String(document[keyField]), document]));
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
