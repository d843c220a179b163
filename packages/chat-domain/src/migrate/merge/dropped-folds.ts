import { rootsOf } from "../../model/nested-fields.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { patiently } from "../context/with-migration-errors.ts";
import { allFolds } from "./all-folds.ts";

interface Folded {
  readonly _id: { readonly collection: string; readonly names: readonly string[] };
}

/** What duplicates have given to fields that no fold names any more would stay in their survivors without a word. */
export async function droppedFolds(ctx: MigrationContext): Promise<readonly string[]> {
  const saved = await patiently(ctx, () =>
    ctx.records.originals
      .aggregate<Folded>([
        { $match: { "folded.names": { $exists: true } } },
        { $group: { _id: { collection: "$_id.collection", names: "$folded.names" } } },
      ])
      .toArray(),
  );
  const folds = allFolds(ctx);
  const dropped = saved.flatMap(({ _id: { collection, names } }) => {
    const own = folds.filter((fold) => fold.collection === collection);
    const known = new Set(own.flatMap(({ fold }) => rootsOf(Object.keys(fold))));
    return names.filter((name) => !known.has(name)).map((name) => `${collection}.${name}`);
  });
  return [...new Set(dropped)].map(
    (field) =>
      `${field} was folded, and the configuration folds it no more, so it would keep what duplicates have given to it: ` +
      "go back with the fold that was there when they were merged",
  );
}
