import type { Run } from "../run/run.ts";
import { isServerError } from "../../server-error.ts";

const goneAlready: ReadonlySet<string | undefined> = new Set(["IndexNotFound", "NamespaceNotFound"]);

/** Drops the indexes that the migration has built, and no others. */
export async function restoreIndexes(run: Run): Promise<void> {
  const { ctx, write } = run;
  const runs = await ctx.records.runs.find({ "builtIndexes.0": { $exists: true } }).toArray();
  for (const { collection, name } of runs.flatMap(({ builtIndexes }) => builtIndexes)) {
    try {
      await write.administer({ dropIndexes: collection, index: name });
    } catch (error) {
      if (!isServerError(error) || !goneAlready.has(error.codeName)) throw error;
    }
  }
  await write.update(
    "migrator_runs",
    runs.map(({ _id }) => ({ q: { _id }, u: { $set: { builtIndexes: [] } } })),
  );
}
