import type { Document } from "mongodb";
import type { FoldModel, FoldStrategy } from "../../merge-model.ts";
import { foldedField } from "./fold-expressions.ts";
import { fieldImage } from "./originals.ts";
import type { Run } from "../run/run.ts";

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
export function foldOfAll(fold: FoldModel, original: string, copies: string): Document {
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
export function comparedFields(fold: FoldModel): readonly (readonly [string, FoldStrategy])[] {
  return Object.entries(fold).filter(
    ([, strategy]) => typeof strategy === "string" || "newestBy" in strategy,
  );
}
