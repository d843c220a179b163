export type { AppRouter } from "./app-router.ts";
export { type ChatClientError, type ChatErrorReason, isChatError } from "./chat-error.ts";
export type { ChatClientOptions, TokenSource } from "./chat-client-options.ts";
export { type ChatClient, createChatClient } from "./create-chat-client.ts";
