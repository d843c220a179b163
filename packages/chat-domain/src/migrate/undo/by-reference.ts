import type { MovesRecord } from "../migration-records.ts";

/** Records of moves, those of one field of one collection together. */
export function byReference(records: readonly MovesRecord[]): readonly (readonly MovesRecord[])[] {
  const groups = new Map<string, MovesRecord[]>();
  for (const record of records) {
    const reference = JSON.stringify([record._id.collection, record._id.field]);
    groups.set(reference, [...(groups.get(reference) ?? []), record]);
  }
  return [...groups.values()];
}
