import { passingCodes, passingLabels, passingNames, passingSocketCodes } from "./passing-errors.ts";

/** An error that the server has answered with. */
export interface ServerError extends Error {
  readonly code: number;
  readonly codeName?: string;
  /** Of a duplicate key: the fields of the index. */
  readonly keyPattern?: unknown;
  /** … and what they held in the refused document. */
  readonly keyValue?: unknown;
}

/**
 * Recognised by name, not by class: an application may bring its own copy of the driver, as Mongoose does, and hand its
 * connection to this package.
 */
function isDriverError(error: unknown): error is Error & { readonly code?: unknown } {
  return error instanceof Error && error.name.startsWith("Mongo");
}

/** A driver's error with the code of a server's answer. */
export function isServerError(error: unknown): error is ServerError {
  return isDriverError(error) && typeof error.code === "number";
}

export const duplicateKeyCode = 11_000;

/** Of inserts, and of updates on servers that tell the two apart. */
const duplicateKeyCodes: ReadonlySet<number> = new Set([duplicateKeyCode, 11_001, 12_582]);
const validatorCode = 121;

/** Whether some unique index refused a write. */
export function isDuplicateKey(error: unknown): boolean {
  return isServerError(error) && duplicateKeyCodes.has(error.code);
}

/** Whether this is the duplicate-key error of the index on exactly `field`; any other duplicate is another matter. */
export function isDuplicateOf(error: unknown, field: string): boolean {
  if (!isServerError(error) || !isDuplicateKey(error)) return false;
  const pattern = error.keyPattern;
  if (pattern === undefined) return namesIndexOf(error, field);
  return typeof pattern === "object" && pattern !== null && Object.keys(pattern).join() === field;
}

/** Old servers and compatible ones give no pattern; the index's name, as it is by custom, tells as much. */
function namesIndexOf({ message }: ServerError, field: string): boolean {
  const name = /\bindex: (?:\S+\.\$)?(\S+)/.exec(message)?.[1];
  return name === `${field}_unique` || name === `${field}_1`;
}

/** Whether the collection's validator refused a write. */
export function isValidatorRefusal(error: unknown): boolean {
  return isServerError(error) && error.code === validatorCode;
}

/** Whether the server refused a hint because the index is not there. */
export function isHintRefused(error: unknown): boolean {
  return isServerError(error) && error.code === 2 && /\bhint\b/.test(error.message);
}

/** Whether the database only could not answer now: asking again may work. The one place that tells. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (!isDriverError(error)) return "code" in error && passingSocketCodes.has(error.code);
  if (isRefusedLogin(error)) return false;
  return (
    passingNames.has(error.name) ||
    labelsOf(error).some((label) => passingLabels.has(label)) ||
    (isServerError(error) && passingCodes.has(error.code)) ||
    isUnreplicated(error)
  );
}

/** 18: a wrong user or password. 8000: the same of a hosted database, which says other things by it later on. */
function isRefusedLogin(error: unknown): boolean {
  if (!isServerError(error)) return false;
  return error.code === 18 || (error.code === 8_000 && labelsOf(error).includes("HandshakeError"));
}

function labelsOf(error: Error): readonly string[] {
  const labels: unknown = "errorLabels" in error ? error.errorLabels : [];
  return Array.isArray(labels) ? labels : [];
}

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

/** Its writes are done, but not safe yet: whatever the server gives as the reason. */
function isUnreplicated(error: unknown): boolean {
  return isBulkError(error) && error.result.getWriteConcernError() !== undefined;
}

function isRefusal(error: unknown): error is Refusal {
  if (!isBulkError(error) || isUnreplicated(error)) return false;
  return [error.writeErrors ?? []].flat().length > 0;
}

/** The driver wraps whatever happens to a bulk, a broken connection too, in an error of one name. */
function failureOf(error: unknown): unknown {
  return isBulkError(error) && isDriverError(error.errorResponse) ? error.errorResponse : error;
}
