import { BSON, type Document } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import type { Run } from "../../run/run.ts";
import { type Refusal, refusalError, refusalReason } from "../../run/write-outcome.ts";
import { areAsSeen, type SeenValues } from "../../../model/as-seen.ts";
import type { ChangeAsSeen, UpdateStatement } from "../../run/write-statements.ts";
import { BatchRefused } from "../../context/migration-error.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { type Exact, isDocument } from "../archive/exact-values.ts";

/** Top-level fields of a document that become others, if they still are what was read. */
export interface DocumentChange {
  readonly id: NativeId;
  readonly from: ExactDocument;
  readonly to: ExactDocument;
  /** Fields that have to be what was read, beside those that change. */
  readonly read: readonly string[];
  /** What else has to be true of the document. */
  readonly seen?: SeenValues;
  /** How many bytes it and all that is folded into it have; they are counted where nobody knows. */
  readonly bytes?: number;
}

/** Returns whether all of them were what was read. */
export async function changeDocuments(
  run: Run,
  collection: string,
  changes: readonly DocumentChange[],
): Promise<boolean> {
  const open = changes.filter((change) => changedNames(change).length > 0);
  const statements = open.map((change) => statement(collection, change));
  const { changed, refusals } = await run.write.update(collection, statements);
  assertFolded(collection, refusals);
  return changed === open.length || changed === open.filter((change) => !isSameInBytes(change)).length;
}

/** @throws BatchRefused where the server refuses a document, so that its duplicate is set aside */
export function assertFolded(collection: string, [refusal]: readonly Refusal[]): void {
  if (refusal === undefined) return;
  const message = `what is folded cannot be written into the document of ${collection}: ${refusalReason(refusal)}`;
  throw isAboutDocument(refusal.code)
    ? new BatchRefused(message, { cause: refusalError(refusal) })
    : refusalError(refusal);
}

/** Where there is none nothing may be written: an update without an operator would empty the document. */
function changedNames({ from, to }: DocumentChange): readonly string[] {
  return [...new Set([...from.keys(), ...to.keys()])].filter((name) => from.get(name) !== to.get(name));
}

/** No room, a validator, another unique index. */
const documentCodes: ReadonlySet<number> = new Set([121, 10_334, 11_000, 17_419, 17_420]);

function isAboutDocument(code: number): boolean {
  return documentCodes.has(code);
}

function statement(collection: string, change: DocumentChange): UpdateStatement | ChangeAsSeen {
  const { id, from, to, read, bytes = Infinity } = change;
  const changed = changedNames(change);
  const seen = [
    ...(change.seen ?? []),
    ...[...new Set([...changed, ...read])].map((name) => seenValue(name, from.get(name))),
  ];
  const set = changed.filter((name) => to.has(name));
  const unset = changed.filter((name) => !to.has(name));
  const quick = { _id: id, seen, set: Object.fromEntries(set.map((name) => [name, to.get(name)])) };
  if (unset.length === 0 && bytes <= smallDocuments) return quick;
  const q = { _id: id, $expr: areAsSeen(seen) };
  const whole = {
    q,
    u: {
      ...(set.length === 0 ? {} : { $set: quick.set }),
      ...(unset.length === 0 ? {} : { $unset: Object.fromEntries(unset.map((name) => [name, ""])) }),
    },
  };
  if (BSON.calculateObjectSize(whole) <= largeStatement) return whole;
  const fields = set.map((name) => [name, changeOf(`$${name}`, from.get(name), to.get(name))] as const);
  const u = [{ $set: Object.fromEntries(fields) }, ...(unset.length === 0 ? [] : [{ $unset: unset }])];
  if (BSON.calculateObjectSize({ q, u }) <= largestStatement) return { q, u };
  throw new BatchRefused(
    `a document of ${collection} is too large for its folds: they need more than a command may hold`,
  );
}

/** Absence and null are told apart. */
function seenValue(name: string, value: Exact): SeenValues[number] {
  if (value === undefined) return [{ $type: `$${name}` }, "missing"];
  return value === null ? [{ $type: `$${name}` }, "null"] : [`$${name}`, value];
}

/** A command may hold 16 MB: of what is large only what is new is sent, and where the rest of it is already. */
function changeOf(field: string, from: Exact, to: Exact): Document {
  if (Array.isArray(from) && Array.isArray(to)) return listChange(field, from, to);
  if (isDocument(from) && isDocument(to) && [...from.keys()].every((key) => to.has(key))) {
    const changed = [...to].filter(([key, value]) => from.get(key) !== value);
    return { $mergeObjects: [field, { $literal: new Map(changed) }] };
  }
  return { $literal: to };
}

function listChange(field: string, from: readonly Exact[], to: readonly Exact[]): Document {
  const places = new Map(from.map((element, at) => [bytesOf(element), at] as const));
  const added: Exact[] = [];
  const order = to.map((element) => places.get(bytesOf(element)) ?? from.length + added.push(element) - 1);
  const all = { $concatArrays: [field, { $literal: added }] };
  if (order.length === from.length + added.length && order.every((place, at) => place === at)) return all;
  return {
    $let: {
      vars: { all },
      in: { $map: { input: { $literal: order }, as: "at", in: { $arrayElemAt: ["$$all", "$$at"] } } },
    },
  };
}

/** Such a change is none for the server, whatever it finds. */
function isSameInBytes({ from, to }: DocumentChange): boolean {
  return bytesOf(from) === bytesOf(to);
}

function bytesOf(element: Exact): string {
  return Buffer.from(BSON.serialize(new Map([["", element]]))).toString("latin1");
}

/** Bytes that a command holds; the server takes 16 MB and a little more. */
const largestStatement = 16 * 1_024 * 1_024;
/** What is smaller is sent as it is. */
const largeStatement = 1_024 * 1_024;
/** Statements about these are small, and nobody has to count. */
const smallDocuments = 64 * 1_024;
