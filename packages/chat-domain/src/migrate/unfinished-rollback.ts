import type { MigrationContext } from "./migration-context.ts";

/** A rollback that was stopped half-way has to be finished first: what it has brought back is not whole yet. */
export async function unfinishedRollback({ records }: MigrationContext): Promise<readonly string[]> {
  const entry = await records.journal.findOne({ state: "rolling-back" });
  return entry === null ? [] : ["a rollback was stopped before its end: run it again first"];
}
