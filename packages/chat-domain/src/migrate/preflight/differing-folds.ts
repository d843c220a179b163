import type { IndexDescriptionInfo } from "mongodb";
import { idText } from "../../identity/stored-ids.ts";
import { overlaps } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { foldsRows } from "../merge/references/row-copies.ts";
import type { PreflightReport } from "./findings.ts";
import { uniqueReferenceIndexes } from "./reference-indexes.ts";

/** A row may stand for rows of several references: nobody could take out of a field what each has folded its own way. */
export async function differingFolds(ctx: MigrationContext): Promise<PreflightReport> {
  const folding = ctx.model.references.filter(foldsRows);
  const problems: string[] = [];
  for (const [at, one] of folding.entries())
    for (const other of folding.slice(at + 1)) {
      const path = differingPath(one, other);
      if (path === null) continue;
      const [index] = await indexesOfBoth(ctx, one, other);
      if (index === undefined) continue;
      problems.push(
        `references by ${one.collection}.${one.field} and ${other.collection}.${other.field} fold ${path} in two ways, and the unique ` +
          `index ${String(index.name)} lets one row stand for rows of both: give it the same strategy in both, or the index a field ` +
          'for which their "where" demand different values',
      );
    }
  return { problems, warnings: [] };
}

function differingPath(one: ReferenceModel, other: ReferenceModel): string | null {
  if (one.collection !== other.collection) return null;
  const isDiffering = (path: string): boolean =>
    Object.entries(other.fold).some(
      ([name, strategy]) =>
        overlaps(name, path) &&
        (name !== path || JSON.stringify(strategy) !== JSON.stringify(one.fold[path])),
    );
  return Object.keys(one.fold).find(isDiffering) ?? null;
}

/** Unique indexes by which rows fold, if both references have one; none that tells their rows apart. */
async function indexesOfBoth(
  ctx: MigrationContext,
  one: ReferenceModel,
  other: ReferenceModel,
): Promise<readonly IndexDescriptionInfo[]> {
  const [these, those] = [await uniqueReferenceIndexes(ctx, one), await uniqueReferenceIndexes(ctx, other)];
  if (these.length === 0 || those.length === 0) return [];
  const apart = Object.keys(one.where).filter((field) => isApart(one.where[field], other.where[field]));
  return [...these, ...those].filter(({ key }) => !apart.some((field) => field in key));
}

/** Both are plain values, and not the same. */
function isApart(a: unknown, b: unknown): boolean {
  return [a, b].every(isPlain) && idText(a) !== idText(b);
}

function isPlain(value: unknown): boolean {
  return value !== undefined && (typeof value !== "object" || (value !== null && "_bsontype" in value));
}
