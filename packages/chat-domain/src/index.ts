export type { Chat } from "./chat.ts";
export { type ChatContext, chatContext, type ChatContextOptions, type LegacyPolicy } from "./chat-context.ts";
export { ChatError, type ChatErrorCode, type ChatErrorOptions } from "./chat-error.ts";
export { chatIds } from "./chat-ids.ts";
export { ChatModel, type ChatModelInput } from "./chat-model.ts";
export type { ChatCounter, ChatLogFields, ChatLogLevel, ChatObserver } from "./chat-observer.ts";
export { createOrGetChat } from "./create-or-get-chat.ts";
export type { CreateOrGetChatInput, CreateOrGetChatResult } from "./create-or-get-chat.ts";
export { findChat, type FindChatInput } from "./find-chat.ts";
export { getChat } from "./get-chat.ts";
export {
  assertIndexes,
  chatIndexes,
  type ChatIndex,
  ensureIndexes,
  ensureIndexesIfEmpty,
} from "./indexes.ts";
export { listChats, type ListChatsInput, type ListChatsResult, maxListLimit } from "./list-chats.ts";
export { maxIdLength, participantId } from "./participant-id.ts";
export { participantsKey } from "./participants-key.ts";
export { resolveChatId } from "./resolve-chat-id.ts";
