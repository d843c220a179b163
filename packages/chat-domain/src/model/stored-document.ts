import type { NativeId } from "../identity/native-id.ts";

/** A document as it is stored; apart from `_id` nothing is certain about it. */
export interface StoredDocument {
  readonly _id: NativeId;
  readonly [field: string]: unknown;
}

/** The value at a dotted path of nested documents. */
export function valueAt(document: StoredDocument, path: string): unknown {
  if (!path.includes(".")) return document[path];
  let value: unknown = document;
  for (const field of path.split(".")) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
  }
  return value;
}
