import { createHash } from "node:crypto";
import { BSON, type Collection, type Document } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idText } from "../../../identity/stored-ids.ts";
import type { StoredDocument } from "../../../model/stored-document.ts";
import type { ArchiveRecord } from "../../context/migration-records.ts";

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

/** Tells whether the newest copy has this very content: an older one may have it too, and something came between. */
export async function newestContents(
  archive: Collection<ArchiveRecord>,
  ids: readonly NativeId[],
): Promise<(content: Pick<Content, "id" | "hash">) => boolean> {
  const labels = await archive
    .find({ "_id.id": { $in: [...ids] } }, { projection: { _id: 1 }, sort: { seq: 1, archivedAt: 1 } })
    .toArray();
  const last = groupedById(labels, ({ _id }) => _id.id).flatMap((group) => group.at(-1)?._id ?? []);
  const pipeline = [{ $match: { _id: { $in: last } } }, { $replaceWith: "$document" }];
  const newest = new Map<string, string>();
  for await (const raw of archive.aggregate(pipeline, { raw: true })) {
    const { id, hash } = contentOf(raw as unknown as Uint8Array);
    newest.set(idText(id), hash);
  }
  return ({ id, hash }) => newest.get(idText(id)) === hash;
}

function contentOf(bytes: Uint8Array): Content {
  return { id: idOf(bytes), hash: createHash("sha256").update(bytes).digest("hex"), bytes };
}

/** Of a chat of 16 MB nothing but its id is made into values: the server stores that first. */
function idOf(bytes: Uint8Array): NativeId {
  const [, , , offset, length] = [...BSON.onDemand.parseToElements(bytes)][0] ?? [0, 0, 0, 0, 0];
  const document = Buffer.alloc(offset + length + 1);
  document.set(bytes.subarray(0, offset + length));
  document.writeInt32LE(document.length, 0);
  return BSON.deserialize(document)["_id"] as NativeId;
}
