import { type Chat, toChat } from "../model/chat.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { chatByKey } from "../store/chats-by-key.ts";
import { withDeadline } from "../store/deadline.ts";
import { findKeylessChat } from "../store/keyless-chats.ts";
import { chatIdentity } from "../store/requested-identity.ts";

export interface FindChatInput {
  /** Ids in any accepted form, see `participantId`; order and repetition do not matter. */
  readonly participants: readonly unknown[];
  readonly scope?: unknown;
}

/**
 * The chat of these people in this scope, or `null`. Never creates and never claims, so it is safe for previews.
 *
 * @throws ChatError `INVALID_PARTICIPANTS`, `INTEGRITY`, `INDEX_MISSING`, `UNAVAILABLE`
 */
export async function findChat(ctx: ChatStore, input: FindChatInput): Promise<Chat | null> {
  const identity = chatIdentity(ctx, input);
  return withDeadline(ctx, async () => {
    const chat = await chatByKey(ctx, identity);
    if (chat !== null || ctx.legacy !== "claim") return chat;
    const keyless = await findKeylessChat(ctx, identity);
    // Between the two reads it may have been claimed, and what was found instead would be its duplicate.
    const claimed = await chatByKey(ctx, identity);
    return claimed ?? (keyless === null ? null : toChat(ctx.model, keyless));
  });
}
