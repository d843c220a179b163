import type { Document } from "mongodb";

/** An expression for the server: whether a document lacks the field; `null` is something. */
export function isMissing(field: string): Readonly<Document> {
  return { $eq: [{ $type: `$${field}` }, "missing"] };
}
