import type { PhaseName } from "../context/migration-event.ts";
import { type JournalState, type Merge, mergeOf, losersOf } from "../context/migration-records.ts";
import { journalBatches } from "../journal/journal.ts";
import { mapReferences, moveMapKeys } from "../merge/map-keys.ts";
import { endMerges, mergeBatch } from "../merge/merge-batch.ts";
import { withoutMerges } from "../merge/merge-standing.ts";
import { MergeBlocked } from "../merge/references/references-to.ts";
import { undoAndPark } from "../merge/undo-and-park.ts";
import { bisect } from "../run/bisect.ts";
import type { Run } from "../run/run.ts";

/** How often what could not be merged at first is looked at again, before settle's sweeps get it. */
const mostRounds = 3;

/** Merges every planned duplicate. */
export async function mergePhase(run: Run): Promise<void> {
  const { journal } = run.ctx.records;
  for (let round = 0; round < mostRounds; round += 1) {
    const total = await run.attempt("merge", () => journal.countDocuments({ state: "planned" }));
    if (total === 0) return;
    await eachPlanned(run, total, mergeBatch);
    if (mapReferences(run.ctx.model).length === 0) continue;
    await followInMaps(run, "merge");
    await eachPlanned(run, total, endMerges);
  }
}

type MergeWork = (run: Run, merges: readonly Merge[]) => Promise<void>;

async function eachPlanned(run: Run, total: number, work: MergeWork): Promise<void> {
  let done = 0;
  for await (const planned of journalBatches(run.ctx, ["planned"], () => run.batch.current())) {
    const started = performance.now();
    await mergeEach(run, planned.flatMap(mergeOf), work);
    const batchMs = performance.now() - started;
    run.batch.took(batchMs, planned.length);
    done += planned.length;
    await run.attempt("merge", () => run.checkpoint("merge", {}));
    run.progress("merge", { done, total, batch: planned.length, batchMs });
  }
}

/** Lets keys of maps follow their chats; losers that cannot be followed are set aside. Returns how many have. */
export async function followInMaps(run: Run, phase: PhaseName): Promise<number> {
  for (;;) {
    try {
      return await run.attempt(phase, () => moveMapKeys(run, () => run.checkpoint(phase, {})));
    } catch (error) {
      if (!(error instanceof MergeBlocked) || error.merge === null) throw error;
      const { merge, message } = error;
      await run.attempt(phase, () => undoAndPark(run, [{ merge, reason: message }]));
    }
  }
}

async function mergeEach(run: Run, merges: readonly Merge[], work: MergeWork): Promise<void> {
  await bisect(run, merges, {
    phase: "merge",
    work: (limited, some) => skippingBlocked(limited, some, work),
    giveUp: (merge, reason) => undoAndPark(run, [{ merge, reason }]),
  });
  const merged = await countIn(run, merges, ["merged", "settled"]);
  run.count({ merged });
}

function countIn(run: Run, merges: readonly Merge[], states: readonly JournalState[]): Promise<number> {
  const ids = losersOf(merges);
  return run.attempt("merge", () =>
    run.ctx.records.journal.countDocuments({ _id: { $in: ids }, state: { $in: [...states] } }),
  );
}

/** Sets aside the losers that stand in the way of the others. */
export async function skippingBlocked(run: Run, merges: readonly Merge[], work: MergeWork): Promise<void> {
  let rest = merges;
  while (rest.length > 0) {
    try {
      return await work(run, rest);
    } catch (error) {
      if (!(error instanceof MergeBlocked)) throw error;
      const { merge, message } = error;
      // Not knowing whose fault it is, the batch has to be halved until it is clear.
      if (merge === null) throw error;
      await undoAndPark(run, [{ merge, reason: message }]);
      rest = withoutMerges(rest, [merge]);
    }
  }
}
