import type { Chat } from "./chat.ts";

/**
 * Every id under which messages of this chat may be stored: its own and those of the duplicates merged into it.
 * Read messages with `{ chatId: { $in: chatIds(chat) } }` in the form your collection stores, and none is missed
 * while a merge is running.
 */
export function chatIds(chat: Pick<Chat, "id" | "aliases">): readonly string[] {
  return [chat.id, ...chat.aliases];
}
