import { ChatError } from "../errors/chat-error.ts";
import { isHintRefused } from "../errors/mongo-errors.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import { isChatOf } from "../model/chat-document.ts";
import { type Chat, toChat } from "../model/chat.ts";
import { keyField, mergedIntoField, type StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "./chat-store.ts";
import { keyIndexHint } from "./key-index.ts";

/**
 * The chat that holds the key, proven to be these people's.
 *
 * @throws ChatError `INTEGRITY`
 */
export async function chatByKey(ctx: ChatStore, identity: ChatIdentity): Promise<Chat | null> {
  await ctx.keyIndex.verified();
  const stored = await ctx.chats.findOne(
    { [keyField]: identity.key },
    { hint: { ...keyIndexHint }, maxTimeMS: ctx.deadlineMs },
  );
  return stored === null ? null : matchingChat(ctx, identity, stored);
}

/**
 * Identity is frozen: a chat whose people changed behind its key would be shown to somebody it is not for. A tombstone
 * has no key; one that has is damaged as well.
 *
 * @throws ChatError `INTEGRITY`
 */
export function matchingChat(ctx: ChatStore, identity: ChatIdentity, stored: StoredDocument): Chat {
  const chat = toChat(ctx.model, stored);
  const live = (stored[mergedIntoField] ?? null) === null;
  if (live && isChatOf(ctx.model, stored, identity)) return chat;
  ctx.observer.count("integrity");
  ctx.observer.log("error", "stored participants do not match the key", {
    chatId: chat.id,
    key: keyForLog(identity.key),
  });
  throw new ChatError(
    "INTEGRITY",
    `chat ${chat.id} was refused: its stored participants do not match its key`,
  );
}

/** Enough of the digest to find a chat by, too little to test guesses of who is in it against. */
export function keyForLog(key: string): string {
  return key.slice(0, 11);
}

/** The stored chats that hold these keys, by key; whose they are is for the reader to check. */
export async function chatsByKeys(
  ctx: ChatStore,
  identities: readonly Pick<ChatIdentity, "key">[],
): Promise<ReadonlyMap<string, StoredDocument>> {
  if (identities.length === 0) return new Map();
  await ctx.keyIndex.verified();
  const keys = identities.map(({ key }) => key);
  // A key is there once at most, so one answer holds all of them and the server has no cursor to keep.
  const stored = await hinted(ctx, () =>
    ctx.chats
      .find(
        { [keyField]: { $in: keys } },
        { hint: { ...keyIndexHint }, limit: keys.length, batchSize: keys.length, maxTimeMS: ctx.deadlineMs },
      )
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
