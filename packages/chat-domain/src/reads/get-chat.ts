import { type Chat, toChat } from "../model/chat.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { withDeadline } from "../store/deadline.ts";
import { followChatId } from "../store/follow-chat-id.ts";

/**
 * The chat with this id, in text or BSON form. The id of a merged duplicate leads to the survivor, for ever.
 *
 * @throws ChatError `CHAT_NOT_FOUND`, `UNAVAILABLE`
 * @example
 * ```ts
 * import { type ChatContext, getChat } from "@onechat/chat-domain";
 *
 * export async function whoIsIn(chats: ChatContext, bookmarkedId: string): Promise<readonly string[]> {
 *   return (await getChat(chats, bookmarkedId)).participants;
 * }
 * ```
 */
export async function getChat(ctx: ChatStore, id: unknown): Promise<Chat> {
  return withDeadline(ctx, async () => ctx.told(toChat(ctx.model, await followChatId(ctx, id))));
}
