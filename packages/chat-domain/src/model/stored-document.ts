import type { NativeId } from "../identity/native-id.ts";

/** A document as it is stored; apart from `_id` nothing is certain about it. */
export interface StoredDocument {
  readonly _id: NativeId;
  readonly [field: string]: unknown;
}

/** The field of the unique index. */
export const keyField = "participantsKey";
/** The field that makes a chat the tombstone of another. */
export const mergedIntoField = "mergedInto";
/** The field that says since when. */
export const mergedAtField = "mergedAt";
/** The field in which a survivor keeps the ids of its duplicates. */
export const aliasesField = "aliases";

/** The value at a dotted path of nested documents. */
export function valueAt(document: StoredDocument, path: string): unknown {
  if (!path.includes(".")) return document[path];
  let value: unknown = document;
  for (const field of path.split(".")) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
  }
  return value;
}
