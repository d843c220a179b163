import type { Document, IndexDescriptionInfo } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { rootOf } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { documentDifferences } from "../preflight/document-differences.ts";
import { duplicateSets } from "../preflight/duplicate-sets.ts";
import { hasMergeable } from "../preflight/lost-content.ts";
import { uniqueReferenceIndexes } from "../preflight/reference-indexes.ts";
import { serverVersion } from "../preflight/server.ts";
import { heldForms } from "./refused-to-follow.ts";

interface ArchivedRows {
  readonly rows: number;
  readonly example: NativeId;
  readonly paths: readonly (readonly string[])[];
  /** How many of them have a number as the other key of the index. */
  readonly counted: number;
}

/** Rows of duplicates that a policy would archive although they say something else than the survivor's. */
export async function archivedRows(ctx: MigrationContext): Promise<readonly string[]> {
  if (!(await hasMergeable(ctx))) return [];
  const warnings: string[] = [];
  for (const reference of ctx.model.references) {
    if (reference.onConflict === undefined || mapOfKeys(reference.field) !== null) continue;
    for (const index of await uniqueReferenceIndexes(ctx, reference)) {
      const found = await archivedBy(ctx, reference, index);
      if (found !== null) warnings.push(archivedText(reference, index, found));
    }
  }
  return warnings;
}

async function archivedBy(
  ctx: MigrationContext,
  reference: ReferenceModel,
  { key }: IndexDescriptionInfo,
): Promise<ArchivedRows | null> {
  const { collection, field, fold, ignore } = reference;
  const others = Object.keys(key).filter((name) => name !== field);
  const version = await serverVersion(ctx);
  const named = ["_id", "__v", rootOf(field), ...others, ...Object.keys(fold), ...ignore];
  const stages: readonly Document[] = [
    ...duplicateSets(ctx.model, version),
    { $unwind: "$losers" },
    ...heldForms(ctx, reference, { whose: "losers", version }),
    { $lookup: { from: collection, localField: "forms", foreignField: field, as: "row" } },
    { $unwind: "$row" },
    ...heldForms(ctx, reference, { whose: "survivor", version }),
    { $unwind: "$forms" },
    survivorsTwin(reference, others),
    { $unwind: "$twin" },
    {
      $project: {
        id: "$row._id",
        isCounted: { $and: [{ $ne: [others, []] }, { $isNumber: `$row.${others.at(-1) ?? "_id"}` }] },
        differences: documentDifferences({ loser: "$row", survivor: "$twin", named }),
      },
    },
    { $match: { "differences.0": { $exists: true } } },
    {
      $group: {
        _id: null,
        rows: { $sum: 1 },
        counted: { $sum: { $cond: ["$isCounted", 1, 0] } },
        example: { $min: "$id" },
        paths: { $addToSet: "$differences.path" },
      },
    },
  ];
  const [found] = await ctx.chats
    .aggregate<ArchivedRows>([...stages], { allowDiskUse: true, collation: { locale: "simple" } })
    .toArray();
  return found ?? null;
}

/** The survivor's row that stands in the place of one of its duplicate's by these other keys of the index. */
function survivorsTwin({ collection, field }: ReferenceModel, others: readonly string[]): Document {
  const same = others.map((name) => ({
    $eq: [{ $ifNull: [`$${name}`, null] }, `$$${variable(others, name)}`],
  }));
  const keys = others.map((name) => [variable(others, name), { $ifNull: [`$row.${name}`, null] }] as const);
  return {
    $lookup: {
      from: collection,
      let: { chat: "$forms", ...Object.fromEntries(keys) },
      pipeline: [{ $match: { $expr: { $and: [{ $eq: [`$${field}`, "$$chat"] }, ...same] } } }, { $limit: 1 }],
      as: "twin",
    },
  };
}

function variable(names: readonly string[], name: string): string {
  return `key${names.indexOf(name)}`;
}

function archivedText(
  { collection, field, onConflict }: ReferenceModel,
  { name, key }: IndexDescriptionInfo,
  { rows, example, paths, counted }: ArchivedRows,
): string {
  const differing = [...new Set(paths.flat())].toSorted().join(", ");
  const other = Object.keys(key).findLast((one) => one !== field) ?? field;
  const text =
    `${rows} documents of ${collection} differ from those of the survivor's that stand in their place by the index ${name} ` +
    `(in ${differing}; such as ${String(example)}), and ${onConflict} would archive them`;
  return counted > 0
    ? `${text}. ${other} counts within each chat, so these are no twins but content that would go out of sight`
    : `${text}: fold what counts ("onConflict": "fold"), or name it in "ignore"`;
}
