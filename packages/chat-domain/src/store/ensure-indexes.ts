import type { Document } from "mongodb";
import type { ChatStore } from "./chat-store.ts";
import { asCallerErrors, withDeadline } from "./deadline.ts";
import { chatIndexes, existingIndexes } from "./key-index.ts";

/**
 * Builds the indexes that are missing; those that exist are left alone.
 *
 * @throws ChatError `INDEX_MISSING` when an index of the same fields exists with other options, `UNAVAILABLE`
 */
export async function ensureIndexes(ctx: ChatStore): Promise<void> {
  // No deadline: on a large collection a build takes as long as it takes.
  await asCallerErrors(ctx, () => buildMissing(ctx));
  await assertIndexes(ctx);
}

/**
 * Builds the indexes of a collection that is empty or absent, where that takes no time and can meet no duplicates;
 * on any other it only asserts, because building an index on a large collection is a decision of its operator.
 *
 * @throws ChatError `INDEX_MISSING`, `UNAVAILABLE`
 */
export async function ensureIndexesIfEmpty(ctx: ChatStore): Promise<void> {
  const anyChat = await withDeadline(ctx, () => ctx.chats.findOne({}, { projection: { _id: 1 } }));
  await (anyChat === null ? ensureIndexes(ctx) : assertIndexes(ctx));
}

/**
 * Proves that the database can decide the race: one index on exactly the key, unique, sparse, not partial, not
 * hidden and without a collation.
 *
 * @throws ChatError `INDEX_MISSING` with what is wrong and what mends it, `UNAVAILABLE`
 */
export async function assertIndexes(ctx: ChatStore): Promise<void> {
  await withDeadline(ctx, () => ctx.keyIndex.recheck());
}

async function buildMissing(ctx: ChatStore): Promise<void> {
  const existing = await existingIndexes(ctx.chats);
  for (const index of chatIndexes(ctx.model)) {
    if (existing.some((other) => sameKey(other.key, index.key))) continue;
    await ctx.chats.createIndex({ ...index.key }, { ...index.options });
  }
}

function sameKey(a: Document, b: Document): boolean {
  return JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));
}
