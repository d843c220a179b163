import { adoptKeylessChat } from "./adopt-keyless-chat.ts";
import { type Chat, toChat } from "./chat.ts";
import { chatByKey, keyForLog, matchingChat } from "./chat-by-key.ts";
import type { ChatContext } from "./chat-context.ts";
import { keyField } from "./chat-document.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { CreateOrGetChatResult } from "./create-or-get-chat.ts";
import { isDuplicateOf, isHintRefused } from "./driver-errors.ts";
import { indexMissing, uniqueKeyIndex } from "./indexes.ts";

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
    return (await existingOrClaimed(ctx, request)) ?? (await upsert(ctx, request));
  } catch (error) {
    if (isHintRefused(error)) throw indexMissing(ctx, "cannot be used", error);
    if (!isDuplicateOf(error, keyField)) throw error;
    return readWinner(ctx, request);
  }
}

/** While chats without a key exist, one of these people's is adopted before a twin could be inserted. */
async function existingOrClaimed(
  ctx: ChatContext,
  request: ChatRequest,
): Promise<CreateOrGetChatResult | null> {
  if (ctx.legacy === "none") return null;
  const chat = await chatByKey(ctx, request);
  if (chat !== null) return existing(ctx, chat);
  const adopted = await adoptKeylessChat(ctx, request);
  if (adopted === null) return null;
  ctx.observer.count("claimed");
  return { chat: toChat(ctx.model, adopted), created: false };
}

/**
 * The filter is exactly the index's one field, so that the server itself retries a losing upsert; the hint makes it
 * refuse to insert when the index is not there to judge.
 * Source: https://www.mongodb.com/docs/manual/reference/command/findAndModify/#upsert-with-unique-index
 */
async function upsert(ctx: ChatContext, request: ChatRequest): Promise<CreateOrGetChatResult | null> {
  const { value, lastErrorObject } = await ctx.chats.findOneAndUpdate(
    { [keyField]: request.key },
    { $setOnInsert: request.setOnInsert },
    {
      upsert: true,
      returnDocument: "after",
      includeResultMetadata: true,
      hint: { ...uniqueKeyIndex.key },
      maxTimeMS: ctx.deadlineMs,
    },
  );
  if (value === null) return null;
  if (lastErrorObject?.["updatedExisting"] === true) return existing(ctx, matchingChat(ctx, request, value));
  ctx.observer.count("created");
  return { chat: toChat(ctx.model, value), created: true };
}

async function readWinner(ctx: ChatContext, request: ChatRequest): Promise<CreateOrGetChatResult | null> {
  const key = keyForLog(request.key);
  ctx.observer.count("raced");
  ctx.observer.log("warn", "duplicate key during upsert", { key });
  const winner = await chatByKey(ctx, request);
  if (winner === null) return null;
  ctx.observer.log("debug", "retrieved existing chat after duplicate key", { key });
  return existing(ctx, winner);
}

function existing(ctx: ChatContext, chat: Chat): CreateOrGetChatResult {
  ctx.observer.count("existing");
  return { chat, created: false };
}
