import { type Chat, toChat } from "../model/chat.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { keyHolder, refuseDrifted, selectedHolders } from "../store/key-holder.ts";
import { withDeadline } from "../store/deadline.ts";
import { findKeylessChat } from "../store/keyless-chats.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
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
 * @example
 * ```ts
 * import { type ChatContext, findChat } from "@onechat/chat-domain";
 *
 * export async function haveTalked(chats: ChatContext, me: string, other: string): Promise<boolean> {
 *   return (await findChat(chats, { participants: [me, other] })) !== null;
 * }
 * ```
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

/** A read never takes a key away: what has drifted is refused, or where the model says `release`, is nobody's chat. */
async function chatByKey(ctx: ChatStore, identity: ChatIdentity): Promise<Chat | null> {
  const releases = ctx.model.chats.drift === "release";
  const holder = releases
    ? ((await selectedHolders(ctx, [identity])).get(identity.key) ?? null)
    : await keyHolder(ctx, identity);
  if (holder === null || "chat" in holder) return holder?.chat ?? null;
  return releases ? null : refuseDrifted(ctx, identity, holder.drifted);
}
