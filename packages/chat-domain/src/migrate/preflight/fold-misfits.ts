import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { FoldStrategy } from "../../model/fold-strategy.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import { type FoldModel, type ReferenceModel, wholeValue } from "../../model/merge-model.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";

/** A value that a fold can do nothing with, in documents that would fold. */
export interface FoldMisfit {
  readonly path: string;
  /** Where in the path, and of which type. */
  readonly at: string;
  readonly type: string;
  readonly documents: number;
  readonly example: NativeId;
}

/** A place of a fold, and what may stand there. */
interface FoldPlace {
  readonly path: string;
  readonly at: string;
  readonly types: readonly string[];
}

const nothing = ["missing", "null", "undefined"];
const numbers = ["int", "long", "double", "decimal"];

function placesOf(fold: FoldModel): readonly FoldPlace[] {
  return Object.entries(fold).flatMap(([path, strategy]) => {
    const names = path.split(".");
    const way = names.slice(1).map((_, index) => names.slice(0, index + 1).join("."));
    const types = typesOf(strategy);
    return [
      ...way.map((at) => ({ path, at, types: ["object"] })),
      ...(types === null ? [] : [{ path, at: path, types }]),
    ];
  });
}

/** `null` where anything will do. */
function typesOf(strategy: FoldStrategy): readonly string[] | null {
  if (typeof strategy === "string") return strategy === "sum" ? numbers : null;
  if ("eachKey" in strategy) return ["object"];
  return "union" in strategy || "intersection" in strategy || "concat" in strategy ? ["array"] : null;
}

/** Stages that find them in documents of the shape `{id, documents: […]}`. */
export function misfitStages(fold: FoldModel): readonly Document[] {
  const places = placesOf(fold);
  if (places.length === 0) return [{ $match: { $expr: false } }];
  const found = places.map(({ path, at, types }) => ({
    $let: {
      vars: { type: { $type: at === wholeValue ? "$document" : `$document.${at}` } },
      in: { path, at, type: "$$type", fits: { $in: ["$$type", [...types, ...nothing]] } },
    },
  }));
  return [
    { $unwind: "$documents" },
    { $project: { id: 1, document: "$documents" } },
    {
      $project: {
        id: 1,
        misfit: { $first: { $filter: { input: found, as: "one", cond: { $not: ["$$one.fits"] } } } },
      },
    },
    { $match: { misfit: { $ne: null } } },
    {
      $group: {
        _id: { path: "$misfit.path", at: "$misfit.at", type: "$misfit.type" },
        documents: { $sum: 1 },
        example: { $min: "$id" },
      },
    },
    { $match: { "_id.path": { $ne: null } } },
    { $sort: { _id: 1 } },
    { $project: { _id: 0, path: "$_id.path", at: "$_id.at", type: "$_id.type", documents: 1, example: 1 } },
  ];
}

export function misfitText({ path, at, type, documents, example }: FoldMisfit, collection: string): string {
  const where =
    at === path ? `what ${path === wholeValue ? "a map's key" : path} holds` : `the path of the fold ${path}`;
  return at === path
    ? `${where} in ${documents} documents of ${collection} is of type ${type} (such as in ${String(example)}), which its fold can do nothing with: ` +
        'choose another strategy in "fold", or leave it out'
    : `${where} meets a value of type ${type} at ${at} in ${documents} documents of ${collection} (such as ${String(example)}): ` +
        "folds are written through documents only; " +
        (type === "array"
          ? `fold the array itself: {"${at}": {"union": {"by": …, "fold": …}}}`
          : "leave it out");
}

/** Rows that may fold: of those that no strategy asks anything of, nothing is looked at. */
export async function rowMisfits(ctx: MigrationContext): Promise<PreflightReport> {
  const problems: string[] = [];
  for (const { collection, field, where, fold, onConflict } of ctx.model.references) {
    if (onConflict !== "fold" || placesOf(fold).length === 0) continue;
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
