import type { Document } from "mongodb";

/** A document and the collection it belongs to. */
export interface LegacyDocument {
  readonly collection: string;
  readonly document: Document;
}

/** Documents of one collection, in the order they are to be inserted in. */
export interface LegacyBatch {
  readonly collection: string;
  readonly documents: readonly Document[];
}
