import type { ChatContext } from "./chat-context.ts";
import { keyField, recomputedKey, type StoredDocument } from "./chat-document.ts";
import { keylessChatsOf } from "./chat-filters.ts";
import type { ChatIdentity } from "./chat-request.ts";

/** The oldest live chat without a key that has exactly these people, or `null`. */
export async function findKeylessChat(
  ctx: ChatContext,
  identity: ChatIdentity,
): Promise<StoredDocument | null> {
  const filter = keylessChatsOf(ctx.model, identity.ids, identity.scope);
  const matches = ctx.chats.find(filter, { sort: { _id: 1 }, batchSize: 10, maxTimeMS: ctx.deadlineMs });
  // The filter also lets through what is no valid chat of these people, such as one with an unreadable member.
  for await (const keyless of matches) {
    if (recomputedKey(ctx.model, keyless) === identity.key) return keyless;
  }
  return null;
}

/**
 * Gives a keyless chat its key, under the unique index: whoever is second gets a duplicate-key error, which is read as
 * any lost race. `null` when it is no longer a live keyless chat of exactly these people; whatever else changed in it
 * meanwhile does not matter.
 */
export async function claimKeylessChat(
  ctx: ChatContext,
  identity: ChatIdentity,
  keyless: StoredDocument,
): Promise<StoredDocument | null> {
  return ctx.chats.findOneAndUpdate(
    { _id: keyless._id, ...keylessChatsOf(ctx.model, identity.ids, identity.scope) },
    { $set: { [keyField]: identity.key } },
    { returnDocument: "after", maxTimeMS: ctx.deadlineMs },
  );
}
