import { createHash } from "node:crypto";
import { BSON, ObjectId } from "mongodb";
import { batchSize } from "./batch-size.ts";
import { databasePatience } from "./database-patience.ts";
import { type GuardedWrites, guardedWrites } from "./guarded-writes.ts";
import type { Lease } from "./lease.ts";
import type { MigrationContext } from "../migration-context.ts";
import { MigrationError } from "../migration-error.ts";
import { noCounts, type RunCounts } from "../migration-event.ts";
import type { RunRecord } from "../migration-records.ts";
import { replicationLag, waitForReplicas } from "./replication-lag.ts";
import { type Run, type RunRequest, RunStopped } from "./run.ts";

const resumable: ReadonlySet<RunRecord["state"]> = new Set([
  "running",
  "failed",
  "paused",
  "out-of-time",
  "interrupted",
  "unsettled",
]);

/** Begins a new record, or goes on with the last one if its run did not come to an end. */
export async function beginRun(
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
  };
  await write.upsert("migrator_runs", [{ _id: id, set: record, unset: ["endedAt", "error"] }]);
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

/** What decides about the meaning of saved positions. */
function modelDigest(ctx: MigrationContext): string {
  return createHash("sha256").update(BSON.EJSON.stringify(ctx.model)).digest("hex").slice(0, 16);
}
