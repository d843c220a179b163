import { countersOf } from "../merge/fold/recount.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { collectionInfos } from "./collections.ts";
import type { PreflightReport } from "./findings.ts";

/** What counters are counted from has to be there: after a name with a mistake in it they would all be zero. */
export async function countedDocuments(ctx: MigrationContext): Promise<PreflightReport> {
  const { fold, references } = ctx.model;
  const counters = [fold, ...references.map((reference) => reference.fold)].flatMap(countersOf);
  if (counters.length === 0) return { problems: [], warnings: [] };
  const there = new Set((await collectionInfos(ctx)).map(({ name }) => name));
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const { field: counter, recount } of counters) {
    const { collection, field, where } = recount;
    const what = `"recount" of ${counter} counts documents of ${collection} by ${field}`;
    if (!there.has(collection)) problems.push(`${what}, and there is no such collection`);
    else if ((await firstOf(ctx, collection, { $and: [{ [field]: { $ne: null } }, where] })) === null)
      warnings.push(`${what}, and there are none: is it the right name?`);
  }
  return { problems, warnings };
}

function firstOf(ctx: MigrationContext, collection: string, filter: object) {
  return collectionOf(ctx, collection).findOne(filter, { projection: { _id: 1 } });
}
