import { withMigrationErrors } from "./database-errors.ts";
import { hasWork } from "./has-work.ts";
import type { MigrationContext } from "./migration-context.ts";
import type { MigrationPhase } from "./migration-event.ts";
import { type MigrationProgress, migrationProgress } from "./migration-progress.ts";

/** Where the migration stands. */
export interface MigrationStatus extends MigrationProgress {
  /** Whether `up` to the phase asked for has anything to do. */
  readonly pending: boolean;
}

/**
 * Reads where the migration stands. Where nothing is left to do, that takes a look at every chat.
 *
 * @throws MigrationError `UNAVAILABLE`, `PREFLIGHT_REFUSED`
 */
export function migrationStatus(
  ctx: MigrationContext,
  options: { readonly to?: MigrationPhase } = {},
): Promise<MigrationStatus> {
  return withMigrationErrors(async () => ({
    ...(await migrationProgress(ctx)),
    pending: await hasWork(ctx, options.to ?? "settle"),
  }));
}
