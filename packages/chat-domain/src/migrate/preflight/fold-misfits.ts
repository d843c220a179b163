import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import type { FoldModel, ReferenceModel } from "../../model/merge-model.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";
import { firstMisfit, type MisfitKind } from "./misfit-expression.ts";

/** A value that a fold can do nothing with, in documents that would fold. */
export interface FoldMisfit {
  readonly path: string;
  /** Where in the path, and of which type. */
  readonly at: string;
  readonly type: string;
  readonly kind: MisfitKind;
  readonly documents: number;
  readonly example: NativeId;
}

/** Stages that find them in documents of the shape `{id, documents: […]}`. */
export function misfitStages(fold: FoldModel): readonly Document[] {
  const misfit = firstMisfit(fold, "$documents");
  if (misfit === null) return [{ $match: { $expr: false } }];
  return [
    { $unwind: "$documents" },
    { $project: { id: 1, misfit } },
    { $match: { misfit: { $ne: null } } },
    { $group: { _id: "$misfit", documents: { $sum: 1 }, example: { $min: "$id" } } },
    { $sort: { _id: 1 } },
    { $replaceWith: { $mergeObjects: ["$_id", { documents: "$documents", example: "$example" }] } },
  ];
}

export function misfitText({ kind, ...misfit }: FoldMisfit, collection: string): string {
  const { path, at, type, documents, example } = misfit;
  const where = `in ${documents} documents of ${collection}`;
  if (kind === "documents")
    return (
      `what ${at || "a map's key"} holds ${where} is documents (such as in ${String(example)}), and a set has plain values, equal ` +
      'ones once: for documents say what tells them apart, {"union": {"by": …}}, or that all stay, {"concat": {}}'
    );
  if (kind === "plain")
    return (
      `what ${at || "a map's key"} holds ${where} is plain values, such as one of type ${type} (in ${String(example)}), which nothing ` +
      'tells apart by a field of theirs: for plain values it is "intersection" alone'
    );
  if (kind === "value")
    return (
      `what ${at || "a map's key"} holds ${where} is of type ${type} (such as in ${String(example)}), which its fold can do ` +
      'nothing with: choose another strategy in "fold", or leave it out'
    );
  return (
    `the path of the fold ${path} meets a value of type ${type} at ${at} ${where} (such as ${String(example)}): ` +
    "folds are written through documents only; " +
    (type === "array" ? `fold the array itself: {"${at}": {"union": {"by": …, "fold": …}}}` : "leave it out")
  );
}

/** Rows that may fold: of those that no strategy asks anything of, nothing is looked at. */
export async function rowMisfits(ctx: MigrationContext): Promise<PreflightReport> {
  const problems: string[] = [];
  for (const { collection, field, where, fold, onConflict } of ctx.model.references) {
    if (onConflict !== "fold" || firstMisfit(fold, "$documents") === null) continue;
    const misfits = await collectionOf(ctx, collection)
      .aggregate<FoldMisfit>(
        [{ $match: where }, { $project: { id: "$_id", documents: foldingIn(field) } }, ...misfitStages(fold)],
        { allowDiskUse: true },
      )
      .toArray();
    problems.push(...misfits.map((misfit) => misfitText(misfit, collection)));
  }
  return { problems, warnings: [] };
}

/** What folds of a row: its elements or the values of its map where the chat's id is inside, else the row itself. */
function foldingIn(field: ReferenceModel["field"]): Document {
  const map = mapOfKeys(field);
  if (map !== null) {
    const entries = { $cond: [{ $eq: [{ $type: `$${map}` }, "object"] }, { $objectToArray: `$${map}` }, []] };
    return { $map: { input: entries, in: "$$this.v" } };
  }
  const names = field.split(".").slice(0, -1);
  return names.reduceRight<Document>(
    (otherwise, _, index) => {
      const array = `$${names.slice(0, index + 1).join(".")}`;
      const documents = { $filter: { input: array, cond: { $eq: [{ $type: "$$this" }, "object"] } } };
      return { $cond: [{ $isArray: array }, documents, otherwise] };
    },
    ["$$ROOT"] as unknown as Document,
  );
}
