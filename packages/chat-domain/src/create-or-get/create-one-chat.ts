import { isDuplicateOf } from "../errors/mongo-errors.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import { type Chat, toChat } from "../model/chat.ts";
import { type ChatRequest, newChatFields } from "../model/new-chat.ts";
import { keyField, type StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { chatByKey, keyForLog, matchingChat } from "../store/chats-by-key.ts";
import { keyIndexHint } from "../store/key-index.ts";
import { claimKeylessChat, findKeylessChat } from "../store/keyless-chats.ts";

/** A chat, and how it was come by. */
export interface Obtained {
  readonly chat: Chat;
  readonly how: "created" | "claimed" | "existing";
}

/**
 * One attempt on its own, in as few round trips as there can be. `null` when a race was lost to a chat that is gone
 * again: try anew.
 */
export async function obtainChat(ctx: ChatStore, request: ChatRequest): Promise<Obtained | null> {
  try {
    return await (ctx.legacy === "claim" ? getClaimOrUpsert(ctx, request) : upsert(ctx, request));
  } catch (error) {
    if (!isDuplicateOf(error, keyField)) throw error;
    return afterDuplicateKey(ctx, request);
  }
}

/** While chats without a key exist, one of these people's is claimed before a twin could be inserted. */
async function getClaimOrUpsert(ctx: ChatStore, request: ChatRequest): Promise<Obtained | null> {
  const chat = await chatByKey(ctx, request);
  if (chat !== null) return existing(chat);
  const keyless = await findKeylessChat(ctx, request);
  return keyless === null ? upsert(ctx, request) : claim(ctx, request, keyless);
}

async function claim(
  ctx: ChatStore,
  request: ChatRequest,
  keyless: StoredDocument,
): Promise<Obtained | null> {
  const claimed = await claimKeylessChat(ctx, request, keyless);
  if (claimed === null) return winner(ctx, request);
  return { chat: toChat(ctx.model, claimed), how: "claimed" };
}

/**
 * The filter is exactly the index's one field, so that the server itself retries a losing upsert; the hint makes it
 * refuse to insert when the index is not there to judge.
 * Source: https://www.mongodb.com/docs/manual/reference/command/findAndModify/#upsert-with-unique-index
 */
async function upsert(ctx: ChatStore, request: ChatRequest): Promise<Obtained | null> {
  await ctx.keyIndex.verified();
  const { value, lastErrorObject } = await ctx.chats.findOneAndUpdate(
    { [keyField]: request.key },
    { $setOnInsert: newChatFields(ctx.model, request) },
    {
      upsert: true,
      returnDocument: "after",
      includeResultMetadata: true,
      hint: { ...keyIndexHint },
      maxTimeMS: ctx.deadlineMs,
    },
  );
  if (value === null) return null;
  if (lastErrorObject?.["updatedExisting"] === true) return existing(matchingChat(ctx, request, value));
  return { chat: toChat(ctx.model, value), how: "created" };
}

async function afterDuplicateKey(ctx: ChatStore, request: ChatRequest): Promise<Obtained | null> {
  tellDuplicateKey(ctx, request);
  const result = await winner(ctx, request);
  if (result !== null) tellRetrieved(ctx, request);
  return result;
}

/** What somebody faster has made of the key; `null` when it is gone again. */
async function winner(ctx: ChatStore, request: ChatRequest): Promise<Obtained | null> {
  const chat = await chatByKey(ctx, request);
  return chat === null ? null : existing(chat);
}

function existing(chat: Chat): Obtained {
  return { chat, how: "existing" };
}

/** Somebody else's chat got the key between our looking and our writing. */
export function tellDuplicateKey(ctx: ChatStore, { key }: ChatIdentity): void {
  ctx.observer.count("raced");
  ctx.observer.log("warn", "duplicate key during upsert", { key: keyForLog(key) });
}

/** The winner's chat was found. */
export function tellRetrieved(ctx: ChatStore, { key }: ChatIdentity): void {
  ctx.observer.log("debug", "retrieved existing chat after duplicate key", { key: keyForLog(key) });
}
