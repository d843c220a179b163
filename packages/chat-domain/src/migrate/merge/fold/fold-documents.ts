import { recordName } from "../../../model/own-names.ts";
import type { Document } from "mongodb";
import { isServerError, isTransient } from "../../../errors/mongo-errors.ts";
import type { FoldModel, FoldStrategy } from "../../../model/merge-model.ts";
import { type Expression, fieldAt, fieldWith, rootsOf } from "../../../model/nested-fields.ts";
import { BatchRefused } from "../../context/migration-error.ts";
import { fieldImage } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import { refusalReason } from "../../run/write-outcome.ts";
import { foldedField } from "./fold-expressions.ts";

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
 *
 * @throws BatchRefused when the server refuses what a document would become
 */
export async function foldDocuments(run: Run, request: FoldRequest): Promise<void> {
  const { archive, filter, target, into, alive, fold } = request;
  const fields = comparedFields(fold);
  if (fields.length === 0) return;
  const names = Object.keys(fold);
  const values = fields.map(([field, strategy]) => {
    const folded = foldedField(strategy, field, {
      current: (name) => fieldAt("$", name),
      incoming: (name) => `$$new.values.f${names.indexOf(name)}`,
    });
    return [field, folded] as const;
  });
  const set = rootsOf(fields.map(([field]) => field)).map(
    (root) => [root, { $cond: [alive, fieldWith(`$${root}`, root, values), `$${root}`] }] as const,
  );
  try {
    await run.write.merge(recordName(run.ctx.model, archive), [
      { $match: filter },
      { $sort: inOrder },
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
  } catch (error) {
    if (!isServerError(error) || isTransient(error) || !isAboutDocument(error.code)) throw error;
    throw new BatchRefused(`${whatCannotBeFolded(into, names)}: ${refusalReason(error)}`, { cause: error });
  }
}

function whatCannotBeFolded(into: string, names: readonly string[]): string {
  return `its ${names.join(", ")} cannot be folded into the document of ${into} that stands for it`;
}

/** Copies are folded, and taken out again, in the order in which they were made. */
export const inOrder = { archivedAt: 1, "_id.id": 1, "_id.hash": 1 } as const;

/** Fields whose value follows from the two documents; counters follow from what they count. */
export function comparedFields(fold: FoldModel): readonly (readonly [string, FoldStrategy])[] {
  return Object.entries(fold).filter(
    ([, strategy]) => typeof strategy === "string" || "newestBy" in strategy,
  );
}

/** What {@link foldDocuments} has made of an original image, once all of these copies have been folded into it. */
export function foldOfAll(fold: FoldModel, original: string, copies: Expression): Expression {
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

/** No room, a validator, another unique index; memory that an expression may take. */
const documentCodes: ReadonlySet<number> = new Set([121, 10_334, 11_000, 17_419, 17_420, 4_568, 146]);

export function isAboutDocument(code: number): boolean {
  return documentCodes.has(code);
}
