import type { NativeId } from "../../native-id.ts";
import { ignoringTwins, type UpdateStatement } from "../run/guarded-writes.ts";
import { idMap } from "./id-map.ts";
import type { JournalEntry, JournalState, ParkedKind } from "../migration-records.ts";
import type { Run } from "../run/run.ts";

const collection = "chat_merge_journal";

export interface Duplicate {
  readonly loser: NativeId;
  readonly survivor: NativeId;
}

/**
 * Journals the intent to merge. An entry that exists wins, so that the survivor is never chosen twice; one that is over
 * (rolled back, or undone behind our back) begins anew. One that cannot be merged waits for `retryParked`. Returns how many are new.
 */
export async function planMerges(run: Run, duplicates: readonly Duplicate[]): Promise<number> {
  const { ctx, id } = run;
  const statements = duplicates.flatMap(({ loser, survivor }): readonly UpdateStatement[] => {
    const planned = { survivor, state: "planned", plannedAt: ctx.now(), run: id };
    const over = { _id: loser, state: { $nin: ["planned", "rolling-back"] }, kind: { $ne: "unmergeable" } };
    return [
      { q: { _id: loser }, u: { $setOnInsert: { ...planned, epoch: 1 } }, upsert: true },
      {
        q: over,
        u: {
          $set: planned,
          $inc: { epoch: 1 },
          $unset: { reason: "", kind: "", mergedAt: "", purgedHash: "" },
        },
      },
    ];
  });
  const outcome = await run.write.update(collection, statements);
  ignoringTwins(outcome);
  return outcome.changed;
}

/** Moves entries on, if they are still in one of the states `from`. */
export async function advance(
  run: Run,
  losers: readonly NativeId[],
  { from, to, set = {} }: { from: readonly JournalState[]; to: JournalState; set?: Partial<JournalEntry> },
): Promise<void> {
  await run.write.update(
    collection,
    losers.map((_id) => ({ q: { _id, state: { $in: from } }, u: { $set: { ...set, state: to } } })),
  );
}

export async function forget(run: Run, losers: readonly NativeId[]): Promise<void> {
  await run.write.delete(
    collection,
    losers.map((_id) => ({ _id })),
  );
}

export interface Parking {
  readonly chat: NativeId;
  readonly survivor: NativeId | null;
  readonly kind: ParkedKind;
  readonly reason: string;
}

/** Sets chats aside with the reason; the run goes on. What is parked for the same reason already is left alone. */
export async function park(run: Run, parkings: readonly Parking[]): Promise<void> {
  if (parkings.length === 0) return;
  const known = await run.ctx.records.journal
    .find({ _id: { $in: parkings.map(({ chat }) => chat) }, state: "parked" })
    .toArray();
  const reasons = idMap(known.map((entry) => [entry._id, entry.reason] as const));
  const news = parkings.filter(({ chat, reason }) => reasons.get(chat) !== reason);
  const statements = news.map(({ chat, survivor, kind, reason }) => ({
    q: { _id: chat },
    u: {
      $set: { state: "parked", kind, reason, survivor, run: run.id },
      $setOnInsert: { epoch: 0, plannedAt: run.ctx.now() },
    },
    upsert: true,
  }));
  ignoringTwins(await run.write.update(collection, statements));
  for (const { chat, reason } of news) run.ctx.tell({ event: "chat.parked", chat, reason });
}
