import type { NativeId } from "../../native-id.ts";
import type { MigrationContext } from "../migration-context.ts";
import type { JournalEntry, JournalState } from "../migration-records.ts";

/** Journal entries in these states, in `_id` order, in batches; entries may change while they are worked on. */
export async function* journalBatches(
  ctx: MigrationContext,
  states: readonly JournalState[],
  size: () => number,
): AsyncGenerator<readonly JournalEntry[]> {
  for (let after: NativeId | null = null; ;) {
    const beyond: object = after === null ? {} : { _id: { $ne: after } };
    const entries: JournalEntry[] = await ctx.records.journal
      .find(
        { state: { $in: [...states] }, ...beyond },
        {
          hint: { _id: 1 },
          sort: { _id: 1 },
          limit: size(),
          ...(after === null ? {} : { min: { _id: after } }),
        },
      )
      .toArray();
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    after = last._id;
  }
}
