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
  /** The server refuses a write without which nothing goes on: a validator, most often. What is done is saved. */
  | "REFUSED"
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

  /** Whatever copy of this package has made it: a process may have one for `import` and one for `require`. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== "object" || value === null || !("name" in value && "code" in value)) return false;
    return value.name === "MigrationError" && typeof value.code === "string" && "problems" in value;
  }
}

/** Why a batch cannot be done as a whole; in words that can stand in a record. */
export class BatchRefused extends Error {
  override readonly name: string = "BatchRefused";
}
