import { mergedIntoField, type StoredDocument } from "../../chat-document.ts";
import type { NativeId } from "../../native-id.ts";
import { nextChats } from "../keys/scan-chats.ts";
import type { MigrationContext } from "../migration-context.ts";
import type { JournalState } from "../migration-records.ts";
import type { Run } from "../run/run.ts";
import { idMap } from "./id-map.ts";
import { type Duplicate, planMerges } from "./journal.ts";

const batch = 2_000;

/** States in which a duplicate may be a tombstone; in any other, or in none, its merge is nobody's. */
const tombstoneStates: readonly JournalState[] = [
  "planned",
  "merged",
  "settled",
  "purged",
  "parked",
  "rolling-back",
];

/** Tombstones whose merge the journal does not vouch for, in batches of what was looked at. */
export async function* strayTombstones(ctx: MigrationContext): AsyncGenerator<readonly StoredDocument[]> {
  const filter = { [mergedIntoField]: { $ne: null } };
  for (let after: NativeId | null = null; ;) {
    const tombstones: readonly StoredDocument[] = await nextChats(ctx, { filter, after, limit: batch });
    const last = tombstones.at(-1);
    if (last === undefined) return;
    const ids = tombstones.map(({ _id }) => _id);
    const entries = await ctx.records.journal
      .find({ _id: { $in: ids }, state: { $in: [...tombstoneStates] } }, { projection: { _id: 1 } })
      .toArray();
    const known = idMap(entries.map(({ _id }) => [_id, true] as const));
    yield tombstones.filter(({ _id }) => !known.has(_id));
    after = last._id;
  }
}

/** Makes merges of them again, so that they are completed. Returns how many there were. */
export async function planStrayTombstones(run: Run): Promise<number> {
  let planned = 0;
  for await (const strays of strayTombstones(run.ctx)) {
    const duplicates = strays.map((stray): Duplicate => ({
      loser: stray._id,
      survivor: stray[mergedIntoField] as NativeId,
    }));
    planned += await run.attempt("settle", () => planMerges(run, duplicates));
  }
  return planned;
}
