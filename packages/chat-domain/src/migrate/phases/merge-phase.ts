import { type JournalState, type Merge, mergeOf } from "../context/migration-records.ts";
import { journalBatches, park } from "../journal/journal.ts";
import { mergeBatch } from "../merge/merge-batch.ts";
import { MergeObstacle } from "../merge/references/references-to.ts";
import { inHalves } from "../run/bisect.ts";
import type { Run } from "../run/run.ts";

/** How often what could not be merged at first is looked at again, before settle's sweeps get it. */
const mostRounds = 3;

/** Merges every planned duplicate. */
export async function mergePhase(run: Run): Promise<void> {
  const { journal } = run.ctx.records;
  for (let round = 0; round < mostRounds; round += 1) {
    const total = await run.attempt("merge", () => journal.countDocuments({ state: "planned" }));
    if (total === 0) return;
    let done = 0;
    for await (const planned of journalBatches(run.ctx, ["planned"], () => run.batch.current())) {
      const started = performance.now();
      await mergeEach(run, planned.flatMap(mergeOf));
      const batchMs = performance.now() - started;
      run.batch.took(batchMs, planned.length);
      done += planned.length;
      await run.attempt("merge", () => run.checkpoint("merge", {}));
      const counts = run.counts();
      run.ctx.tell({
        event: "progress",
        phase: "merge",
        done,
        total,
        counts,
        batch: planned.length,
        batchMs,
      });
    }
  }
}

async function mergeEach(run: Run, merges: readonly Merge[]): Promise<void> {
  await inHalves(run, merges, {
    phase: "merge",
    work: (some) => aroundObstacles(run, some, mergeBatch),
    giveUp: ({ loser, survivor }, reason) =>
      park(run, [{ chat: loser, survivor, kind: "unmergeable", reason }]),
  });
  const merged = await countIn(run, merges, ["merged", "settled"]);
  run.count({ merged });
}

function countIn(run: Run, merges: readonly Merge[], states: readonly JournalState[]): Promise<number> {
  const ids = merges.map(({ loser }) => loser);
  return run.attempt("merge", () =>
    run.ctx.records.journal.countDocuments({ _id: { $in: ids }, state: { $in: [...states] } }),
  );
}

/** Sets aside the losers that stand in the way of the others. */
export async function aroundObstacles(
  run: Run,
  merges: readonly Merge[],
  work: (run: Run, merges: readonly Merge[]) => Promise<void>,
): Promise<void> {
  let rest = merges;
  while (rest.length > 0) {
    try {
      return await work(run, rest);
    } catch (error) {
      if (!(error instanceof MergeObstacle)) throw error;
      const { merge, message } = error;
      // Not knowing whose fault it is, the batch has to be halved until it is clear.
      if (merge === null) throw error;
      const blocked = rest.filter(({ loser }) => loser === merge.loser);
      await park(
        run,
        blocked.map(({ loser, survivor }) => ({
          chat: loser,
          survivor,
          kind: "unmergeable" as const,
          reason: message,
        })),
      );
      rest = rest.filter((one) => !blocked.includes(one));
    }
  }
}
