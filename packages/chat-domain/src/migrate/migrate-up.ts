import { refuseUnknown } from "../driver/known-options.ts";
import { recordName } from "../model/own-names.ts";
import type { MigrationContext } from "./context/migration-context.ts";
import {
  type MigrationPhase,
  migrationPhases,
  noCounts,
  type RunOutcome,
  type RunResult,
} from "./context/migration-event.ts";
import { parkedCount } from "./context/migration-history.ts";
import { patiently } from "./context/with-migration-errors.ts";
import { backfillPhase } from "./phases/backfill-phase.ts";
import { indexPhase } from "./phases/index-phase.ts";
import { mergePhase } from "./phases/merge-phase.ts";
import { purgePhase } from "./phases/purge-phase.ts";
import { canSeal, sealPhase, tellUnsealed } from "./phases/seal-phase.ts";
import { settlePhase } from "./phases/settle-phase.ts";
import { hasWork } from "./plan/pending-work.ts";
import { preflight, refuseProblems } from "./preflight/preflight.ts";
import type { Run, RunOptions } from "./run/run.ts";
import { withRun } from "./run/with-run.ts";

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

const optionNames = {
  to: true,
  createReferenceIndexes: true,
  confirmDrained: true,
  retryParked: true,
  signal: true,
  maxRuntimeMs: true,
  onLocked: true,
} satisfies Record<keyof MigrateUpOptions, true>;

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
 * @example
 * ```ts
 * import { type MigrationContext, migrateUp } from "@onechat/chat-domain/migrate";
 *
 * export async function giveKeysOnly(migration: MigrationContext): Promise<void> {
 *   await migrateUp(migration, { to: "backfill", maxRuntimeMs: 60_000 });
 * }
 * ```
 */
export async function migrateUp(ctx: MigrationContext, options: MigrateUpOptions = {}): Promise<RunResult> {
  refuseUnknown("migrateUp", options, optionNames);
  const to = options.to ?? "settle";
  if (!migrationPhases.includes(to)) throw new TypeError(`to is one of ${migrationPhases.join(", ")}`);
  await refuseUnfit(ctx, options);
  const isIdle = (): Promise<boolean> => patiently(ctx, async () => !(await hasWork(ctx, to)));
  if (options.retryParked !== true && (await isIdle())) return nothingToDo(ctx, to);
  return withRun(ctx, { ...options, command: "up", to }, async (run) => {
    // Whoever was waited for may have done it all.
    if (run.lease.waited && options.retryParked !== true && (await isIdle())) return "nothing-to-do";
    if (options.retryParked === true) await run.attempt("merge", () => retryParked(run));
    for (const phase of phasesUpTo(to)) await runPhase(run, phase);
    return (await parkedCount(ctx)) > 0 ? "parked" : "done";
  });
}

async function runPhase(run: Run, phase: MigrationPhase): Promise<void> {
  run.ctx.emit({ event: "phase.start", phase });
  // Every phase takes up its work from the data, so that it may begin anew after the database was away.
  await run.attempt(phase, () => phases[phase](run));
  await run.attempt(phase, () => run.checkpoint(phase, {}));
  run.ctx.emit({ event: "phase.end", phase, counts: run.counts() });
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
    ...(await patiently(ctx, () => unfinishedRollback(ctx))),
  ]);
}

async function nothingToDo(ctx: MigrationContext, to: MigrationPhase): Promise<RunResult> {
  if (phasesUpTo(to).includes("seal") && !(await patiently(ctx, () => canSeal(ctx)))) tellUnsealed(ctx);
  const parked = await parkedCount(ctx);
  const outcome: RunOutcome = parked > 0 ? "parked" : "nothing-to-do";
  return { outcome, run: null, counts: noCounts, parked };
}

export type PurgeOptions = Omit<MigrateUpOptions, "to">;

/**
 * Deletes merged duplicates for good, after everything before it is done. Redirects, aliases and copies stay, so a
 * rollback remains possible.
 *
 * @throws MigrationError `PREFLIGHT_REFUSED` without `confirmDrained`, and as `migrateUp` does
 * @example
 * ```ts
 * import { type MigrationContext, purge } from "@onechat/chat-domain/migrate";
 *
 * export async function deleteTombstones(migration: MigrationContext): Promise<void> {
 *   await purge(migration, { confirmDrained: true });
 * }
 * ```
 */
export function purge(ctx: MigrationContext, options: PurgeOptions = {}): Promise<RunResult> {
  return migrateUp(ctx, { ...options, to: "purge" });
}

/** Plans parked merges anew; other parked chats are looked at by every run anyway. */
async function retryParked(run: Run): Promise<void> {
  const parked = await run.ctx.records.journal
    .find({ state: "parked", survivor: { $ne: null } }, { projection: { _id: 1 } })
    .toArray();
  await run.write.update(
    recordName(run.ctx.model, "chat_merge_journal"),
    parked.map(({ _id }) => ({
      q: { _id, state: "parked" },
      u: { $set: { state: "planned" }, $unset: { reason: "", kind: "" } },
    })),
  );
}

/** A rollback that was stopped half-way has to be finished first: what it has brought back is not whole yet. */
async function unfinishedRollback({ records }: MigrationContext): Promise<readonly string[]> {
  const entry = await records.journal.findOne({ state: "rolling-back" });
  return entry === null ? [] : ["a rollback was stopped before its end: run it again first"];
}
