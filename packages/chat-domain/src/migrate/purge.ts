import { migrateUp, type MigrateUpOptions } from "./migrate-up.ts";
import type { MigrationContext } from "./migration-context.ts";
import type { RunResult } from "./migration-event.ts";

export type PurgeOptions = Omit<MigrateUpOptions, "to">;

/**
 * Deletes merged duplicates for good, after everything before it is done. Redirects, aliases and copies stay, so a
 * rollback remains possible.
 *
 * @throws MigrationError `PREFLIGHT_REFUSED` without `confirmDrained`, and as `migrateUp` does
 */
export function purge(ctx: MigrationContext, options: PurgeOptions = {}): Promise<RunResult> {
  return migrateUp(ctx, { ...options, to: "purge" });
}
