import type { NativeId } from "../identity/native-id.ts";

/** A document as it is stored; apart from `_id` nothing is certain about it. */
export interface StoredDocument {
  readonly _id: NativeId;
  readonly [field: string]: unknown;
}

/** The value at a dotted path of nested documents. */
export function valueAt(document: StoredDocument, path: string): unknown {
  return path.includes(".") ? nestedValue(document, path) : document[path];
}

/** The value at a path inside a value: `undefined` where there is none, and behind anything that is no document. */
export function nestedValue(value: unknown, path: string): unknown {
  return path.split(".").reduce((inner: unknown, field) => {
    if (typeof inner !== "object" || inner === null) return undefined;
    // The driver makes an object of its own of a DBRef, with another name for the id.
    const isDbRef = field === "$id" && "_bsontype" in inner && inner._bsontype === "DBRef";
    return Reflect.get(inner, isDbRef ? "oid" : field);
  }, value);
}

/** The field of the document that a path begins with. */
export function rootOf(path: string): string {
  return path.split(".", 1)[0] ?? path;
}
