import { lastRun } from "../context/migration-history.ts";
import { recordName } from "../../model/own-names.ts";
import { recordedModel } from "../../store/recorded-model.ts";
import { ObjectId } from "mongodb";
import type { MigrationContext } from "../context/migration-context.ts";
import { MigrationError } from "../context/migration-error.ts";
import {
  noCounts,
  type PhaseName,
  type RunCounts,
  type RunOutcome,
  type RunResult,
} from "../context/migration-event.ts";
import { parkedCount } from "../context/migration-history.ts";
import type { RunRecord } from "../context/migration-records.ts";
import { mergingDigest, modelDigest } from "../context/model-digest.ts";
import { patiently } from "../context/with-migration-errors.ts";
import { batchSize } from "./batch-size.ts";
import { guardedWrites, type GuardedWrites } from "./guarded-writes.ts";
import { acquireLease, type Lease } from "./lease.ts";
import { replicationLag, waitForReplicas } from "./replication-lag.ts";
import { retryTransient } from "../context/retry-transient.ts";
import { type Run, type RunRequest, RunStopped } from "./run.ts";

/** Acquires the lease, keeps the record, does the work, and ends both whatever happens. */
export async function withRun(
  ctx: MigrationContext,
  request: RunRequest,
  work: (run: Run) => Promise<RunOutcome>,
): Promise<RunResult> {
  const signal = request.signal ?? new AbortController().signal;
  const onLocked = request.onLocked ?? "fail";
  await using lease = await acquireLease(ctx, { command: request.command, onLocked, signal });
  ctx.emit({ event: "lock.acquired", fence: lease.fence, takenOver: lease.takenOver });
  const run = await beginRun(ctx, lease, { ...request, signal });
  try {
    const outcome = await begin(run, request, work).catch((error: unknown) => {
      if (error instanceof RunStopped) return error.outcome;
      throw error;
    });
    const result = { outcome, run: run.id, counts: run.counts(), parked: await parkedCount(ctx) };
    await recordEnd(run, request, outcome);
    ctx.emit({ event: "run.end", run: run.id, outcome, counts: result.counts });
    return result;
  } catch (error) {
    await recordFailure(run, request, error).catch(() => undefined);
    throw error;
  }
}

/** What is asked before the first phase, and after the last one, counts to these. */
function outerPhase({ command }: RunRequest): PhaseName {
  return command === "up" ? "index" : "rollback";
}

/** An order to stop that was given before holds for this run too. */
async function begin(
  run: Run,
  request: RunRequest,
  work: (run: Run) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const phase = outerPhase(request);
  await run.attempt(phase, () => run.checkpoint(phase, {}));
  return work(run);
}

/** What is done stays done, even if the database goes away before that can be written down. */
async function recordEnd(run: Run, request: RunRequest, outcome: RunOutcome): Promise<void> {
  try {
    await run.attempt(outerPhase(request), () => endRun(run, outcome, null));
  } catch (error) {
    if (!(error instanceof MigrationError) || error.code !== "UNAVAILABLE") throw error;
    run.ctx.emit({
      event: "note",
      message: `the end of the run could not be recorded, so the next one looks at everything again: ${error.message}`,
    });
  }
}

/** A database that has not answered for so long is not waited for once more. */
function recordFailure(run: Run, request: RunRequest, error: unknown): Promise<void> {
  const record = (): Promise<void> => endRun(run, "failed", error);
  const isAway = error instanceof MigrationError && error.code === "UNAVAILABLE";
  return isAway ? record() : run.attempt(outerPhase(request), record);
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
  await run.write.update(recordName(ctx.model, "migrator_runs"), [
    {
      q: { _id: id, fence: lease.fence },
      u: { $set: end, ...(message === undefined ? { $unset: { error: "" } } : {}) },
    },
  ]);
  await run.note("run.end", { state, ...(message === undefined ? {} : { error: message }) });
}

const resumable: ReadonlySet<RunRecord["state"]> = new Set([
  "running",
  "failed",
  "paused",
  "out-of-time",
  "interrupted",
  "unsettled",
]);

/** Begins a new record, or goes on with the last one if its run did not come to an end. */
async function beginRun(
  ctx: MigrationContext,
  lease: Lease,
  request: RunRequest & { readonly signal: AbortSignal },
): Promise<Run> {
  const write = guardedWrites(ctx.db, lease);
  const model = modelDigest(ctx.model);
  const last = await patiently(ctx, () => lastRun(ctx));
  const resumed =
    last !== null && resumable.has(last.state) && last.command === request.command && last.model === model
      ? last
      : null;
  const id = resumed?._id ?? new ObjectId().toHexString();
  const fresh = {
    startedAt: ctx.now(),
    phase: null,
    counts: noCounts,
    batch: ctx.batch.start,
    builtIndexes: [],
  };
  const record: Partial<RunRecord> = {
    ...(resumed === null ? fresh : {}),
    command: request.command,
    to: request.to,
    state: "running",
    host: ctx.host,
    pid: process.pid,
    fence: lease.fence,
    model,
    merging: mergingDigest(ctx.model),
    chatModel: recordedModel(ctx.model),
  };
  const begun = { _id: id, set: record, unset: ["endedAt", "error"] };
  await patiently(ctx, () => write.upsert(recordName(ctx.model, "migrator_runs"), [begun]));
  ctx.emit({
    event: "run.start",
    run: id,
    command: request.command,
    to: request.to,
    resumed: resumed !== null,
  });
  const run = liveRun({ ctx, id, lease, write, resumed, request });
  await run.note("run.start", { command: request.command, to: request.to, fence: lease.fence });
  return run;
}

interface LiveRunParts {
  readonly ctx: MigrationContext;
  readonly id: string;
  readonly lease: Lease;
  readonly write: GuardedWrites;
  readonly resumed: RunRecord | null;
  readonly request: RunRequest & { readonly signal: AbortSignal };
}

function liveRun({ ctx, id, lease, write, resumed, request }: LiveRunParts): Run {
  const deadline = performance.now() + (request.maxRuntimeMs ?? Number.POSITIVE_INFINITY);
  const batch = batchSize({ ...ctx.batch, start: resumed?.batch ?? ctx.batch.start, targetMs: ctx.batchMs });
  const lag = replicationLag(ctx.db);
  const patience = retryTransient(ctx.patienceMs);
  let counts = { ...noCounts, ...resumed?.counts };
  const mayGoOn = async (): Promise<void> => {
    const control = await lease.confirm();
    if (control?.action === "abort")
      throw new MigrationError(
        "ABORTED",
        `aborted by ${control.by}: ${control.reason}; migrator resume lifts it`,
      );
    if (control?.action === "pause") throw new RunStopped("paused");
    if (request.signal.aborted) throw new RunStopped("interrupted");
    if (performance.now() > deadline) throw new RunStopped("out-of-time");
  };
  return {
    ctx,
    id,
    lease,
    write,
    batch,
    resumed,
    counts: () => counts,
    count: (more) => void (counts = addCounts(counts, more)),
    async checkpoint(phase, position) {
      const saved = { ...position, phase, counts, batch: batch.current() };
      await write.update(recordName(ctx.model, "migrator_runs"), [
        { q: { _id: id, fence: lease.fence }, u: { $set: saved } },
      ]);
      await mayGoOn();
      patience.succeeded();
      await waitForReplicas(ctx, lag, mayGoOn);
    },
    attempt: (phase, work) =>
      patience.attempt(work, (reason) => {
        batch.halve();
        ctx.emit({ event: "batch.retry", phase, reason });
      }),
    progress: (phase, { done, total = null, batch: size, batchMs = 0 }) =>
      ctx.emit({ event: "progress", phase, done, total, counts, batch: size, batchMs }),
    async note(event, details) {
      const entry = { _id: new ObjectId(), at: ctx.now(), run: id, event, host: ctx.host, details };
      // Of one entry, however often it is sent.
      await patiently(ctx, () => write.insert(recordName(ctx.model, "migrator_events"), [entry]));
    },
  };
}

function addCounts(counts: RunCounts, more: Partial<RunCounts>): RunCounts {
  const entries = Object.entries(counts) as [keyof RunCounts, number][];
  return Object.fromEntries(
    entries.map(([name, n]) => [name, n + (more[name] ?? 0)]),
  ) as unknown as RunCounts;
}
