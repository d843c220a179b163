import { ChatError } from "./chat-error.ts";
import { isDriverError, isServerError } from "./server-error.ts";

export const duplicateKeyCode = 11_000;
export const timeLimitCode = 50;
export const notReplicatedCode = 64;

/** Other server codes that say "not now": elections, shutdown, and what else passes. */
const passingCodes = [6, 7, 89, 91, 133, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];
const transientCodes: ReadonlySet<number> = new Set([timeLimitCode, notReplicatedCode, ...passingCodes]);

/** Driver errors that mean that the server could not be asked, or that its answer was lost. */
const transientNames: ReadonlySet<string> = new Set([
  "MongoServerSelectionError",
  "MongoNetworkError",
  "MongoNetworkTimeoutError",
  "MongoWaitQueueTimeoutError",
  "MongoPoolClearedError",
  "MongoPoolClearedOnNetworkError",
  "MongoPoolClosedError",
  "MongoTopologyClosedError",
  "MongoClientClosedError",
  "MongoNotConnectedError",
  "MongoWriteConcernError",
]);

/** Whether this is the duplicate-key error of the index on exactly `field`; any other duplicate is another matter. */
export function isDuplicateOf(error: unknown, field: string): boolean {
  if (!isServerError(error) || error.code !== duplicateKeyCode) return false;
  const pattern = error.keyPattern;
  return typeof pattern === "object" && pattern !== null && Object.keys(pattern).join() === field;
}

/** Whether the server refused a hint because the index is not there. */
export function isHintRefused(error: unknown): boolean {
  return isServerError(error) && error.code === 2 && /\bhint\b/.test(error.message);
}

export function unavailable(message: string, cause?: unknown): ChatError {
  return new ChatError("UNAVAILABLE", message, { cause });
}

export function noAnswerWithin(ms: number): ChatError {
  return unavailable(`no answer from the database within ${ms} ms; try again`);
}

/** Whether the database only could not answer now: asking again may work. */
export function isTransient(error: unknown): boolean {
  if (isSocketError(error)) return true;
  if (!isDriverError(error)) return false;
  return transientNames.has(error.name) || (typeof error.code === "number" && transientCodes.has(error.code));
}

/** Not the driver's: writing to a connection that was reset just before, it (7.9) throws what the socket has thrown. */
function isSocketError(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
