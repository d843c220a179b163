import { type ChatClientError, isChatError } from "@onechat/chat-client";
import { ChatError } from "@onechat/chat-domain";
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
 * else may have been done unseen. A store of somebody's own says so by an `outcome` of "fail". `wroteMeanwhile`: whether
 * its process sent any write while the call was under way, `null` if nobody looked.
 */
export function outcomeOfError(error: unknown, wroteMeanwhile: boolean | null): FailedOutcome {
  const isError = error instanceof Error;
  const { reason, refused } = isError
    ? described(error, wroteMeanwhile)
    : { reason: "UNKNOWN", refused: false };
  const message = (isError ? error.message : String(error)).slice(0, 200);
  return { outcome: refused ? "fail" : "unknown", error: { reason, message } };
}

interface Described {
  readonly reason: string;
  readonly refused: boolean;
}

function described(error: Error, wroteMeanwhile: boolean | null): Described {
  const isUnsent = (cause: unknown): boolean =>
    wroteMeanwhile === false && cause instanceof Error && unsent.has(cause.name);
  if (error instanceof ChatError)
    return { reason: error.code, refused: refusals.has(error.code) || isUnsent(error.cause) };
  if (isChatError(error) && error.data) return ofAnswer(error.data);
  if ("code" in error && error.code === 11_000) return { reason: "E11000", refused: false };
  const reason = networkCode(error) ?? error.name;
  // Refused before a byte of the request was sent; a connection that breaks later says nothing about the request.
  return { reason, refused: reason === "ECONNREFUSED" || isUnsent(error) || saysFail(error) };
}

function ofAnswer({ reason, code, httpStatus }: NonNullable<ChatClientError["data"]>): Described {
  return { reason: reason ?? code, refused: refusals.has(reason ?? "") || refusingStatuses.has(httpStatus) };
}

function saysFail(error: Error): boolean {
  return "outcome" in error && error.outcome === "fail";
}

/** The system's code, however deep `fetch` and the client have wrapped it. */
function networkCode(error: Error): string | null {
  let cause: unknown = error;
  for (let depth = 0; cause instanceof Error && depth < 6; depth += 1) {
    if (cause.name === "TimeoutError") return "TIMEOUT";
    if ("code" in cause && typeof cause.code === "string" && /^[A-Z_]+$/.test(cause.code)) return cause.code;
    cause = cause.cause;
  }
  return null;
}
