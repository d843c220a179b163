import type { Document } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import type { FoldModel, FoldStrategy } from "../../../model/merge-model.ts";
import { fieldImage } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import { foldedField } from "./fold-expressions.ts";
import { countersOf } from "./recount.ts";

export interface FoldRequest {
  /** Where the copies are, which of them, and which field of theirs names the document that they are folded into. */
  readonly archive: "chats_archive" | "chat_rows_archive";
  readonly filter: Readonly<Document>;
  readonly target: "survivor" | "into";
  /** The collection of the documents that they are folded into. */
  readonly into: string;
  /** An expression: a document that has been deleted or merged itself meanwhile stays what it is. */
  readonly alive: Readonly<Document>;
  readonly fold: FoldModel;
}

/**
 * Folds archived copies into the documents that stand for them, atomically per document and within the server. A copy
 * that was folded before changes nothing.
 */
export async function foldDocuments(run: Run, request: FoldRequest): Promise<void> {
  const { archive, filter, target, into, alive, fold } = request;
  const fields = comparedFields(fold);
  if (fields.length === 0) return;
  const names = Object.keys(fold);
  const set = fields.map(([field, strategy]) => {
    const folded = foldedField(strategy, field, {
      current: (name) => `$${name}`,
      incoming: (name) => `$$new.values.f${names.indexOf(name)}`,
    });
    return [field, { $cond: [alive, folded, `$${field}`] }] as const;
  });
  await run.write.merge(archive, [
    { $match: filter },
    { $project: { _id: `$${target}`, values: fieldImage(names, "$document.") } },
    {
      $merge: {
        into,
        on: "_id",
        whenMatched: [{ $set: Object.fromEntries(set) }],
        whenNotMatched: "discard",
      },
    },
  ]);
}

/** What {@link foldDocuments} has made of an original image, once all of these copies have been folded into it. */
function foldOfAll(fold: FoldModel, original: string, copies: string): Document {
  const names = Object.keys(fold);
  const state = comparedFields(fold).map(([field, strategy]) => {
    const folded = foldedField(strategy, field, {
      current: (name) => `$$value.f${names.indexOf(name)}`,
      incoming: (name) => `$$this.values.f${names.indexOf(name)}`,
    });
    return [`f${names.indexOf(field)}`, folded] as const;
  });
  return { $reduce: { input: copies, initialValue: original, in: Object.fromEntries(state) } };
}

/** Fields whose value follows from the two documents; counters follow from what they count. */
function comparedFields(fold: FoldModel): readonly (readonly [string, FoldStrategy])[] {
  return Object.entries(fold).filter(
    ([, strategy]) => typeof strategy === "string" || "newestBy" in strategy,
  );
}

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
