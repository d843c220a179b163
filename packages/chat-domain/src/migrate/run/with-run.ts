import { beginRun } from "./begin-run.ts";
import { acquireLease } from "./lease.ts";
import { parkedCount } from "../migration-history.ts";
import type { MigrationContext } from "../migration-context.ts";
import type { RunOutcome, RunResult } from "../migration-event.ts";
import type { RunRecord } from "../migration-records.ts";
import { withMigrationErrors } from "../database-errors.ts";
import { type Run, type RunRequest, RunStopped } from "./run.ts";

/** Acquires the lease, keeps the record, does the work, and ends both whatever happens. */
export async function withRun(
  ctx: MigrationContext,
  request: RunRequest,
  work: (run: Run) => Promise<RunOutcome>,
): Promise<RunResult> {
  const signal = request.signal ?? new AbortController().signal;
  const onLocked = request.onLocked ?? "fail";
  await using lease = await withMigrationErrors(() =>
    acquireLease(ctx, { command: request.command, onLocked, signal }),
  );
  ctx.tell({ event: "lock.acquired", fence: lease.fence, takenOver: lease.takenOver });
  const run = await beginRun(ctx, lease, { ...request, signal });
  try {
    const outcome = await begin(run, request, work).catch((error: unknown) => {
      if (error instanceof RunStopped) return error.outcome;
      throw error;
    });
    const result = { outcome, run: run.id, counts: run.counts(), parked: await parkedCount(ctx) };
    await endRun(run, outcome, null);
    ctx.tell({ event: "run.end", run: run.id, outcome, counts: result.counts });
    return result;
  } catch (error) {
    await endRun(run, "failed", error).catch(() => undefined);
    throw error;
  }
}

/** An order to stop that was given before holds for this run too. */
async function begin(
  run: Run,
  { command }: RunRequest,
  work: (run: Run) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const phase = command === "up" ? "index" : "rollback";
  await run.attempt(phase, () => run.checkpoint(phase, {}));
  return work(run);
}

async function endRun(run: Run, state: RunRecord["state"], error: unknown): Promise<void> {
  const { ctx, id, lease } = run;
  const message = error === null ? undefined : error instanceof Error ? error.message : "unknown";
  const end = {
    state,
    endedAt: ctx.now(),
    counts: run.counts(),
    ...(message === undefined ? {} : { error: message }),
  };
  await run.write.update("migrator_runs", [
    {
      q: { _id: id, fence: lease.fence },
      u: { $set: end, ...(message === undefined ? { $unset: { error: "" } } : {}) },
    },
  ]);
  await run.note("run.end", { state, ...(message === undefined ? {} : { error: message }) });
}
