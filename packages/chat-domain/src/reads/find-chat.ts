import { refuseUnknown } from "../driver/known-options.ts";
import { mayHoldKeyOf } from "../model/chat-document.ts";
import { type Chat, toChat } from "../model/chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { keyHolder, refuseDrifted, refuseUnreadable, selectedHolders } from "../store/key-holder.ts";
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
  refuseUnknown("findChat", input, inputFields);
  const identity = chatIdentity(ctx, input);
  const chat = await withDeadline(ctx, () =>
    ctx.legacy === "claim" ? keyedOrKeyless(ctx, identity) : chatByKey(ctx, identity),
  );
  return chat === null ? null : ctx.told(chat);
}

const inputFields = { participants: true, scope: true } satisfies Record<keyof FindChatInput, true>;

/** Both are asked for at once: one after the other, they would keep waiting twice who has no chat. */
async function keyedOrKeyless(ctx: ChatStore, identity: ChatIdentity): Promise<Chat | null> {
  const looking = Promise.allSettled([findKeylessChat(ctx, identity)]);
  const chat = await chatByKey(ctx, identity);
  if (chat !== null) return chat;
  const [found] = await looking;
  if (found.status === "rejected") throw found.reason;
  // Between the reads it may have been claimed, and what was found instead would be its duplicate.
  const claimed = await chatByKey(ctx, identity);
  return claimed ?? (found.value === null ? null : keylessChat(ctx, identity, found.value));
}

/** As it is now, and whole where documents are wanted; it may have become another's since it was found. */
async function keylessChat(
  ctx: ChatStore,
  identity: ChatIdentity,
  { _id }: StoredDocument,
): Promise<Chat | null> {
  const stored = await ctx.chats.findOne({ _id }, { ...ctx.reading, maxTimeMS: ctx.deadlineMs });
  return stored !== null && mayHoldKeyOf(ctx.model, stored, identity) ? toChat(ctx.model, stored) : null;
}

/** A read never takes a key away: what has drifted is refused, or where the model says `release`, is nobody's chat. */
async function chatByKey(ctx: ChatStore, identity: ChatIdentity): Promise<Chat | null> {
  const releases = ctx.model.chats.drift === "release";
  const holder = releases
    ? ((await selectedHolders(ctx, [identity])).get(identity.key) ?? null)
    : await keyHolder(ctx, identity);
  if (holder === null || "chat" in holder) return holder?.chat ?? null;
  if ("unreadable" in holder) return refuseUnreadable(ctx, identity, holder.unreadable);
  return releases ? null : refuseDrifted(ctx, identity, holder.drifted);
}
