import { ownField } from "../../model/own-names.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { type IdMap, idMap, idSet } from "../../identity/stored-ids.ts";
import { type StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { JournalState } from "../context/migration-records.ts";
import { type Duplicate, planMerges } from "../journal/journal.ts";
import { chatBatches } from "../keys/scan-chats.ts";
import type { Run } from "../run/run.ts";

/** What these chats say that they have been merged into, by their ids: of those that say anything, be it `null`. */
export async function tombstones(
  ctx: MigrationContext,
  chats: readonly NativeId[],
): Promise<IdMap<NativeId | null>> {
  const found = await ctx.chats
    .find(
      { _id: { $in: [...chats] }, [ownField(ctx.model, "mergedInto")]: { $exists: true } },
      { projection: { [ownField(ctx.model, "mergedInto")]: 1 } },
    )
    .toArray();
  return idMap(
    found.map((chat) => [chat._id, chat[ownField(ctx.model, "mergedInto")] as NativeId | null] as const),
  );
}

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
  const filter = { [ownField(ctx.model, "mergedInto")]: { $ne: null } };
  for await (const found of chatBatches(ctx, { filter, limit: batch })) {
    const ids = found.map(({ _id }) => _id);
    const entries = await ctx.records.journal
      .find({ _id: { $in: ids }, state: { $in: [...tombstoneStates] } }, { projection: { _id: 1 } })
      .toArray();
    const known = idSet(entries.map(({ _id }) => _id));
    yield found.filter(({ _id }) => !known.has(_id));
  }
}

/** Makes merges of them again, so that they are completed. Returns how many there were. */
export async function planStrayTombstones(run: Run): Promise<number> {
  let planned = 0;
  for await (const strays of strayTombstones(run.ctx)) {
    const duplicates = strays.map((stray): Duplicate => ({
      loser: stray._id,
      survivor: stray[ownField(run.ctx.model, "mergedInto")] as NativeId,
    }));
    planned += await run.attempt("settle", () => planMerges(run, duplicates));
  }
  return planned;
}
