import { isDriverError } from "./server-error.ts";

/** Positions of the writes of an unordered bulk that the server refused, such as by a unique index. */
export type RefusedWrites = ReadonlySet<number>;

/**
 * Sends a bulk. Refusals of single writes are an outcome; whatever leaves it open what became of the others is thrown,
 * a write concern that was not reached included.
 */
export async function refusedWrites(send: () => Promise<unknown>): Promise<RefusedWrites> {
  try {
    await send();
    return new Set();
  } catch (error) {
    if (isRefusal(error)) return new Set([error.writeErrors].flat().map(({ index }) => index));
    throw failureOf(error);
  }
}

interface Refusal extends Error {
  readonly writeErrors: { readonly index: number } | readonly { readonly index: number }[];
}

interface BulkError extends Error {
  readonly writeErrors?: Refusal["writeErrors"];
  readonly errorResponse?: unknown;
  readonly result: { getWriteConcernError(): unknown };
}

function isBulkError(error: unknown): error is BulkError {
  return isDriverError(error) && error.name === "MongoBulkWriteError" && "result" in error;
}

function isRefusal(error: unknown): error is Refusal {
  if (!isBulkError(error) || error.result.getWriteConcernError() !== undefined) return false;
  return [error.writeErrors ?? []].flat().length > 0;
}

/** The driver wraps whatever happens to a bulk, a broken connection too, in an error of one name. */
function failureOf(error: unknown): unknown {
  return isBulkError(error) && isDriverError(error.errorResponse) ? error.errorResponse : error;
}
