import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BSON, ObjectId } from "mongodb";
import { type BatchSize, batchSize } from "./batch-size.ts";
import { type GuardedWrites, guardedWrites, ignoringTwins } from "./guarded-writes.ts";
import { databasePatience } from "./database-patience.ts";
import { acquireLease, type Lease } from "./lease.ts";
import type { MigrationContext } from "../migration-context.ts";
import { MigrationError } from "../migration-error.ts";
import type { MigrationCommand, PhaseName, RunCounts, RunOutcome, RunResult } from "../migration-event.ts";
import { noCounts } from "../migration-event.ts";
import type { RunRecord } from "../migration-records.ts";
import { asMigrationError } from "../preflight.ts";
import { replicationLag } from "./replication-lag.ts";

export interface RunOptions {
  /** Ends the run at its next checkpoint. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the run stops at a checkpoint. */
  readonly maxRuntimeMs?: number;
  /** What to do while another runner holds the lease; `fail` unless given. */
  readonly onLocked?: "fail" | "wait";
}

/** A command at work: its lease, its writes, its record. */
export interface Run {
  readonly ctx: MigrationContext;
  readonly id: string;
  readonly lease: Lease;
  readonly write: GuardedWrites;
  readonly batch: BatchSize;
  /** The record as it was when this run began or was resumed. */
  readonly resumed: RunRecord | null;
  counts(): RunCounts;
  count(more: Partial<RunCounts>): void;
  /**
   * After every batch: saves where the run is, and asks whether it may go on.
   *
   * @throws RunStopped at an operator's, a signal's or the clock's wish
   * @throws MigrationError `LEASE_LOST`, `ABORTED`
   */
  checkpoint(phase: PhaseName, position: Partial<RunRecord>): Promise<void>;
  /** Runs idempotent work, again and again while the database does not answer, up to the context's patience. */
  attempt<T>(phase: PhaseName, work: () => Promise<T>): Promise<T>;
  note(event: string, details: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Thrown by a checkpoint to unwind a run that stops early and in good order. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
  readonly outcome: RunOutcome;

  constructor(outcome: RunOutcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

export interface RunRequest extends RunOptions {
  readonly command: MigrationCommand;
  readonly to: string;
}

/** Acquires the lease, keeps the record, does the work, and ends both whatever happens. */
export async function withRun(
  ctx: MigrationContext,
  request: RunRequest,
  work: (run: Run) => Promise<RunOutcome>,
): Promise<RunResult> {
  const signal = request.signal ?? new AbortController().signal;
  const acquiring = acquireLease(ctx, {
    command: request.command,
    onLocked: request.onLocked ?? "fail",
    signal,
  });
  await using lease = await acquiring.catch((error: unknown) => {
    throw asMigrationError(error);
  });
  ctx.tell({ event: "lock.acquired", fence: lease.fence, takenOver: lease.takenOver });
  const run = await beginRun(ctx, lease, { ...request, signal });
  try {
    const outcome = await work(run).catch((error: unknown) => {
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

export function parkedCount(ctx: MigrationContext): Promise<number> {
  return ctx.records.journal.countDocuments({ state: "parked" });
}

const resumable: ReadonlySet<RunRecord["state"]> = new Set([
  "running",
  "failed",
  "paused",
  "out-of-time",
  "interrupted",
  "unsettled",
]);

async function beginRun(
  ctx: MigrationContext,
  lease: Lease,
  request: RunRequest & { readonly signal: AbortSignal },
): Promise<Run> {
  const write = guardedWrites(ctx.db, lease);
  const model = modelDigest(ctx);
  const last = await ctx.records.runs.findOne({}, { sort: { startedAt: -1, _id: -1 } });
  const resumed =
    last !== null && resumable.has(last.state) && last.command === request.command && last.model === model
      ? last
      : null;
  const id = resumed?._id ?? new ObjectId().toHexString();
  const record: Omit<RunRecord, "_id"> = {
    ...(resumed ?? {
      startedAt: ctx.now(),
      phase: null,
      counts: noCounts,
      batch: ctx.batch.start,
      builtIndexes: [],
    }),
    command: request.command,
    to: request.to,
    state: "running",
    host: ctx.host,
    pid: process.pid,
    fence: lease.fence,
    model,
  };
  const { _id: _old, ...fields } = { _id: id, ...record };
  ignoringTwins(await write.update("migrator_runs", [{ q: { _id: id }, u: { $set: fields }, upsert: true }]));
  ctx.tell({
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
  const patience = databasePatience(ctx.patienceMs);
  let counts = resumed?.counts ?? noCounts;
  const count = (more: Partial<RunCounts>): void => {
    const entries = Object.entries(counts) as [keyof RunCounts, number][];
    counts = Object.fromEntries(
      entries.map(([name, n]) => [name, n + (more[name] ?? 0)]),
    ) as unknown as RunCounts;
  };
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
    count,
    async checkpoint(phase, position) {
      const saved = { ...position, phase, counts, batch: batch.current() };
      await write.update("migrator_runs", [{ q: { _id: id, fence: lease.fence }, u: { $set: saved } }]);
      await mayGoOn();
      patience.succeeded();
      await waitForReplicas(ctx, lag, mayGoOn);
    },
    attempt: (phase, work) =>
      patience.attempt(work, (reason) => {
        batch.halve();
        ctx.tell({ event: "batch.retry", phase, reason });
      }),
    async note(event, details) {
      const entry = { _id: new ObjectId(), at: ctx.now(), run: id, event, host: ctx.host, details };
      await write.insert("migrator_events", [entry]);
    },
  };
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

/** What decides about the meaning of saved positions. */
function modelDigest(ctx: MigrationContext): string {
  return createHash("sha256").update(BSON.EJSON.stringify(ctx.model)).digest("hex").slice(0, 16);
}

async function waitForReplicas(
  ctx: MigrationContext,
  lag: () => Promise<number | null>,
  mayGoOn: () => Promise<void>,
): Promise<void> {
  for (let throttled = false; ; throttled = true) {
    const behind = await lag();
    if (behind === null || behind <= ctx.maxLagMs) {
      if (throttled) ctx.tell({ event: "throttle.off", reason: lagText(behind ?? 0) });
      return;
    }
    if (!throttled) ctx.tell({ event: "throttle.on", reason: lagText(behind) });
    await sleep(1_000);
    await mayGoOn();
  }
}

function lagText(ms: number): string {
  return `replicas are ${(ms / 1_000).toFixed(1)} s behind`;
}
