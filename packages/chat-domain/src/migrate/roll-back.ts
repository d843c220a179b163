import { setTimeout as sleep } from "node:timers/promises";
import type { MigrationContext } from "./context/migration-context.ts";
import { noCounts, type RollbackTarget, type RunResult } from "./context/migration-event.ts";
import { parkedCount } from "./context/migration-history.ts";
import { rollbackPhase } from "./phases/rollback-phase.ts";
import { preflight, refuseProblems } from "./preflight/preflight.ts";
import type { Run, RunOptions } from "./run/run.ts";
import { withRun } from "./run/with-run.ts";

export interface RollBackOptions extends RunOptions {
  /** The phase whose result is to be left standing, or `none`. */
  readonly to: RollbackTarget;
}

/**
 * Undoes the migration down to the end of a phase. What nobody else has changed becomes byte by byte what it was; what
 * was written to a survivor meanwhile stays with it. Safe to stop and to run again at any moment.
 *
 * @throws MigrationError `PREFLIGHT_REFUSED` before anything is written, `LOCKED`, `LEASE_LOST`, `ABORTED`,
 *   `UNAVAILABLE`
 */
export async function rollBack(ctx: MigrationContext, options: RollBackOptions): Promise<RunResult> {
  const { problems } = await preflight(ctx, { createsReferenceIndexes: true });
  refuseProblems(problems);
  if (!(await hasRun(ctx))) {
    return { outcome: "nothing-to-do", run: null, counts: noCounts, parked: await parkedCount(ctx) };
  }
  return withRun(ctx, { ...options, command: "rollback" }, async (run) => {
    await outwaitPredecessor(run);
    ctx.tell({ event: "phase.start", phase: "rollback" });
    await run.attempt("rollback", () => rollbackPhase(run, options.to));
    ctx.tell({ event: "phase.end", phase: "rollback", counts: run.counts() });
    return "done";
  });
}

async function hasRun({ records }: MigrationContext): Promise<boolean> {
  return (await records.runs.findOne({})) !== null;
}

/**
 * A write of a runner that was stopped in the middle of one could undo what the rollback does: this is the one place
 * where the lease is more than politeness. None of its writes may take longer than its lease lasted.
 */
async function outwaitPredecessor(run: Run): Promise<void> {
  if (!run.lease.takenOver) return;
  run.ctx.tell({ event: "note", message: "waiting until no write of the runner before can be under way" });
  await sleep(run.ctx.leaseMs);
  await run.checkpoint("rollback", {});
}
