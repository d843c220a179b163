import { idSet } from "../../identity/stored-ids.ts";
import type { RollbackTarget } from "../context/migration-event.ts";
import {
  type JournalEntry,
  type JournalState,
  type Merge,
  mergedStates,
  mergeOf,
} from "../context/migration-records.ts";
import { ownField, recordName } from "../../model/own-names.ts";
import { advance, forget } from "../journal/journal.ts";
import { removeUnkeyed, restoreKeys, undone, unsetKeys } from "../keys/restore-keys.ts";
import { restoreCopies } from "../merge/archive/archive-documents.ts";
import { allFolds } from "../merge/all-folds.ts";
import { moveMarksBack } from "../merge/fold/archived-marks.ts";
import { returnStaying } from "../merge/references/forget-moves.ts";
import { tellStays } from "../merge/references/stays.ts";
import { undoMerges } from "../merge/undo-merges.ts";
import type { Run } from "../run/run.ts";
import { assertWritten } from "../run/write-outcome.ts";
import { buildRecordIndexes, restoreIndexes } from "./index-phase.ts";
import { unseal } from "./seal-phase.ts";

/** Undoes the phases after `to`, last first. */
export async function rollbackPhase(run: Run, to: RollbackTarget): Promise<void> {
  await run.attempt("rollback", () => buildRecordIndexes(run));
  await run.attempt("rollback", () => unseal(run));
  await run.attempt("rollback", () => noteDeleted(run));
  await unpurge(run, to);
  if (to === "merge") return;
  await unmerge(run);
  await run.attempt("rollback", () => returnStaying(run));
  await unrelease(run);
  if (to === "backfill") return;
  await unsetKeys(run);
  await forgetParked(run);
  if (to === "index") return;
  await restoreIndexes(run);
  await restoreKeys(run);
  await removeUnkeyed(run);
}

/** A purge that was killed may have deleted duplicates without having said so. */
async function noteDeleted(run: Run): Promise<void> {
  const { chats, records } = run.ctx;
  const begun = await records.journal
    .find({ state: "settled", purgedHash: { $exists: true } }, { projection: { _id: 1 } })
    .toArray();
  const ids = begun.map(({ _id }) => _id);
  const left = await chats.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
  const isLeft = idSet(left.map(({ _id }) => _id));
  await advance(
    run,
    ids.filter((id) => !isLeft.has(id)),
    { from: ["settled"], to: "purged" },
  );
}

/** Purged duplicates come back as the tombstones they were. */
function unpurge(run: Run, to: RollbackTarget): Promise<void> {
  const { journal } = run.ctx.records;
  return inBatches(run, {
    next: (limit) => journal.find({ state: "purged" }, { limit }).toArray(),
    async undo(purged) {
      const merges = purged.flatMap(mergeOf);
      await restoreCopies(run, { archive: "chats_archive", into: run.ctx.model.chats.collection, merges });
      for (const fold of allFolds(run.ctx)) await moveMarksBack(run, fold, merges);
      await advance(
        run,
        purged.map(({ _id }) => _id),
        { from: ["purged"], to: "settled" },
      );
      // Who goes on to undo merges brings them back once more, as chats.
      if (to === "merge") run.count({ restored: purged.length });
    },
  });
}

const undoable: readonly JournalState[] = ["merged", "settled", "rolling-back", "planned", "parked"];

/** Merges are undone by survivor, all of its duplicates at once, so that its fields become what they were before all. */
function unmerge(run: Run): Promise<void> {
  return inBatches(run, {
    next: (limit) => nextGroups(run, limit),
    async undo(whole) {
      const losers = whole.map(({ _id }) => _id);
      await advance(run, losers, { from: undoable, to: "rolling-back" });
      await undoMerges(run, whole.flatMap(mergeOf));
      await advance(run, losers, { from: ["rolling-back"], to: "rolled-back" });
      run.count({ restored: whole.filter(({ state }) => state !== "planned" && state !== "parked").length });
    },
  });
}

interface Batches {
  /** The next so many, until there are none. */
  readonly next: (limit: number) => Promise<readonly JournalEntry[]>;
  /** Idempotent. */
  readonly undo: (entries: readonly JournalEntry[]) => Promise<void>;
}

/** What the server does not do in time it is given once more with half as many. */
async function inBatches(run: Run, { next, undo }: Batches): Promise<void> {
  for (;;) {
    const started = performance.now();
    let limit = run.batch.current();
    const done = await run.attempt("rollback", async () => {
      const entries = await next(limit);
      limit = Math.ceil(limit / 2);
      if (entries.length > 0) await undo(entries);
      return entries.length;
    });
    if (done === 0) return;
    run.batch.took(performance.now() - started, done);
    await run.attempt("rollback", () => run.checkpoint("rollback", {}));
    run.progress("rollback", { done: undone(run), batch: done });
  }
}

/** Brings one duplicate back, released, so that the next `up` leaves it alone. One that is back gets what stayed behind. */
export async function bringBack(run: Run, merge: Merge): Promise<void> {
  const { loser } = merge;
  const into = run.ctx.model.chats.collection;
  const entry = await run.ctx.records.journal.findOne({ _id: { $eq: loser } });
  if (entry?.state === "rolled-back") return returnStaying(run, loser);
  const releasedAt = entry?.releasedAt ?? run.ctx.now();
  // First that it is no merge any more: whoever goes on after a crash must not complete it.
  const from = [...mergedStates, ...undoable];
  await advance(run, [loser], { from, to: "rolling-back", set: { releasedAt } });
  await restoreCopies(run, { archive: "chats_archive", into, merges: [merge] });
  for (const fold of allFolds(run.ctx)) await moveMarksBack(run, fold, [merge]);
  tellStays(run, await undoMerges(run, [merge], { releasedAt }));
  await advance(run, [loser], { from: ["rolling-back"], to: "rolled-back" });
  run.count({ restored: 1 });
}

/** Chats that were brought back alone are chats like any other again, if nobody has released them anew. */
async function unrelease(run: Run): Promise<void> {
  const { records, model } = run.ctx;
  const field = ownField(model, "releasedAt");
  const entries = await records.journal
    .find({ state: "rolled-back", releasedAt: { $exists: true } }, { projection: { releasedAt: 1 } })
    .toArray();
  if (entries.length === 0) return;
  const outcome = await run.write.update(
    model.chats.collection,
    entries.map(({ _id, releasedAt }) => ({
      q: { _id, [field]: releasedAt },
      u: { $unset: { [field]: "" } },
    })),
  );
  assertWritten(model.chats.collection, outcome);
  await run.write.update(
    recordName(model, "chat_merge_journal"),
    entries.map(({ _id }) => ({ q: { _id }, u: { $unset: { releasedAt: "" } } })),
  );
}

async function nextGroups(run: Run, limit: number): Promise<readonly JournalEntry[]> {
  const { journal } = run.ctx.records;
  const isUndoable = { state: { $in: [...undoable] } };
  const some = await journal
    .find({ ...isUndoable, survivor: { $ne: null } }, { sort: { survivor: 1 }, limit, hint: "survivor" })
    .toArray();
  const last = some.at(-1)?.survivor ?? null;
  if (last === null) return some;
  const known = idSet(some.map(({ _id }) => _id));
  const rest = await journal.find({ ...isUndoable, survivor: last }).toArray();
  return [...some, ...rest.filter(({ _id }) => !known.has(_id))];
}

async function forgetParked(run: Run): Promise<void> {
  const parked = await run.ctx.records.journal
    .find({ state: "parked" }, { projection: { _id: 1 } })
    .toArray();
  await forget(
    run,
    parked.map(({ _id }) => _id),
  );
}
