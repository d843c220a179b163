export type { ChatCaller } from "./chat-access.ts";
export type { ChatRouter } from "./chat-procedures.ts";
export { type ChatRouterOptions, createChatRouter } from "./create-chat-router.ts";
export { type ErrorOrigin, errorShape, isUnforeseen } from "./errors/error-answer.ts";
export type { ErrorData, ErrorReason, ErrorShape, InputIssue } from "./errors/error-shape.ts";
export { errorReasons, toTrpcError } from "./errors/error-status.ts";
export { retryAfterHeader, tooManyRequests } from "./errors/retry-after.ts";
export { maxBatchSize } from "./max-batch-size.ts";
