import type { ChatContext } from "./chat-context.ts";
import { keyField, type StoredDocument } from "./chat-document.ts";
import type { ChatIdentity } from "./chat-request.ts";
import { isHintRefused } from "./driver-errors.ts";
import { keyIndexHint } from "./key-index.ts";

/** The stored chats that hold these keys, by key; whose they are is for the reader to check. */
export async function chatsByKeys(
  ctx: ChatContext,
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
async function hinted<T>(ctx: ChatContext, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isHintRefused(error)) ctx.keyIndex.forget();
    throw error;
  }
}
