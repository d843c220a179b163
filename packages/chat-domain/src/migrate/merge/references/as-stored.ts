import { BSON, type Document } from "mongodb";

/**
 * A raw document with its numbers in the types in which they are stored. The driver is not asked for them: it would leave
 * the code of an error as it came as well, and nobody would know whether it passes.
 */
export function asStored(bytes: unknown): Document {
  return BSON.deserialize(bytes as Uint8Array, { promoteValues: false });
}
