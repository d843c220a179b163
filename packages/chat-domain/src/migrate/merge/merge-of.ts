import type { Merge } from "./merge.ts";
import type { JournalEntry } from "../migration-records.ts";

/** The merge that an entry speaks of; none where it speaks of a parked chat that is no duplicate. */
export function mergeOf({ _id, survivor, epoch }: JournalEntry): readonly Merge[] {
  return survivor === null ? [] : [{ loser: _id, survivor, epoch }];
}
