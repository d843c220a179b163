import { setTimeout as sleep } from "node:timers/promises";
import type { Chat } from "./chat.ts";
import type { ChatContext } from "./chat-context.ts";
import { type ChatRequest, chatRequest } from "./chat-request.ts";
import { withDeadline } from "./deadline.ts";
import { unavailable } from "./driver-errors.ts";
import { obtainChat } from "./obtain-chat.ts";

export interface CreateOrGetChatInput {
  /** Ids in any accepted form, see `participantId`; order and repetition do not matter; 1 to 100 different ones. */
  readonly participants: readonly unknown[];
  /** Part of the identity: same people, other scope, other chat. Empty unless given. */
  readonly scope?: unknown;
  /** Fields for a new document only; never participants, key, scope or `_id`. */
  readonly set?: Readonly<Record<string, unknown>>;
}

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
 *   no longer match its key; `INDEX_MISSING` when the database cannot decide the race; `UNAVAILABLE` when it does
 *   not answer
 * @throws TypeError when `set` is not an object of plain fields, or holds one that is onechat's to write
 */
export async function createOrGetChat(
  ctx: ChatContext,
  input: CreateOrGetChatInput,
): Promise<CreateOrGetChatResult> {
  const request = chatRequest(ctx, input);
  return withDeadline(ctx, () => obtainWithRetries(ctx, request));
}

async function obtainWithRetries(ctx: ChatContext, request: ChatRequest): Promise<CreateOrGetChatResult> {
  for (let retry = 0; retry <= maxRetries; retry += 1) {
    if (retry > 0) {
      ctx.observer.count("retried");
      await sleep(Math.random() * 2 ** retry * 5);
    }
    const obtained = await obtainChat(ctx, request);
    if (obtained !== null) return obtained;
  }
  throw unavailable("the chat was deleted or merged each time it was found; try again");
}
