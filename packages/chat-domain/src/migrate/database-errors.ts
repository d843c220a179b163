import { isTransient } from "../driver-errors.ts";
import { MigrationError } from "./migration-error.ts";
import { isServerError } from "../server-error.ts";

/**
 * Runs what asks the database before, or without, a run of its own.
 *
 * @throws MigrationError `UNAVAILABLE`, `PREFLIGHT_REFUSED` when the user may not do what it takes
 */
export async function withMigrationErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asMigrationError(error);
  }
}

/** Puts what the driver says about a database that cannot be worked with into words. */
export function asMigrationError(error: unknown): unknown {
  if (isTransient(error)) {
    return new MigrationError("UNAVAILABLE", "the database cannot be reached", { cause: error });
  }
  const refused = isServerError(error) && [13, 18].includes(error.code);
  if (!refused) return error;
  const problem = `the database user may not do what this needs: ${error.message}`;
  return new MigrationError("PREFLIGHT_REFUSED", "the migration cannot begin; nothing was written", {
    cause: error,
    problems: [problem],
  });
}
