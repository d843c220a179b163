import { refuseUnknown } from "../driver/known-options.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { nativeForms } from "../identity/native-id.ts";
import type { MigrationContext } from "./context/migration-context.ts";
import { BatchRefused, MigrationError } from "./context/migration-error.ts";
import { type Merge, mergedStates, mergeOf } from "./context/migration-records.ts";
import { noCounts, type RollbackTarget, rollbackTargets, type RunResult } from "./context/migration-event.ts";
import { parkedCount } from "./context/migration-history.ts";
import { patiently } from "./context/with-migration-errors.ts";
import { changedFolds } from "./merge/changed-folds.ts";
import { bringBack, rollbackPhase } from "./phases/rollback-phase.ts";
import { refuseProblems, rollbackProblems } from "./preflight/preflight.ts";
import type { Run, RunOptions } from "./run/run.ts";
import { withRun } from "./run/with-run.ts";

/** How much is undone. */
export type RollbackExtent =
  /** The phase whose result is to be left standing, or `none`. */
  | { readonly to: RollbackTarget }
  /** The id of one duplicate, as text. */
  | { readonly chat: string };

export type RollBackOptions = RunOptions & RollbackExtent;

/**
 * Undoes the migration down to the end of a phase, or brings one duplicate back: that one is released, so that the next
 * `up` leaves it alone, and its survivor's other duplicates keep their places. What nobody else has changed becomes byte by byte what it was; what
 * was written to a survivor meanwhile stays with it, and so does what another document stands in the place of, of which a
 * note tells: the next rollback tries again. Safe to stop and to run again at any moment.
 *
 * @throws MigrationError `PREFLIGHT_REFUSED` before anything is written, `LOCKED`, `LEASE_LOST`, `ABORTED`,
 *   `UNAVAILABLE`, `REFUSED` by a validator, `NOT_FOUND` where no such duplicate has been merged
 * @example
 * ```ts
 * import { type MigrationContext, rollBack } from "@onechat/chat-domain/migrate";
 *
 * export async function undoEverything(migration: MigrationContext): Promise<void> {
 *   await rollBack(migration, { to: "none" });
 * }
 * ```
 */
export async function rollBack(ctx: MigrationContext, options: RollBackOptions): Promise<RunResult> {
  refuseUnknown("rollBack", options, optionNames);
  if (!("chat" in options) && !rollbackTargets.includes(options.to))
    throw new TypeError(`to is one of ${rollbackTargets.join(", ")}; chat is the id of one duplicate`);
  refuseProblems(await rollbackProblems(ctx));
  const folds = await patiently(ctx, () => changedFolds(ctx));
  refuseProblems(folds.dropped);
  if (!(await hasRun(ctx))) {
    return { outcome: "nothing-to-do", run: null, counts: noCounts, parked: await parkedCount(ctx) };
  }
  const merge = "chat" in options ? await patiently(ctx, () => mergeOfChat(ctx, options.chat)) : null;
  const to = "chat" in options ? `chat ${options.chat}` : options.to;
  return withRun(ctx, { ...options, to, command: "rollback" }, async (run) => {
    await outwaitPredecessor(run);
    ctx.emit({ event: "phase.start", phase: "rollback" });
    for (const message of folds.added) ctx.emit({ event: "note", message });
    await run.attempt("rollback", async () => {
      if (merge !== null) await tellRefusal(() => bringBack(run, merge));
      else if ("to" in options) await tellRefusal(() => rollbackPhase(run, options.to));
    });
    ctx.emit({ event: "phase.end", phase: "rollback", counts: run.counts() });
    // What was parked before is forgotten by then.
    return to === "none" && (await parkedCount(ctx)) > 0 ? "parked" : "done";
  });
}

/** What a rollback cannot write back it does not set aside: whoever has started it puts right what is in the way. */
async function tellRefusal(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BatchRefused)) throw error;
    const message = `${error.message}; put that right and run the same command again`;
    throw new MigrationError("REFUSED", message, { cause: error });
  }
}

const optionNames = {
  to: true,
  chat: true,
  signal: true,
  maxRuntimeMs: true,
  onLocked: true,
} satisfies Record<"to" | "chat" | keyof RunOptions, true>;

/**
 * One that was brought back alone counts: whoever was stopped at the very end does not know that he had come that far.
 *
 * @throws MigrationError `NOT_FOUND`
 */
async function mergeOfChat({ records }: MigrationContext, chat: string): Promise<Merge> {
  const entry = await records.journal.findOne({
    _id: { $in: [...nativeForms(chat)] },
    $or: [
      { state: { $in: [...mergedStates, "planned", "rolling-back"] } },
      { state: "rolled-back", releasedAt: { $exists: true } },
    ],
  });
  const [merge] = entry === null ? [] : mergeOf(entry);
  if (merge !== undefined) return merge;
  throw new MigrationError(
    "NOT_FOUND",
    `${chat} is no duplicate that has been merged: there is nothing to bring back`,
  );
}

/** A runner that has just begun has its lease before it has its record. */
function hasRun(ctx: MigrationContext): Promise<boolean> {
  const { runs, locks } = ctx.records;
  return patiently(ctx, async () => {
    if ((await runs.findOne({})) !== null) return true;
    return (await locks.findOne({ owner: { $ne: "" } })) !== null;
  });
}

/**
 * A write of a runner that was stopped in the middle of one could undo what the rollback does: this is the one place
 * where the lease is more than politeness. None of its writes may take longer than its lease lasted.
 */
async function outwaitPredecessor(run: Run): Promise<void> {
  if (!run.lease.takenOver) return;
  run.ctx.emit({ event: "note", message: "waiting until no write of the runner before can be under way" });
  await sleep(run.ctx.leaseMs);
  await run.attempt("rollback", () => run.checkpoint("rollback", {}));
}
