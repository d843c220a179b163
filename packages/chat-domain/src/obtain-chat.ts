import { type Chat, toChat } from "./chat.ts";
import { chatByKey, keyForLog, matchingChat } from "./chat-by-key.ts";
import type { ChatContext } from "./chat-context.ts";
import { keyField, type StoredDocument } from "./chat-document.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { CreateOrGetChatResult } from "./create-or-get-chat.ts";
import { isDuplicateOf } from "./driver-errors.ts";
import { keyIndexHint } from "./key-index.ts";
import { claimKeylessChat, findKeylessChat } from "./keyless-chat.ts";

/**
 * One attempt for one caller. `null` when a race was lost to a chat that is gone again: try anew.
 *
 * This is the seam for batching: whatever gathers calls answers each of them with the outcome of this function.
 */
export async function obtainChat(
  ctx: ChatContext,
  request: ChatRequest,
): Promise<CreateOrGetChatResult | null> {
  try {
    return await (ctx.legacy === "claim" ? getClaimOrUpsert(ctx, request) : upsert(ctx, request));
  } catch (error) {
    if (!isDuplicateOf(error, keyField)) throw error;
    return afterDuplicateKey(ctx, request);
  }
}

/** While chats without a key exist, one of these people's is claimed before a twin could be inserted. */
async function getClaimOrUpsert(
  ctx: ChatContext,
  request: ChatRequest,
): Promise<CreateOrGetChatResult | null> {
  const chat = await chatByKey(ctx, request);
  if (chat !== null) return existing(ctx, chat);
  const keyless = await findKeylessChat(ctx, request);
  return keyless === null ? upsert(ctx, request) : claim(ctx, request, keyless);
}

async function claim(
  ctx: ChatContext,
  request: ChatRequest,
  keyless: StoredDocument,
): Promise<CreateOrGetChatResult | null> {
  const claimed = await claimKeylessChat(ctx, request, keyless);
  if (claimed === null) return winner(ctx, request);
  ctx.observer.count("claimed");
  return { chat: toChat(ctx.model, claimed), created: false };
}

/**
 * The filter is exactly the index's one field, so that the server itself retries a losing upsert; the hint makes it
 * refuse to insert when the index is not there to judge.
 * Source: https://www.mongodb.com/docs/manual/reference/command/findAndModify/#upsert-with-unique-index
 */
async function upsert(ctx: ChatContext, request: ChatRequest): Promise<CreateOrGetChatResult | null> {
  await ctx.keyIndex.verified();
  const { value, lastErrorObject } = await ctx.chats.findOneAndUpdate(
    { [keyField]: request.key },
    { $setOnInsert: request.setOnInsert },
    {
      upsert: true,
      returnDocument: "after",
      includeResultMetadata: true,
      hint: { ...keyIndexHint },
      maxTimeMS: ctx.deadlineMs,
    },
  );
  if (value === null) return null;
  if (lastErrorObject?.["updatedExisting"] === true) return existing(ctx, matchingChat(ctx, request, value));
  ctx.observer.count("created");
  return { chat: toChat(ctx.model, value), created: true };
}

async function afterDuplicateKey(
  ctx: ChatContext,
  request: ChatRequest,
): Promise<CreateOrGetChatResult | null> {
  const key = keyForLog(request.key);
  ctx.observer.count("raced");
  ctx.observer.log("warn", "duplicate key during upsert", { key });
  const result = await winner(ctx, request);
  if (result !== null) {
    ctx.observer.log("debug", "retrieved existing chat after duplicate key", { key });
  }
  return result;
}

/** What somebody faster has made of the key; `null` when it is gone again. */
async function winner(ctx: ChatContext, request: ChatRequest): Promise<CreateOrGetChatResult | null> {
  const chat = await chatByKey(ctx, request);
  return chat === null ? null : existing(ctx, chat);
}

function existing(ctx: ChatContext, chat: Chat): CreateOrGetChatResult {
  ctx.observer.count("existing");
  return { chat, created: false };
}
