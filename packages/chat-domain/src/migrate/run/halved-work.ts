import { isServerError, isTransient } from "../../errors/mongo-errors.ts";
import { timeLimitCode } from "../../errors/passing-errors.ts";
import { BatchRefused, MigrationError } from "../context/migration-error.ts";
import type { PhaseName } from "../context/migration-event.ts";
import { guardedWrites } from "./guarded-writes.ts";
import type { Run } from "./run.ts";
import { refusalReason } from "./write-outcome.ts";

export interface HalvedWork<T> {
  readonly phase: PhaseName;
  /** Idempotent. The run that it is given may have less time for a write. */
  readonly work: (run: Run, items: readonly T[]) => Promise<void>;
  /** For the one item that makes every batch fail that it is in. */
  readonly giveUp: (item: T, reason: string) => Promise<void>;
}

/** What has become of a batch so far. */
export interface Halves<T> {
  /** Documents that were worked on in time. */
  readonly done: T[];
  /** Those that took longer, even alone. */
  readonly slow: T[];
}

/** The same run, but with so much of a lease for a write. */
export function inLessTime(run: Run, part: number): Run {
  const { ctx, lease } = run;
  const bound: typeof lease.bound = async () => {
    const { beginBefore, maxTimeMS } = await lease.bound();
    return { beginBefore, maxTimeMS: Math.min(maxTimeMS, Math.ceil(ctx.leaseMs * part)) };
  };
  return { ...run, write: guardedWrites(ctx.db, { bound, renew: () => lease.renew() }) };
}

/** Server codes that mean that no other batch would fare better: privileges, stopped or read-only servers. */
const hopelessCodes: ReadonlySet<unknown> = new Set([13, 18, 20, 59]);

export interface Refusal {
  readonly reason: string;
  /** It takes longer than a write may. */
  readonly isSlow: boolean;
}

/** Does the work; why the server does not do it, or `null`. What only cannot be done now is thrown. */
export async function refusalOf<T>(
  run: Run,
  items: readonly T[],
  { work }: Pick<HalvedWork<T>, "work">,
): Promise<Refusal | null> {
  try {
    await work(run, items);
    return null;
  } catch (error) {
    if (error instanceof BatchRefused) return { reason: error.message, isSlow: false };
    if (error instanceof MigrationError || !isServerError(error)) throw error;
    if (error.code === timeLimitCode)
      return { reason: "the server takes longer for it than a write may take", isSlow: true };
    if (isTransient(error) || hopelessCodes.has(error.code)) throw error;
    return { reason: refusalReason({ code: error.code }), isSlow: false };
  }
}
