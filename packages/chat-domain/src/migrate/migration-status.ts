import { lastRun } from "./context/migration-history.ts";
import { keyIndexFlaw } from "../store/key-index.ts";
import type { MigrationContext } from "./context/migration-context.ts";
import type { MigrationPhase } from "./context/migration-event.ts";
import type { JournalState, LockControl, LockRecord, RunRecord } from "./context/migration-records.ts";
import { patiently, withMigrationErrors } from "./context/with-migration-errors.ts";
import { isSealed } from "./phases/seal-phase.ts";
import { hasWork } from "./plan/pending-work.ts";

/** Where the migration stands. */
export interface MigrationStatus extends MigrationProgress {
  /** Whether `up` to the phase asked for has anything to do. */
  readonly pending: boolean;
  /** Documents that a rollback could not give back: the next one tries again. */
  readonly staying: number;
}

/**
 * Reads where the migration stands. Where nothing is left to do, that takes a look at every chat.
 *
 * @throws MigrationError `UNAVAILABLE`, `PREFLIGHT_REFUSED`
 * @example
 * ```ts
 * import { type MigrationContext, migrationStatus } from "@onechat/chat-domain/migrate";
 *
 * export async function hasKeyIndex(migration: MigrationContext): Promise<boolean> {
 *   return (await migrationStatus(migration)).keyIndex === null;
 * }
 * ```
 */
export function migrationStatus(
  ctx: MigrationContext,
  options: { readonly to?: MigrationPhase } = {},
): Promise<MigrationStatus> {
  return patiently(ctx, async () => ({
    ...(await readProgress(ctx)),
    pending: await hasWork(ctx, options.to ?? "settle"),
    staying: await stayingDocuments(ctx),
  }));
}

/** What the records say about a migration; nothing of it is looked up in the chats. */
export interface MigrationProgress {
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
}

/**
 * Reads how far the migration has come, without a look at the chats: fit to be asked every second.
 *
 * @throws MigrationError `UNAVAILABLE`, `PREFLIGHT_REFUSED`
 * @example
 * ```ts
 * import { type MigrationContext, migrationProgress } from "@onechat/chat-domain/migrate";
 *
 * export async function showProgress(migration: MigrationContext): Promise<void> {
 *   console.log(await migrationProgress(migration));
 * }
 * ```
 */
export function migrationProgress(ctx: MigrationContext): Promise<MigrationProgress> {
  return withMigrationErrors(() => readProgress(ctx));
}

async function stayingDocuments({ records }: MigrationContext): Promise<number> {
  const [found] = await records.moves
    .aggregate<{ readonly documents: number }>([
      { $match: { isStaying: true } },
      { $unwind: "$ids" },
      { $group: { _id: { collection: "$_id.collection", id: "$ids" } } },
      { $count: "documents" },
    ])
    .toArray();
  return found?.documents ?? 0;
}

async function readProgress(ctx: MigrationContext): Promise<MigrationProgress> {
  const { journal, locks } = ctx.records;
  const states = await journal
    .aggregate<{ _id: JournalState; count: number }>([{ $group: { _id: "$state", count: { $sum: 1 } } }])
    .toArray();
  const lock = await locks.findOne({ _id: ctx.model.chats.collection });
  const held = lock !== null && lock.leaseUntil.getTime() > 0 && lock.owner !== "";
  return {
    keyIndex: await keyIndexFlaw(ctx.chats, ctx.model.chats.keyField),
    sealed: await isSealed(ctx),
    journal: Object.fromEntries(states.map(({ _id, count }) => [_id, count])),
    lastRun: await lastRun(ctx),
    runner: held ? lock : null,
    control: lock?.control ?? null,
  };
}
