import { type Chat, toChat } from "../model/chat.ts";
import { ownField } from "../model/own-names.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { withDeadline } from "../store/deadline.ts";
import { followChatId } from "../store/follow-chat-id.ts";

/**
 * From now on this chat is no longer *the* chat of its people, although they stay in it: a pair that has become a group,
 * a conversation that was closed for good. Its key goes, `releasedAt` stays; the next create-or-get of the same people
 * makes a new chat, and no migration takes this one up again. Releasing twice is releasing once.
 *
 * @throws ChatError `CHAT_NOT_FOUND`, `UNAVAILABLE`
 * @example
 * ```ts
 * import { type ChatContext, createOrGetChat, releaseChat } from "@onechat/chat-domain";
 * import { ObjectId } from "mongodb";
 *
 * export async function inviteToPair(chats: ChatContext, pairId: string, guest: string): Promise<void> {
 *   const pair = await releaseChat(chats, pairId);
 *   const groups = chats.db.collection<{ participants: string[] }>("chats");
 *   await groups.updateOne({ _id: new ObjectId(pair.id) }, { $push: { participants: guest } });
 *   await createOrGetChat(chats, { participants: pair.participants });
 * }
 * ```
 */
export async function releaseChat(ctx: ChatStore, id: unknown): Promise<Chat> {
  return withDeadline(ctx, async () => {
    for (;;) {
      const { _id } = await followChatId(ctx, id);
      const live = { [ownField(ctx.model, "mergedInto")]: null };
      const released = await ctx.chats.findOneAndUpdate(
        { $and: [{ _id }, live] },
        [
          { $set: { [ownField(ctx.model, "releasedAt")]: firstTime(ownField(ctx.model, "releasedAt")) } },
          { $unset: [ctx.model.chats.keyField, ownField(ctx.model, "unkeyedAt")] },
        ],
        { ...ctx.reading, returnDocument: "after", maxTimeMS: ctx.deadlineMs },
      );
      // A chat that was merged or deleted between the two steps is followed anew.
      if (released !== null) return ctx.told(toChat(ctx.model, released));
    }
  });
}

function firstTime(field: string): { readonly $ifNull: readonly string[] } {
  return { $ifNull: [`$${field}`, "$$NOW"] };
}
