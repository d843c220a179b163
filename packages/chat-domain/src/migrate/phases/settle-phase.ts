import { setTimeout as sleep } from "node:timers/promises";
import type { PhaseName } from "../context/migration-event.ts";
import { type Merge, mergedStates, mergeOf } from "../context/migration-records.ts";
import { advance, journalBatches } from "../journal/journal.ts";
import { completeMerged } from "../merge/complete-merges.ts";
import { stragglers } from "../merge/incomplete-merges.ts";
import { undoAndPark } from "../merge/undo-and-park.ts";
import { planStrayTombstones } from "../merge/tombstones.ts";
import { bisect } from "../run/bisect.ts";
import { type Run, RunStopped } from "../run/run.ts";
import { keylessPass } from "./backfill-phase.ts";
import { skippingBlocked, followInMaps, mergePhase } from "./merge-phase.ts";

/** How many sweeps may find something before it is clear that an old version is still at work. */
const patience = 10;

/** Duplicates that are looked at together: mostly there is nothing to be found. */
const sweepSize = 1_000;

/** Sweeps after a grace period, until two sweeps have found nothing that came late. */
export async function settlePhase(run: Run): Promise<void> {
  for (let quiet = 0, sweeps = 0; quiet < 2; sweeps += 1) {
    if (sweeps >= patience) throw new RunStopped("unsettled");
    await grace(run);
    const found = await sweep(run, "settle");
    quiet = found === 0 ? quiet + 1 : 0;
  }
  for await (const entries of journalBatches(run.ctx, ["merged"], () => sweepSize)) {
    await run.attempt("settle", () =>
      advance(
        run,
        entries.map(({ _id }) => _id),
        { from: ["merged"], to: "settled" },
      ),
    );
    await run.checkpoint("settle", {});
  }
}

/** Takes along what has come since: keyless chats, and what an old version wrote to merged duplicates. */
export async function sweep(run: Run, phase: PhaseName): Promise<number> {
  let found = (await keylessPass(run)) + (await planStrayTombstones(run));
  found += await run.attempt(phase, () => run.ctx.records.journal.countDocuments({ state: "planned" }));
  await mergePhase(run);
  found += await followInMaps(run, phase);
  let looked = 0;
  for await (const entries of journalBatches(run.ctx, mergedStates, () => sweepSize)) {
    const late = await run.attempt(phase, () => stragglers(run.ctx, entries.flatMap(mergeOf)));
    found += late.length;
    run.count({ stragglers: late.length });
    await completeEach(run, phase, late);
    await run.attempt(phase, () => run.checkpoint(phase, {}));
    looked += entries.length;
    run.progress(phase, { done: looked, batch: entries.length });
  }
  return found;
}

async function completeEach(run: Run, phase: PhaseName, merges: readonly Merge[]): Promise<void> {
  if (merges.length === 0) return;
  await bisect(run, merges, {
    phase,
    work: (limited, some) => skippingBlocked(limited, some, completeMerged),
    giveUp: (merge, reason) => undoAndPark(run, [{ merge, reason }]),
  });
}

async function grace(run: Run): Promise<void> {
  const end = performance.now() + run.ctx.graceMs;
  for (let left = run.ctx.graceMs; left > 0; left = end - performance.now()) {
    await sleep(Math.min(left, 1_000));
    await run.attempt("settle", () => run.checkpoint("settle", {}));
  }
}
