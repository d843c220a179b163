import { isDuplicateKey } from "../errors/mongo-errors.ts";
import { toChat } from "../model/chat.ts";
import { type ChatRequest, newChatFields } from "../model/new-chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { heldBy, keyHolder, selectedHolders, selectsAll } from "../store/key-holder.ts";
import { isBsonError } from "../store/undecodable.ts";
import { exactly, keyIndexHint } from "../store/key-index.ts";
import { unselectedError } from "../store/new-chat-selection.ts";
import { assertReadable, claimKeylessChat, findKeylessChat } from "../store/keyless-chats.ts";
import { type CreateOutcome, existingOrReleased } from "./held-chat.ts";
import { afterDuplicateKey, winner } from "./lost-race.ts";

/**
 * One attempt on its own, in as few round trips as there can be. `null` when a race was lost to a chat that is gone
 * again, or when a chat lost the key because it is not these people's any more: try anew.
 */
export async function createOneChat(ctx: ChatStore, request: ChatRequest): Promise<CreateOutcome | null> {
  try {
    return await (ctx.legacy === "claim" ? getClaimOrUpsert(ctx, request) : getOrUpsert(ctx, request));
  } catch (error) {
    if (isDuplicateKey(error)) return afterDuplicateKey(ctx, request, error);
    if (isBsonError(error)) return afterBsonError(ctx, request, error);
    throw error;
  }
}

/** Either the chat that is there cannot be decoded, or what the caller has set cannot be encoded. */
async function afterBsonError(
  ctx: ChatStore,
  request: ChatRequest,
  error: Error,
): Promise<CreateOutcome | null> {
  const holder = await keyHolder(ctx, request);
  if (holder !== null) return existingOrReleased(ctx, request, holder);
  throw new TypeError(`set cannot be stored: ${error.message}`, { cause: error });
}

/** Where the upsert could not tell whether `where` selects what it finds, and while none may be made, a look comes first. */
async function getOrUpsert(ctx: ChatStore, request: ChatRequest): Promise<CreateOutcome | null> {
  const mismatch = await ctx.modelAgreement.mismatch();
  if (mismatch === null && selectsAll(ctx)) return upsert(ctx, request);
  const holders = await selectedHolders(ctx, [request]);
  const holder = holders.get(request.key);
  if (holder !== undefined) return existingOrReleased(ctx, request, holder);
  if (mismatch !== null) throw mismatch;
  return upsert(ctx, request);
}

/** While chats without a key exist, one of these people's is claimed before a twin could be inserted. */
async function getClaimOrUpsert(ctx: ChatStore, request: ChatRequest): Promise<CreateOutcome | null> {
  const holders = await selectedHolders(ctx, [request]);
  const holder = holders.get(request.key);
  if (holder !== undefined) return existingOrReleased(ctx, request, holder);
  const mismatch = await ctx.modelAgreement.mismatch();
  if (mismatch !== null) throw mismatch;
  const keyless = await findKeylessChat(ctx, request);
  return keyless === null ? upsert(ctx, request) : claim(ctx, request, keyless);
}

async function claim(
  ctx: ChatStore,
  request: ChatRequest,
  keyless: StoredDocument,
): Promise<CreateOutcome | null> {
  assertReadable(ctx, [keyless]);
  const claimed = await claimKeylessChat(ctx, request, keyless);
  if (claimed === null) return winner(ctx, request);
  return { chat: toChat(ctx.model, claimed), outcome: "claimed" };
}

/**
 * The filter is exactly the index's one field, so that the server itself retries a losing upsert; the hint makes it
 * refuse to insert when the index is not there to judge.
 * Source: https://www.mongodb.com/docs/manual/reference/command/findAndModify/#upsert-with-unique-index
 */
async function upsert(ctx: ChatStore, request: ChatRequest): Promise<CreateOutcome | null> {
  await ctx.keyIndex.verified();
  const unselected = await ctx.newChatSelection.unselected([request]);
  if (unselected.size > 0) throw unselectedError(ctx.model);
  const { value, lastErrorObject } = await ctx.chats.findOneAndUpdate(
    { [ctx.model.chats.keyField]: request.key },
    { $setOnInsert: newChatFields(ctx.model, ctx.newId, request) },
    {
      ...ctx.reading,
      upsert: true,
      returnDocument: "after",
      includeResultMetadata: true,
      hint: keyIndexHint(ctx.model),
      collation: exactly,
      maxTimeMS: ctx.deadlineMs,
    },
  );
  if (value === null) return null;
  if (lastErrorObject?.["updatedExisting"] !== true)
    return { chat: toChat(ctx.model, value), outcome: "created" };
  const holder = heldBy(ctx, request, value);
  // The filter had to be the key alone, so whether `where` selects what was found is still to be asked.
  if (!("chat" in holder) || selectsAll(ctx)) return existingOrReleased(ctx, request, holder);
  return winner(ctx, request);
}
