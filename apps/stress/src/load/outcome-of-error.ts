import { ChatError } from "@onechat/chat-domain";
import { type ChatClientError, isChatError } from "@onechat/chat-client";
import type { Operation } from "../history/operation.ts";

export interface FailedOutcome {
  readonly outcome: "fail" | "unknown";
  readonly error: NonNullable<Operation["error"]>;
}

/** Refusals that come before anything is written. INDEX_MISSING may come after: a batch proves the index by reading. */
const refusals: ReadonlySet<string> = new Set(["INVALID_PARTICIPANTS", "CHAT_NOT_FOUND", "FORBIDDEN"]);
/** HTTP's ways of refusing what was asked before looking into it. */
const refusingStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415]);
/** What the driver says when it has not sent this command; it may have sent an earlier one of the same call. */
const unsent: ReadonlySet<string> = new Set([
  "MongoServerSelectionError",
  "MongoWaitQueueTimeoutError",
  "MongoPoolClearedError",
]);

/**
 * What an error says about the call. `fail` only from a list of errors that prove that nothing was done; everything
 * else may have been done unseen. A store of somebody's own says so by an `outcome` of "fail". `wroteMeanwhile`: whether its process sent any write while the call was under way,
 * `null` if nobody looked.
 */
export function outcomeOfError(error: unknown, wroteMeanwhile: boolean | null): FailedOutcome {
  const { reason, refused } = describe(error, wroteMeanwhile);
  const message = error instanceof Error ? error.message : String(error);
  return { outcome: refused ? "fail" : "unknown", error: { reason, message: message.slice(0, 200) } };
}

interface Described {
  readonly reason: string;
  readonly refused: boolean;
}

function describe(error: unknown, wroteMeanwhile: boolean | null): Described {
  if (error instanceof ChatError) return ofDomain(error, wroteMeanwhile);
  const answer = isChatError(error) ? (error.data ?? null) : null;
  if (answer !== null) return ofAnswer(answer);
  if (isDuplicateKey(error)) return { reason: "E11000", refused: false };
  const reason = networkCode(error) ?? nameOf(error);
  // Refused before a byte of the request was sent; a connection that breaks later says nothing about the request.
  const isUnsent = reason === "ECONNREFUSED" || unsentOnly(error, wroteMeanwhile);
  return { reason, refused: isUnsent || saysFail(error) };
}

function ofAnswer({ reason, code, httpStatus }: NonNullable<ChatClientError["data"]>): Described {
  return { reason: reason ?? code, refused: refusals.has(reason ?? "") || refusingStatuses.has(httpStatus) };
}

function ofDomain(error: ChatError, wroteMeanwhile: boolean | null): Described {
  if (refusals.has(error.code)) return { reason: error.code, refused: true };
  return { reason: error.code, refused: unsentOnly(error.cause, wroteMeanwhile) };
}

function unsentOnly(error: unknown, wroteMeanwhile: boolean | null): boolean {
  return wroteMeanwhile === false && error instanceof Error && unsent.has(error.name);
}

function saysFail(error: unknown): boolean {
  return error instanceof Error && "outcome" in error && error.outcome === "fail";
}

function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === 11_000;
}

/** The system's code, however deep `fetch` and the client have wrapped it. */
function networkCode(error: unknown): string | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth += 1) {
    if (isTimeout(cause)) return "TIMEOUT";
    if ("code" in cause && typeof cause.code === "string" && /^[A-Z_]+$/.test(cause.code)) return cause.code;
  }
  return null;
}

function isTimeout({ name }: Error): boolean {
  return name === "TimeoutError";
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "UNKNOWN";
}
