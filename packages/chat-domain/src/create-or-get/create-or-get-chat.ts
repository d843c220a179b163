import { setTimeout as sleep } from "node:timers/promises";
import type { BatchCall, Shared } from "../concurrency/batcher.ts";
import { unavailable } from "../errors/chat-error.ts";
import type { Chat } from "../model/chat.ts";
import type { ChatRequest } from "../model/new-chat.ts";
import { withDeadline } from "../store/deadline.ts";
import type { Lookup } from "./chat-batches.ts";
import { type ChatContext, creationsOf } from "./chat-context.ts";
import { chatRequest, type CreateOrGetChatInput } from "./chat-request.ts";
import type { CreateOutcome } from "./held-chat.ts";

export interface CreateOrGetChatResult {
  readonly chat: Chat;
  /** `true` for exactly one caller in all processes. */
  readonly created: boolean;
}

/** How often a call is tried again because the winner of its race was gone, before the caller is told to come back. */
const maxRetries = 3;

/**
 * The one chat of these people in this scope; the first caller creates it.
 *
 * For one key, all callers in all processes get the same id, exactly one gets `created: true`, and nobody sees an
 * error because of the race. Safe to repeat: after a lost answer, ask again.
 *
 * @throws ChatError `INVALID_PARTICIPANTS` before any database call; `INTEGRITY` when the stored chat's participants
 *   no longer match its key, or it cannot be read; `INDEX_MISSING` when the database cannot decide the race;
 *   `MODEL_MISMATCH` when the application would not find what is created; `UNAVAILABLE` when the database does not answer,
 *   or when too many calls are waiting
 * @throws the reason of `signal` once it is aborted
 * @throws TypeError when `set` is not an object of plain fields, holds one that is onechat's to write, or lacks what
 *   `where` demands of a new chat
 * @example
 * ```ts
 * import { type ChatContext, createOrGetChat } from "@onechat/chat-domain";
 *
 * export async function openChat(chats: ChatContext, me: string, other: string): Promise<string> {
 *   const { chat, created } = await createOrGetChat(chats, { participants: [me, other], set: { createdBy: me } });
 *   return created ? `a new chat, ${chat.id}` : `the chat there was, ${chat.id}`;
 * }
 * ```
 */
export async function createOrGetChat(
  ctx: ChatContext,
  input: CreateOrGetChatInput,
): Promise<CreateOrGetChatResult> {
  // Before anything is looked at: refusing has to be cheaper than serving.
  ctx.lookups.refuseWhenFull();
  const request = chatRequest(ctx, input);
  const { key } = request;
  return withDeadline(
    ctx,
    (cancellation) => attempt(ctx, { key, request, cancellation, skipLimit: false }),
    input.signal,
  );
}

type Call = BatchCall<ChatRequest>;

/** Most calls are answered by the first batch: while they wait for it, nothing is kept of what may have to follow. */
function attempt(ctx: ChatContext, call: Call, retries = 0): Promise<CreateOrGetChatResult> {
  return lookUpOrCreate(ctx, call).then(
    (shared) => toldResult(ctx, shared) ?? afterFirstBatch(ctx, call, shared, retries),
  );
}

async function afterFirstBatch(
  ctx: ChatContext,
  call: Call,
  shared: Shared<Lookup>,
  retries: number,
): Promise<CreateOrGetChatResult> {
  const again = { ...call, skipLimit: true };
  let next = shared;
  while (next.outcome === "missing" || next.outcome === "unread")
    next = await createOrLookUp(ctx, again, next.outcome);
  const result = toldResult(ctx, next);
  if (result !== null) return result;
  if (retries === maxRetries)
    throw unavailable("the chat was deleted or merged each time it was found; try again");
  ctx.observer.count("retried");
  await sleep(Math.random() * 2 ** (retries + 1) * 5);
  return attempt(ctx, again, retries + 1);
}

/** While hardly any chat is there, a look before the write would only cost time: the write meets what is there as well. */
function lookUpOrCreate(ctx: ChatContext, call: Call): Promise<Shared<Lookup>> {
  const mayWrite = ctx.recent.noneExist() && creationsOf(ctx, call.request).whenDone(call.key) === null;
  return mayWrite ? create(ctx, call, false) : ctx.lookups.call(call);
}

/** What comes after a look that has found no chat. */
async function createOrLookUp(
  ctx: ChatContext,
  call: Call,
  looked: "missing" | "unread",
): Promise<Shared<Lookup>> {
  if (looked === "missing") {
    const done = creationsOf(ctx, call.request).whenDone(call.key);
    if (done === null) return create(ctx, call, true);
    // What is just being created was not there yet: the answer is to be read, not to be raced for.
    await done;
  }
  return ctx.lookups.call(call);
}

function create(
  ctx: ChatContext,
  { key, request, cancellation }: Call,
  wasMissing: boolean,
): Promise<Shared<CreateOutcome | null>> {
  const creation = { request, wasMissing };
  return creationsOf(ctx, request).call({ key, request: creation, cancellation, skipLimit: true });
}

/** Of callers that share a new chat, one has created it; `null` where there is no chat yet. */
function toldResult(
  ctx: ChatContext,
  { outcome: held, isFirst }: Shared<Lookup>,
): CreateOrGetChatResult | null {
  if (held === null || typeof held === "string") return null;
  const { chat, outcome } = held;
  ctx.observer.count(isFirst ? outcome : "existing");
  return { chat: ctx.told(chat), created: isFirst && outcome === "created" };
}
