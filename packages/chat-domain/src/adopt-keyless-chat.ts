import type { ChatContext } from "./chat-context.ts";
import {
  keyField,
  mergedIntoField,
  participantsPath,
  recomputedKey,
  type StoredDocument,
  valueAt,
} from "./chat-document.ts";
import { keylessChatsOf } from "./chat-filters.ts";
import type { ChatIdentity } from "./chat-request.ts";

/** The oldest live chat without a key that has exactly these people, or `null`. */
export async function findKeylessChat(
  ctx: ChatContext,
  identity: ChatIdentity,
): Promise<StoredDocument | null> {
  const filter = keylessChatsOf(ctx.model, identity.ids, identity.scope);
  const oldest = await ctx.chats.findOne(filter, { sort: { _id: 1 }, maxTimeMS: ctx.deadlineMs });
  return oldest !== null && recomputedKey(ctx.model, oldest) === identity.key ? oldest : null;
}

/**
 * Gives the oldest keyless chat of these people its key, under the unique index: whoever is second gets a
 * duplicate-key error, which the caller reads as any lost race. `null` when there is none, or when it changed
 * between reading and writing; the upsert that follows is safe in both cases.
 */
export async function adoptKeylessChat(
  ctx: ChatContext,
  identity: ChatIdentity,
): Promise<StoredDocument | null> {
  const oldest = await findKeylessChat(ctx, identity);
  if (oldest === null) return null;
  const { array } = participantsPath(ctx.model);
  return ctx.chats.findOneAndUpdate(
    { _id: oldest["_id"], [keyField]: null, [mergedIntoField]: null, [array]: valueAt(oldest, array) },
    { $set: { [keyField]: identity.key } },
    { returnDocument: "after", maxTimeMS: ctx.deadlineMs },
  );
}
