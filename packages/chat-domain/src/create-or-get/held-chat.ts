import type { Chat } from "../model/chat.ts";
import type { ChatRequest } from "../model/new-chat.ts";
import { releaseDrifted } from "../release/release-drifted.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { type KeyHolder, refuseDrifted, refuseUnreadable } from "../store/key-holder.ts";

/** A chat, and how it was come by. */
export interface CreateOutcome {
  readonly chat: Chat;
  readonly outcome: "created" | "claimed" | "existing";
}

/**
 * What the look at a holder comes to; `null` once it has lost the key, which is for the next attempt to have.
 *
 * @throws ChatError `INTEGRITY` when it has drifted and the model says `refuse`, or cannot be read
 */
export async function existingOrReleased(
  ctx: ChatStore,
  request: ChatRequest,
  holder: KeyHolder,
): Promise<CreateOutcome | null> {
  if ("chat" in holder) return { chat: holder.chat, outcome: "existing" };
  if ("unreadable" in holder) return refuseUnreadable(ctx, request, holder.unreadable);
  if (ctx.model.chats.drift === "refuse") return refuseDrifted(ctx, request, holder.drifted);
  await releaseDrifted(ctx, request, holder.drifted);
  return null;
}
