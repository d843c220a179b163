import { withMigrationErrors } from "./database-errors.ts";
import { hasWork } from "./has-work.ts";
import { keyIndexFlaw } from "./keys/key-index-flaw.ts";
import type { MigrationContext } from "./migration-context.ts";
import type { MigrationPhase } from "./migration-event.ts";
import type { JournalState, LockControl, LockRecord, RunRecord } from "./migration-records.ts";
import { isSealed } from "./phases/seal-phase.ts";

/** Where the migration stands. */
export interface MigrationStatus {
  /** `null` when it is right, else what is wrong with it. */
  readonly keyIndex: string | null;
  readonly sealed: boolean;
  /** Duplicates and parked chats by what became of them. */
  readonly journal: Readonly<Partial<Record<JournalState, number>>>;
  readonly lastRun: RunRecord | null;
  /** Who holds the lease, if anybody. */
  readonly runner: Pick<
    LockRecord,
    "owner" | "host" | "pid" | "command" | "fence" | "leaseUntil" | "heartbeatAt"
  > | null;
  /** What an operator has ordered, if anything. */
  readonly control: LockControl | null;
  /** Whether `up` to the phase asked for has anything to do. */
  readonly pending: boolean;
}

/**
 * Reads where the migration stands.
 *
 * @throws MigrationError `UNAVAILABLE`, `PREFLIGHT_REFUSED`
 */
export function migrationStatus(
  ctx: MigrationContext,
  options: { readonly to?: MigrationPhase } = {},
): Promise<MigrationStatus> {
  return withMigrationErrors(() => readStatus(ctx, options.to ?? "settle"));
}

async function readStatus(ctx: MigrationContext, to: MigrationPhase): Promise<MigrationStatus> {
  const { journal, locks, runs } = ctx.records;
  const states = await journal
    .aggregate<{ _id: JournalState; count: number }>([{ $group: { _id: "$state", count: { $sum: 1 } } }])
    .toArray();
  const lock = await locks.findOne({ _id: ctx.model.chats.collection });
  const held = lock !== null && lock.leaseUntil.getTime() > 0 && lock.owner !== "";
  return {
    keyIndex: await keyIndexFlaw(ctx),
    sealed: await isSealed(ctx),
    journal: Object.fromEntries(states.map(({ _id, count }) => [_id, count])),
    lastRun: await runs.findOne({}, { sort: { startedAt: -1, _id: -1 } }),
    runner: held ? lock : null,
    control: lock?.control ?? null,
    pending: await hasWork(ctx, to),
  };
}
