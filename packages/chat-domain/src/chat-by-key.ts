import { type Chat, toChat } from "./chat.ts";
import type { ChatContext } from "./chat-context.ts";
import { isChatOf, keyField, mergedIntoField, type StoredDocument } from "./chat-document.ts";
import { ChatError } from "./chat-error.ts";
import type { ChatIdentity } from "./chat-request.ts";
import { keyIndexHint } from "./key-index.ts";

/**
 * The chat that holds the key, proven to be these people's.
 *
 * @throws ChatError `INTEGRITY`
 */
export async function chatByKey(ctx: ChatContext, identity: ChatIdentity): Promise<Chat | null> {
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
export function matchingChat(ctx: ChatContext, identity: ChatIdentity, stored: StoredDocument): Chat {
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
