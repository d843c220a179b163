import type { Document } from "mongodb";
import type { NativeId } from "../../native-id.ts";
import { contentsOf } from "./content-hash.ts";
import { idMap } from "./id-map.ts";
import type { Merge } from "./merge.ts";
import { collectionOf } from "./reference-indexes.ts";
import type { Run } from "../run/run.ts";

/** A document to be copied, and whose merge it belongs to. */
export interface Archivable {
  readonly id: NativeId;
  readonly merge: Merge;
  /** For a row: the survivor's row that stands for it. */
  readonly into?: NativeId;
}

export interface ArchiveRequest {
  readonly from: string;
  readonly archive: "chats_archive" | "chat_rows_archive";
  readonly documents: readonly Archivable[];
  /** Copies only documents that match. */
  readonly filter: Readonly<Document>;
}

/**
 * Copies documents as they are now, beside all versions that were copied before. The server copies, so that every BSON
 * type stays what it is; the label is made of what was read a moment earlier, and it is for the caller to check with
 * `archivedContents` that no other version came between.
 */
export async function archiveDocuments(run: Run, request: ArchiveRequest): Promise<void> {
  const { from, archive, documents, filter } = request;
  const known = idMap(documents.map((document) => [document.id, document] as const));
  const ids: NativeId[] = [];
  const labels: string[] = [];
  for await (const { id, hash } of contentsOf(
    collectionOf(run.ctx, from),
    documents.map((document) => document.id),
  )) {
    ids.push(id);
    labels.push(hash);
  }
  if (ids.length === 0) return;
  // A document finds what is said about it by its position among the ids.
  const present = ids.flatMap((id) => known.get(id) ?? []);
  const copy = {
    _id: { id: "$_id", hash: said(labels) },
    collection: { $literal: from },
    loser: said(present.map(({ merge }) => merge.loser)),
    survivor: said(present.map(({ merge }) => merge.survivor)),
    ...(archive === "chat_rows_archive" ? { into: said(present.map(({ into }) => into)) } : {}),
    epoch: said(present.map(({ merge }) => merge.epoch)),
    archivedAt: "$$NOW",
    document: "$$ROOT",
  };
  await run.write.merge(from, [
    { $match: { _id: { $in: ids }, ...filter } },
    { $replaceWith: { $let: { vars: { at: { $indexOfArray: [{ $literal: ids }, "$_id"] } }, in: copy } } },
    {
      $merge: {
        into: archive,
        on: "_id",
        whenMatched: [{ $set: { epoch: "$$new.epoch", archivedAt: "$$new.archivedAt" } }],
        whenNotMatched: "insert",
      },
    },
  ]);
}

function said(values: readonly unknown[]): Document {
  return { $arrayElemAt: [{ $literal: values }, "$$at"] };
}
