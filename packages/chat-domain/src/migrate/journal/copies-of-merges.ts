import type { Document } from "mongodb";
import type { Merge } from "../context/migration-records.ts";

/** Filters, for an `$or`, of the copies that were made for these merges; those of an earlier one are history. */
export function copiesOfMerges(merges: readonly Merge[]): readonly Document[] {
  const epochs = [...new Set(merges.map(({ epoch }) => epoch))];
  return epochs.map((epoch) => ({
    epoch,
    loser: { $in: merges.filter((merge) => merge.epoch === epoch).map(({ loser }) => loser) },
  }));
}
