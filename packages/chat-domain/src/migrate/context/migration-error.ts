import { isServerError, isTransient } from "../../errors/mongo-errors.ts";

/** Every way in which a command of the migration ends without having done its work. Closed: the edge maps it to exit codes. */
export type MigrationErrorCode =
  /** Something has to be put right first; nothing was written. `problems` says what. */
  | "PREFLIGHT_REFUSED"
  /** Another runner holds the lease. */
  | "LOCKED"
  /** This runner held the lease and lost it; whoever holds it now goes on. */
  | "LEASE_LOST"
  /** An operator has aborted the run. */
  | "ABORTED"
  /** The database did not answer for longer than the run waits. */
  | "UNAVAILABLE"
  /** There is no such chat. */
  | "NOT_FOUND";

export interface MigrationErrorOptions extends ErrorOptions {
  /** What has to be put right, one sentence each. */
  readonly problems?: readonly string[];
}

/** The one error of the migration. Messages are safe to show: they never hold ids of people or connection strings. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly code: MigrationErrorCode;
  readonly problems: readonly string[];

  constructor(code: MigrationErrorCode, message: string, options: MigrationErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.problems = options.problems ?? [];
  }
}

/** Why a batch cannot be done as a whole; in words that can stand in a record. */
export class BatchRefused extends Error {
  override readonly name: string = "BatchRefused";
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

/** By the server's code: access (13, 18), and values, parts of filters or names that it does not know (2, 9, 73). */
const refusals: ReadonlyMap<number, string> = new Map([
  [13, notAllowed],
  [18, notAllowed],
  [2, notUnderstood],
  [9, notUnderstood],
  [73, notUnderstood],
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
