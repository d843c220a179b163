import { setTimeout as sleep } from "node:timers/promises";
import { isTransient } from "../../errors/mongo-errors.ts";
import { MigrationError } from "./migration-error.ts";

/** How long a run goes on trying while the database does not answer. */
export interface DatabasePatience {
  /**
   * Runs idempotent work until it succeeds.
   *
   * @throws MigrationError `UNAVAILABLE` once nothing has succeeded for as long as it takes
   */
  attempt<T>(work: () => Promise<T>, onRetry: (reason: string) => void): Promise<T>;
  succeeded(): void;
}

export function retryTransient(patienceMs: number): DatabasePatience {
  let failingSince: number | null = null;
  const succeeded = (): void => {
    failingSince = null;
  };
  return {
    succeeded,
    async attempt(work, onRetry) {
      for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
        try {
          const result = await work();
          succeeded();
          return result;
        } catch (error) {
          if (!isTransient(error)) throw error;
          failingSince ??= performance.now();
          if (performance.now() - failingSince > patienceMs) throw givenUp(patienceMs, error);
          onRetry(error instanceof Error ? error.message : String(error));
          await sleep(pause);
        }
      }
    },
  };
}

function givenUp(patienceMs: number, cause: unknown): MigrationError {
  const seconds = Math.round(patienceMs / 1_000);
  const message = `the database has not answered for ${seconds} s; what is done is saved, run the same command again`;
  return new MigrationError("UNAVAILABLE", message, { cause });
}
