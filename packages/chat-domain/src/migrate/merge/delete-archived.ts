import type { Document } from "mongodb";
import type { NativeId } from "../../native-id.ts";
import { archivedContents, contentsOf } from "./content-hash.ts";
import { exactDocument } from "./exact-document.ts";
import { collectionOf } from "./reference-indexes.ts";
import type { Run } from "../run/run.ts";

export interface DeleteRequest {
  readonly collection: string;
  readonly archive: "archive" | "rowsArchive";
  readonly ids: readonly NativeId[];
  /** What else has to be true of them. */
  readonly filter: Readonly<Document>;
}

/**
 * Deletes documents while they still are what their copy says; one that has changed since stays. Returns how many are
 * deleted.
 */
export async function deleteArchived(run: Run, request: DeleteRequest): Promise<number> {
  const { collection, archive, ids, filter } = request;
  const isArchived = await archivedContents(run.ctx.records[archive], ids);
  const deletable: Document[] = [];
  for await (const content of contentsOf(collectionOf(run.ctx, collection), ids)) {
    const document = exactDocument(content.bytes);
    if (document === null || !isArchived(content)) continue;
    deletable.push({ ...filter, _id: content.id, $expr: { $eq: ["$$ROOT", { $literal: document }] } });
  }
  return run.write.delete(collection, deletable);
}
