import type { NativeId } from "../../identity/native-id.ts";
import { idMap } from "../../identity/stored-ids.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import {
  type JournalEntry,
  type JournalState,
  type ParkedKind,
  losersOf,
} from "../context/migration-records.ts";
import type { Run } from "../run/run.ts";

const underWay: ReadonlySet<JournalState> = new Set(["planned", "rolling-back"]);

function journalName({ ctx }: Run): string {
  return ctx.records.journal.collectionName;
}

export interface Duplicate {
  readonly loser: NativeId;
  readonly survivor: NativeId;
}

/**
 * Journals the intent to merge. An entry that exists wins, so that the survivor is never chosen twice; one that is over
 * (rolled back, or undone behind our back) begins anew. One that cannot be merged waits for `retryParked`. Returns how many are new.
 */
export async function planMerges(run: Run, duplicates: readonly Duplicate[]): Promise<number> {
  const { ctx, id, write } = run;
  const planned = (survivor: NativeId) => ({ survivor, state: "planned", plannedAt: ctx.now(), run: id });
  const known = await ctx.records.journal
    .find({ _id: { $in: losersOf(duplicates) } }, { projection: { state: 1 } })
    .toArray();
  const stateOf = idMap(known.map(({ _id, state }) => [_id, state] as const));
  const begun = await write.insert(
    journalName(run),
    duplicates
      .filter(({ loser }) => !stateOf.has(loser))
      .map(({ loser, survivor }) => ({ _id: loser, ...planned(survivor), epoch: 1 })),
  );
  const begunAnew = await write.update(
    journalName(run),
    duplicates
      .filter(({ loser }) => isOver(stateOf.get(loser)))
      .map(({ loser, survivor }) => ({
        q: {
          _id: loser,
          state: { $nin: [...underWay] },
          $nor: [{ state: "parked", kind: "unmergeable" }],
        },
        u: {
          $set: planned(survivor),
          $inc: { epoch: 1 },
          $unset: { reason: "", kind: "", mergedAt: "", purgedHash: "", releasedAt: "" },
        },
      })),
  );
  return begun + begunAnew.changed;
}

function isOver(state: JournalState | undefined): boolean {
  return state !== undefined && !underWay.has(state);
}

/** Moves entries on, if they are still in one of the states `from`. */
export async function advance(
  run: Run,
  losers: readonly NativeId[],
  { from, to, set = {} }: { from: readonly JournalState[]; to: JournalState; set?: Partial<JournalEntry> },
): Promise<void> {
  if (losers.length === 0) return;
  const q = { _id: { $in: losers }, state: { $in: from } };
  await run.write.update(journalName(run), [{ q, u: { $set: { ...set, state: to } }, multi: true }]);
}

export async function forget(run: Run, losers: readonly NativeId[]): Promise<void> {
  await run.write.delete(
    journalName(run),
    losers.map((_id) => ({ _id })),
  );
}

export interface Parking {
  readonly chat: NativeId;
  readonly survivor: NativeId | null;
  readonly kind: ParkedKind;
  readonly reason: string;
  /** With which the next attempt begins, where copies of this one are history. */
  readonly epoch?: number;
}

/** A chat that cannot have its key. */
export function unclaimable(chat: NativeId, reason: string): Parking {
  return { chat, survivor: null, kind: "unclaimable", reason };
}

/** A merge that cannot be done, and why. */
export interface Unmergeable extends Pick<Parking, "reason" | "epoch"> {
  readonly merge: Duplicate;
}

/** Parks losers that cannot be merged; the run goes on. */
export function parkMerges(run: Run, unmergeable: readonly Unmergeable[]): Promise<void> {
  return park(
    run,
    unmergeable.map(({ merge: { loser: chat, survivor }, ...why }) => ({
      chat,
      survivor,
      kind: "unmergeable" as const,
      ...why,
    })),
  );
}

/** Sets chats aside with the reason; the run goes on. What is parked for the same reason already is left alone. */
export async function park(run: Run, parkings: readonly Parking[]): Promise<void> {
  if (parkings.length === 0) return;
  const known = await run.ctx.records.journal
    .find({ _id: { $in: parkings.map(({ chat }) => chat) }, state: "parked" })
    .toArray();
  const reasons = idMap(known.map((entry) => [entry._id, entry.reason] as const));
  const news = parkings.filter(({ chat, reason }) => reasons.get(chat) !== reason);
  await run.write.upsert(
    journalName(run),
    news.map(({ chat, survivor, kind, reason, epoch }) => ({
      _id: chat,
      set: {
        state: "parked",
        kind,
        reason,
        survivor,
        run: run.id,
        ...(epoch === undefined ? {} : { epoch }),
      },
      setIfMissing: { ...(epoch === undefined ? { epoch: 0 } : {}), plannedAt: run.ctx.now() },
    })),
  );
  for (const { chat, reason } of news) run.ctx.emit({ event: "chat.parked", chat, reason });
}

/** Journal entries in these states, in `_id` order, in batches; entries may change while they are worked on. */
export async function* journalBatches(
  ctx: MigrationContext,
  states: readonly JournalState[],
  size: () => number,
): AsyncGenerator<readonly JournalEntry[]> {
  for (let after: NativeId | null = null; ;) {
    const beyond: object = after === null ? {} : { _id: { $ne: after } };
    const limit = size();
    const entries: JournalEntry[] = await ctx.records.journal
      .find(
        { state: { $in: [...states] }, ...beyond },
        {
          hint: { _id: 1 },
          sort: { _id: 1 },
          limit,
          ...(after === null ? {} : { min: { _id: after } }),
        },
      )
      .toArray();
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    // An _id may be null, after which there is no going on.
    if (entries.length < limit) return;
    after = last._id;
  }
}
