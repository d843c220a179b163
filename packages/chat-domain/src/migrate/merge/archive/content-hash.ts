import { createHash } from "node:crypto";
import { BSON, type Collection, type Document } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { idText } from "../../../identity/stored-ids.ts";
import type { StoredDocument } from "../../../model/stored-document.ts";

/** A document as it is stored, byte by byte. */
export interface Content {
  readonly id: NativeId;
  /** SHA-256 of its BSON bytes, hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** Reads documents without holding more than one reply of the server in memory. */
export async function* contentsOf(
  collection: Collection<StoredDocument>,
  ids: readonly NativeId[],
): AsyncGenerator<Content> {
  for await (const raw of collection.find({ _id: { $in: [...ids] } }, { raw: true })) {
    yield contentOf(raw as unknown as Uint8Array);
  }
}

/** Tells whether a copy with this very content exists, whatever its label says. */
export async function archivedContents<T extends Document>(
  archive: Collection<T>,
  ids: readonly NativeId[],
): Promise<(content: Pick<Content, "id" | "hash">) => boolean> {
  const pipeline = [{ $match: { "_id.id": { $in: [...ids] } } }, { $replaceWith: "$document" }];
  const known = new Set<string>();
  for await (const raw of archive.aggregate(pipeline, { raw: true })) {
    const { id, hash } = contentOf(raw as unknown as Uint8Array);
    known.add(`${idText(id)} ${hash}`);
  }
  return ({ id, hash }) => known.has(`${idText(id)} ${hash}`);
}

function contentOf(bytes: Uint8Array): Content {
  const { _id } = BSON.deserialize(bytes);
  return { id: _id as NativeId, hash: createHash("sha256").update(bytes).digest("hex"), bytes };
}
