import type { Binary, ObjectId } from "mongodb";
import { bsonType, contentText, type Exact, isDocument } from "../archive/exact-values.ts";
import { compareNumbers, isNumber } from "./numbers.ts";

/** Compares as the server does, types in their order and texts by their bytes; absence comes first. */
export function compareValues(a: Exact, b: Exact): number {
  const [first, second] = [rankOf(a), rankOf(b)];
  if (first !== second) return first - second;
  if (isNumber(a)) return compareNumbers(a, b);
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (typeof a === "boolean" || a instanceof Date) return Number(a) - Number(b);
  if (isDocument(a)) return compareLists([...a].flat(), [...(b as typeof a)].flat());
  return Array.isArray(a) ? compareLists(a, b as readonly Exact[]) : compareOthers(a, b);
}

function compareOthers(a: Exact, b: Exact): number {
  switch (bsonType(a)) {
    case "ObjectId":
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case "Binary":
      return compareBinaries(a as Binary, b as Binary);
    case "Timestamp":
      return compareNumbers(a, b);
    default:
      return contentText(a) < contentText(b) ? -1 : Number(contentText(a) > contentText(b));
  }
}

/** Null and absence say the same. */
export function isNothing(value: Exact): boolean {
  return value === undefined || value === null;
}

const ranks: readonly unknown[] = ["Binary", "ObjectId", "boolean", "date", "Timestamp", "BSONRegExp"];

function rankOf(value: Exact): number {
  if (isNothing(value)) return 0;
  if (isNumber(value)) return 1;
  if (typeof value === "string") return 2;
  if (isDocument(value)) return 3;
  if (Array.isArray(value)) return 4;
  const type = value instanceof Date ? "date" : typeof value === "boolean" ? "boolean" : bsonType(value);
  return 5 + (ranks.includes(type) ? ranks.indexOf(type) : ranks.length);
}

function compareLists(a: readonly Exact[], b: readonly Exact[]): number {
  for (const [at, value] of a.entries()) {
    const order = at < b.length ? compareValues(value, b[at]) : 1;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareBinaries(a: Binary, b: Binary): number {
  return a.length() - b.length() || a.sub_type - b.sub_type || Buffer.compare(a.value(), b.value());
}
