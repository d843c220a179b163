export type { AppRouter } from "./app-router.ts";
export { type ChatClientError, type ChatErrorReason, isChatError } from "./chat-error.ts";
export type { ChatClientOptions, TokenSource } from "./chat-client-options.ts";
export { chatLinks } from "./chat-links.ts";
export { chatQueryOptions } from "./chat-query-options.ts";
export { type ChatClient, createChatClient } from "./create-chat-client.ts";
