import type { Document } from "mongodb";
import type { FoldModel } from "../../merge-model.ts";
import type { NativeId } from "../../native-id.ts";
import { comparedFields, foldOfAll } from "../merge/fold-documents.ts";
import { fieldImage } from "../merge/originals.ts";
import { countersOf } from "../merge/recount.ts";
import type { Run } from "../run/run.ts";

export interface UnfoldRequest {
  readonly collection: string;
  readonly ids: readonly NativeId[];
  readonly fold: FoldModel;
  readonly archive: "chats_archive" | "chat_rows_archive";
  readonly target: "survivor" | "into";
}

/**
 * Gives folded fields their original values back, where they still hold what the fold made of them; a value that
 * somebody has changed since is theirs. Within the server, atomically per document.
 */
export async function unfoldDocuments(run: Run, request: UnfoldRequest): Promise<void> {
  const { collection, ids, fold, archive, target } = request;
  const names = Object.keys(fold);
  if (names.length === 0 || ids.length === 0) return;
  const copies = {
    from: archive,
    let: { id: "$_id.id" },
    pipeline: [
      {
        $match: {
          $expr: { $and: [{ $eq: [`$${target}`, "$$id"] }, { $eq: ["$collection", collectionOf(request)] }] },
        },
      },
      { $project: { values: fieldImage(names, "$document.") } },
    ],
    as: "copies",
  };
  await run.write.merge("chat_originals", [
    { $match: { _id: { $in: ids.map((id) => ({ collection, id })) }, fields: { $exists: true } } },
    { $lookup: copies },
    { $project: { _id: "$_id.id", fields: 1, recounted: 1, folded: foldOfAll(fold, "$fields", "$copies") } },
    {
      $merge: {
        into: collection,
        on: "_id",
        whenMatched: [{ $set: restored(fold) }],
        whenNotMatched: "discard",
      },
    },
  ]);
}

function collectionOf({ collection }: UnfoldRequest): Document {
  return { $literal: collection };
}

function restored(fold: FoldModel): Document {
  const names = Object.keys(fold);
  const image = comparedFields(fold).map(
    ([field]) => [field, `$$new.folded.f${names.indexOf(field)}`] as const,
  );
  const counts = countersOf(fold).map(
    ({ field, position }) => [field, `$$new.recounted.f${position}`] as const,
  );
  const set = [...image, ...counts].map(([field, ours]) => {
    const original = `$$new.fields.f${names.indexOf(field)}`;
    return [field, { $cond: [{ $eq: [`$${field}`, ours] }, original, `$${field}`] }] as const;
  });
  return Object.fromEntries(set);
}
