import { backfillPhase } from "./phases/backfill-phase.ts";
import { hasWork } from "./has-work.ts";
import { indexPhase } from "./phases/index-phase.ts";
import { mergePhase } from "./phases/merge-phase.ts";
import type { MigrationContext } from "./migration-context.ts";
import {
  type MigrationPhase,
  migrationPhases,
  noCounts,
  type RunOutcome,
  type RunResult,
} from "./migration-event.ts";
import { preflight, refuseProblems } from "./preflight.ts";
import { purgePhase } from "./phases/purge-phase.ts";
import { retryParked } from "./retry-parked.ts";
import { parkedCount } from "./migration-history.ts";
import type { Run, RunOptions } from "./run/run.ts";
import { withRun } from "./run/with-run.ts";
import { sealPhase } from "./phases/seal-phase.ts";
import { settlePhase } from "./phases/settle-phase.ts";
import { unfinishedRollback } from "./unfinished-rollback.ts";

export interface MigrateUpOptions extends RunOptions {
  /** The last phase; `settle` unless given. */
  readonly to?: MigrationPhase;
  /** Builds the indexes that references need, instead of refusing to begin without them. */
  readonly createReferenceIndexes?: boolean;
  /** For `purge`: the old version of the application is gone for good. */
  readonly confirmDrained?: boolean;
  /** Tries what was parked once more. */
  readonly retryParked?: boolean;
}

const phases: Readonly<Record<MigrationPhase, (run: Run) => Promise<void>>> = {
  index: indexPhase,
  backfill: backfillPhase,
  merge: mergePhase,
  settle: settlePhase,
  seal: sealPhase,
  purge: purgePhase,
};

/** The phases from the first up to and including `to`. */
function phasesUpTo(to: MigrationPhase): readonly MigrationPhase[] {
  return migrationPhases.slice(0, migrationPhases.indexOf(to) + 1);
}

/**
 * Gives every chat its key and merges duplicates, while old and new versions of the application are writing. Safe to
 * stop and to run again at any moment, by several runners at once; writes nothing when there is nothing to do.
 *
 * @throws MigrationError `PREFLIGHT_REFUSED` before anything is written, `LOCKED`, `LEASE_LOST`, `ABORTED`,
 *   `UNAVAILABLE`
 */
export async function migrateUp(ctx: MigrationContext, options: MigrateUpOptions = {}): Promise<RunResult> {
  const to = options.to ?? "settle";
  await refuseUnfit(ctx, options);
  if (options.retryParked !== true && !(await hasWork(ctx, to))) return nothingToDo(ctx);
  return withRun(ctx, { ...options, command: "up", to }, async (run) => {
    // Whoever was waited for may have done it all.
    if (run.lease.waited && options.retryParked !== true && !(await hasWork(ctx, to))) return "nothing-to-do";
    if (options.retryParked === true) await run.attempt("merge", () => retryParked(run));
    for (const phase of phasesUpTo(to)) await runPhase(run, phase);
    return (await parkedCount(ctx)) > 0 ? "parked" : "done";
  });
}

async function runPhase(run: Run, phase: MigrationPhase): Promise<void> {
  run.ctx.tell({ event: "phase.start", phase });
  // Every phase takes up its work from the data, so that it may begin anew after the database was away.
  await run.attempt(phase, () => phases[phase](run));
  await run.attempt(phase, () => run.checkpoint(phase, {}));
  run.ctx.tell({ event: "phase.end", phase, counts: run.counts() });
}

async function refuseUnfit(ctx: MigrationContext, options: MigrateUpOptions): Promise<void> {
  const { problems } = await preflight(ctx, {
    createsReferenceIndexes: options.createReferenceIndexes === true,
  });
  const drained = options.to !== "purge" || options.confirmDrained === true;
  refuseProblems([
    ...problems,
    ...(drained
      ? []
      : [
          "purge deletes what an old version may still be writing to: --confirm-drained says that none is left",
        ]),
    ...(await unfinishedRollback(ctx)),
  ]);
}

async function nothingToDo(ctx: MigrationContext): Promise<RunResult> {
  const parked = await parkedCount(ctx);
  const outcome: RunOutcome = parked > 0 ? "parked" : "nothing-to-do";
  return { outcome, run: null, counts: noCounts, parked };
}
