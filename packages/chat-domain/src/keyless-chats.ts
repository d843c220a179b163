import type { AnyBulkWriteOperation } from "mongodb";
import type { ChatContext } from "./chat-context.ts";
import { keyField, recomputedKey, type StoredDocument } from "./chat-document.ts";
import { keylessChatsOf } from "./chat-filters.ts";
import type { ChatIdentity } from "./chat-request.ts";
import { refusedWrites } from "./refused-writes.ts";

/** The server merges the sorted scans of so many sets of people without sorting in memory. */
const setsPerQuery = 50;

/** For each set of people their oldest live chat without a key, by key. */
export async function findKeylessChats(
  ctx: ChatContext,
  identities: readonly ChatIdentity[],
): Promise<ReadonlyMap<string, StoredDocument>> {
  const parts: Promise<readonly StoredDocument[]>[] = [];
  for (let from = 0; from < identities.length; from += setsPerQuery) {
    parts.push(keylessChats(ctx, identities.slice(from, from + setsPerQuery)));
  }
  const oldest = new Map<string, StoredDocument>();
  for (const keyless of (await Promise.all(parts)).flat()) {
    const key = recomputedKey(ctx.model, keyless);
    if (key !== null && !oldest.has(key)) oldest.set(key, keyless);
  }
  return oldest;
}

function keylessChats(
  ctx: ChatContext,
  identities: readonly ChatIdentity[],
): Promise<readonly StoredDocument[]> {
  const filters = identities.map(({ ids, scope }) => keylessChatsOf(ctx.model, ids, scope));
  return ctx.chats.find({ $or: filters }, { sort: { _id: 1 }, maxTimeMS: ctx.deadlineMs }).toArray();
}

/**
 * Gives keyless chats their keys, each as `claimKeylessChat` does. What became of them is to be read by key: another
 * may have been faster, or the chat no longer one of these people.
 */
export async function claimKeylessChats(
  ctx: ChatContext,
  identities: readonly ChatIdentity[],
  keyless: ReadonlyMap<string, StoredDocument>,
): Promise<void> {
  const claims = identities.flatMap(({ key, ids, scope }): AnyBulkWriteOperation<StoredDocument>[] => {
    const chat = keyless.get(key);
    if (chat === undefined) return [];
    const filter = { _id: chat._id, ...keylessChatsOf(ctx.model, ids, scope) };
    return [{ updateOne: { filter, update: { $set: { [keyField]: key } } } }];
  });
  if (claims.length === 0) return;
  await refusedWrites(() => ctx.chats.bulkWrite(claims, { ordered: false, maxTimeMS: ctx.deadlineMs }));
}
