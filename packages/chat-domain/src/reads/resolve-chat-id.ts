import type { ChatStore } from "../store/chat-store.ts";
import { getChat } from "./get-chat.ts";

/**
 * The id under which a chat lives today: the same one, or that of the survivor it was merged into.
 *
 * @throws ChatError `CHAT_NOT_FOUND`, `UNAVAILABLE`
 */
export async function resolveChatId(ctx: ChatStore, id: unknown): Promise<string> {
  const chat = await getChat(ctx, id);
  return chat.id;
}
