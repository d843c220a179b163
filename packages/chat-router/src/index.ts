export type { ChatProcedure } from "./chat-call.ts";
export { chatProcedures, type ChatRouter } from "./chat-procedures.ts";
export { errorShape, isUnforeseen, toTrpcError } from "./errors/error-answer.ts";
export type { ErrorReason, ErrorShape } from "./errors/error-shape.ts";
export { domainError } from "./errors/error-status.ts";
export { overloaded, retryAfterSeconds, tooManyRequests } from "./errors/retry-after.ts";
export { maxListedParticipants, refuseLongList } from "./list-limit.ts";
export { maxBatchSize } from "./max-batch-size.ts";
