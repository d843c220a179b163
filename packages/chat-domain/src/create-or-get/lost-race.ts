import { isDuplicateOf, isServerError } from "../errors/mongo-errors.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import type { ChatRequest } from "../model/new-chat.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { keyForLog, keyHolder } from "../store/key-holder.ts";
import { type CreateOutcome, existingOrReleased } from "./held-chat.ts";

/**
 * Any unique index may be the one that is named: one of the application's, which the same two racers violate together
 * with ours, and old servers name none. Whether somebody won is for the key's holder to say.
 */
export async function afterDuplicateKey(
  ctx: ChatStore,
  request: ChatRequest,
  error: unknown,
): Promise<CreateOutcome | null> {
  const holder = await keyHolder(ctx, request);
  if (holder === null && !isDuplicateOf(error, ctx.model.chats.keyField))
    throw asModelRefusal(ctx, request, error);
  logDuplicateKey(ctx, request);
  if (holder === null) return null;
  const result = await existingOrReleased(ctx, request, holder);
  if (result !== null) logRetrieved(ctx, request);
  return result;
}

/** A refusal that meets every new chat is said as what it is. */
function asModelRefusal(ctx: ChatStore, { set }: ChatRequest, error: unknown): unknown {
  return (isServerError(error) ? ctx.modelAgreement.noteRefusal(error, set) : null) ?? error;
}

/** What somebody faster has made of the key; `null` when it is gone again. */
export async function winner(ctx: ChatStore, request: ChatRequest): Promise<CreateOutcome | null> {
  const holder = await keyHolder(ctx, request);
  return holder === null ? null : existingOrReleased(ctx, request, holder);
}

/** Somebody else's chat got the key between our looking and our writing. */
export function logDuplicateKey(ctx: ChatStore, { key }: ChatIdentity): void {
  ctx.observer.count("raced");
  ctx.observer.log("warn", "duplicate key during upsert", { key: keyForLog(key) });
}

/** The winner's chat was found. */
export function logRetrieved(ctx: ChatStore, { key }: ChatIdentity): void {
  ctx.observer.log("debug", "retrieved existing chat after duplicate key", { key: keyForLog(key) });
}
