import type { AnyBulkWriteOperation, Document, UpdateFilter } from "mongodb";
import { refusedWrites } from "../errors/mongo-errors.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import { recomputedKey } from "../model/chat-document.ts";
import { keylessChatsOf } from "../model/chat-filters.ts";
import { ownField } from "../model/own-names.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "./chat-store.ts";

/** The oldest live chat without a key that has exactly these people, or `null`. */
export async function findKeylessChat(
  ctx: ChatStore,
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
  ctx: ChatStore,
  identity: ChatIdentity,
  keyless: StoredDocument,
): Promise<StoredDocument | null> {
  return ctx.chats.findOneAndUpdate(
    { _id: keyless._id, ...keylessChatsOf(ctx.model, identity.ids, identity.scope) },
    keyed(ctx, identity.key),
    { returnDocument: "after", maxTimeMS: ctx.deadlineMs },
  );
}

/** The server merges the sorted scans of so many sets of people without sorting in memory. */
const setsPerQuery = 50;

/** For each set of people their oldest live chat without a key, by key. */
export async function findKeylessChats(
  ctx: ChatStore,
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
  ctx: ChatStore,
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
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
  keyless: ReadonlyMap<string, StoredDocument>,
): Promise<void> {
  const claims = identities.flatMap(({ key, ids, scope }): AnyBulkWriteOperation<StoredDocument>[] => {
    const chat = keyless.get(key);
    if (chat === undefined) return [];
    const filter = { _id: chat._id, ...keylessChatsOf(ctx.model, ids, scope) };
    return [{ updateOne: { filter, update: keyed(ctx, key) } }];
  });
  if (claims.length === 0) return;
  await refusedWrites(() => ctx.chats.bulkWrite(claims, { ordered: false, maxTimeMS: ctx.deadlineMs }));
}

function keyed({ model }: ChatStore, key: string): UpdateFilter<StoredDocument> {
  return {
    $set: { [model.chats.keyField]: key },
    $unset: { [ownField(model, "unkeyedAt")]: "" },
  } as Document;
}
