import type { Filter } from "mongodb";
import type { MigrationContext } from "./migration-context.ts";
import type { JournalEntry, RunRecord } from "./migration-records.ts";
import { patiently } from "./with-migration-errors.ts";

/**
 * The runs so far, newest first.
 *
 * @example
 * ```ts
 * import { type MigrationContext, migrationHistory } from "@onechat/chat-domain/migrate";
 *
 * export async function showHistory(migration: MigrationContext): Promise<void> {
 *   console.log(await migrationHistory(migration));
 * }
 * ```
 */
export function migrationHistory(
  ctx: MigrationContext,
  options: { readonly limit?: number } = {},
): Promise<readonly RunRecord[]> {
  return patiently(ctx, () =>
    ctx.records.runs.find({}, { sort: newestFirst, limit: options.limit ?? 20 }).toArray(),
  );
}

/** The newest run, of those that match. */
export function lastRun(ctx: MigrationContext, filter: Filter<RunRecord> = {}): Promise<RunRecord | null> {
  return ctx.records.runs.findOne(filter, { sort: newestFirst });
}

const newestFirst = { startedAt: -1, _id: -1 } as const;

/**
 * What is parked, with its reason, in `_id` order.
 *
 * @example
 * ```ts
 * import { type MigrationContext, parkedChats } from "@onechat/chat-domain/migrate";
 *
 * export async function showParked(migration: MigrationContext): Promise<void> {
 *   console.log(await parkedChats(migration));
 * }
 * ```
 */
export function parkedChats(
  ctx: MigrationContext,
  options: { readonly limit?: number } = {},
): Promise<readonly JournalEntry[]> {
  return patiently(ctx, () =>
    ctx.records.journal
      .find({ state: "parked" }, { sort: { _id: 1 }, limit: options.limit ?? 1_000 })
      .toArray(),
  );
}

/** How many chats are parked now, over all runs. */
export function parkedCount(ctx: MigrationContext): Promise<number> {
  return patiently(ctx, () => ctx.records.journal.countDocuments({ state: "parked" }));
}
