import { type Document, MongoServerError } from "mongodb";
import { duplicateKeyCode, isTransient } from "../../errors/mongo-errors.ts";
import { MigrationError } from "../context/migration-error.ts";

/** Why the server did not do one statement; the others are done. */
export interface Refusal {
  /** Its position among the statements. */
  readonly index: number;
  readonly code: number;
  readonly message: string;
  /** Of a duplicate key: the fields of the index, and what they hold. */
  readonly keyPattern: Readonly<Document>;
  readonly keyValue: Readonly<Document>;
  /** Of a validator: which of its rules are not satisfied, and what the document holds. */
  readonly errInfo: Readonly<Document>;
}

export interface WriteOutcome {
  /** Documents matched, inserted, or deleted. */
  readonly n: number;
  /** Documents that are not what they were: modified and inserted. */
  readonly changed: number;
  readonly refusals: readonly Refusal[];
}

/** What the server has answered to one command with many statements. */
export interface WriteAnswer {
  readonly n: number;
  readonly nModified?: number;
  readonly upserted?: readonly unknown[];
  readonly writeErrors?: readonly WriteError[];
}

export interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
  readonly keyPattern?: Document;
  readonly keyValue?: Document;
  readonly errInfo?: Document;
}

export const noOutcome: WriteOutcome = { n: 0, changed: 0, refusals: [] };

export function withAnswer(
  outcome: WriteOutcome,
  { n, nModified = 0, upserted = [] }: WriteAnswer,
  refusals: readonly Refusal[],
): WriteOutcome {
  return {
    n: outcome.n + n,
    changed: outcome.changed + nModified + upserted.length,
    refusals: [...outcome.refusals, ...refusals],
  };
}

export function refusalOf(
  { code, errmsg, keyPattern = {}, keyValue = {}, errInfo = {} }: WriteError,
  index: number,
): Refusal {
  return { index, code, message: errmsg, keyPattern, keyValue, errInfo };
}

/**
 * What remains when repeats of idempotent inserts and upserts are taken away: the document was there already.
 *
 * @throws MongoServerError for any other refusal
 */
export function ignoringTwins(outcome: WriteOutcome): WriteOutcome {
  const other = outcome.refusals.find(({ code }) => code !== duplicateKeyCode);
  if (other !== undefined) throw refusalError(other);
  return outcome;
}

export function refusalError({ code, message }: Refusal): MongoServerError {
  return new MongoServerError({ code, message });
}

/**
 * For what cannot be left undone.
 *
 * @throws MigrationError `REFUSED`
 */
export function assertWritten(
  collection: string,
  { refusals: [refusal] }: Pick<WriteOutcome, "refusals">,
): void {
  if (refusal === undefined) return;
  const cause = refusalError(refusal);
  if (isTransient(cause)) throw cause;
  const message = `a document of ${collection} cannot be written: ${refusalReason(refusal)}`;
  throw new MigrationError("REFUSED", `${message}; put that right and run the same command again`, { cause });
}

export const noRoom = "the document has no room left (16 MB)";

/** Server messages may quote documents, so the known ones are put into words. */
export function refusalReason({
  code,
  keyPattern,
  errInfo,
}: {
  readonly code: number;
  readonly keyPattern?: unknown;
  readonly errInfo?: unknown;
}): string {
  switch (code) {
    case 10_334:
    case 17_419:
    case 17_420:
      return noRoom;
    case 121:
      return `the collection's validator refuses the document${because(errInfo)}`;
    case duplicateKeyCode:
      return `another unique index refuses it${fieldsOf(keyPattern)}`;
    default:
      return `server error ${code}`;
  }
}

function fieldsOf(keyPattern: unknown): string {
  const fields = typeof keyPattern === "object" && keyPattern !== null ? Object.keys(keyPattern) : [];
  return fields.length === 0 ? "" : `, that on ${fields.join(", ")}`;
}

function because(errInfo: unknown): string {
  const fields = [...new Set(fieldsIn(errInfo))];
  return fields.length === 0 ? "" : `, because of ${fields.join(", ")}`;
}

/** The fields that rules are about which are not satisfied; what lies inside these is named by nobody, as it may be a person's id. */
function fieldsIn(rule: unknown): readonly string[] {
  if (Array.isArray(rule)) return rule.flatMap(fieldsIn);
  if (typeof rule !== "object" || rule === null) return [];
  const {
    propertyName,
    missingProperties,
    additionalProperties,
    specifiedAs = {},
    ...parts
  }: Readonly<Document> = rule;
  const named = [propertyName, missingProperties, additionalProperties]
    .flat()
    .filter((name) => typeof name === "string");
  if (named.length > 0) return named;
  const isFilter = String(parts["operatorName"]).startsWith("$");
  const filtered = isFilter ? Object.keys(specifiedAs as object).filter((name) => !name.startsWith("$")) : [];
  const inner = ["details", "schemaRulesNotSatisfied", "propertiesNotSatisfied", "clausesNotSatisfied"];
  return [...filtered, ...inner.flatMap((name) => fieldsIn(parts[name]))];
}
