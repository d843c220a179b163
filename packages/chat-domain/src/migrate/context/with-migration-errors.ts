import { isServerError, isTransient } from "../../errors/mongo-errors.ts";
import type { MigrationContext } from "./migration-context.ts";
import { MigrationError } from "./migration-error.ts";
import { retryTransient } from "./retry-transient.ts";

/**
 * Runs what asks the database before, or without, a run of its own, and asks again while it only cannot answer now.
 * `work` may be done several times.
 *
 * @throws MigrationError as {@link withMigrationErrors} does
 */
export function patiently<T>(ctx: MigrationContext, work: () => Promise<T>): Promise<T> {
  const patience = retryTransient(ctx.patienceMs);
  const told = (reason: string): void =>
    ctx.emit({ event: "note", message: `the database cannot answer just now, asking again: ${reason}` });
  return withMigrationErrors(() => patience.attempt(work, told));
}

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

const notAllowed = "the database user may not do what this needs";
const notUnderstood = "the server does not take the configuration";

/** By the server's code: access (13, 18), and values, parts of filters or names that it does not know (2, 9, 73), expressions that are none (51091, 51111), and views (166). */
const refusals: ReadonlyMap<number, string> = new Map([
  [13, notAllowed],
  [18, notAllowed],
  [2, notUnderstood],
  [9, notUnderstood],
  [73, notUnderstood],
  [51_091, notUnderstood],
  [51_111, notUnderstood],
  [166, "a view has no index and takes no writes"],
]);

/** Puts what the driver says about a database that cannot be worked with into words. */
export function asMigrationError(error: unknown): unknown {
  if (isTransient(error)) {
    return new MigrationError("UNAVAILABLE", "the database cannot be reached", { cause: error });
  }
  const why = isServerError(error) ? refusals.get(error.code) : undefined;
  if (why === undefined || !isServerError(error)) return error;
  const problem = `${why}: ${error.message}`;
  return new MigrationError("PREFLIGHT_REFUSED", "the migration cannot begin; nothing was written", {
    cause: error,
    problems: [problem],
  });
}
