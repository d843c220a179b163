import { type Chat, toChat } from "./chat.ts";
import type { ChatContext } from "./chat-context.ts";
import { withDeadline } from "./deadline.ts";
import { followChatId } from "./follow-chat-id.ts";

/**
 * The chat with this id, in text or BSON form. The id of a merged duplicate leads to the survivor, for ever.
 *
 * @throws ChatError `CHAT_NOT_FOUND`, `UNAVAILABLE`
 */
export async function getChat(ctx: ChatContext, id: unknown): Promise<Chat> {
  return withDeadline(ctx, async () => toChat(ctx.model, await followChatId(ctx, id)));
}
