import { isServerError, isTransient, timeLimitCode } from "../../errors/mongo-errors.ts";
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

/** Parts of a lease: how long the server may take for what one document needs, before that is the document's fault. */
const limits = [1 / 4, 1 / 2, 1] as const;

/**
 * Works on a batch. One that the server refuses as a whole is worked on in halves, down to the document that it is
 * about, which is set aside. So is one for which the server takes too long, while it is in time with another write.
 */
export async function bisect<T>(run: Run, items: readonly T[], halved: HalvedWork<T>): Promise<void> {
  const refusal = await attemptRefusal(run, items, halved);
  if (refusal === null) return;
  const { reason, isSlow } = refusal;
  const limited = isSlow ? inLessTime(run, limits[0]) : run;
  const [only] = items;
  if (only !== undefined && items.length === 1) {
    const last = isSlow ? await slowRefusal(run, only, halved) : reason;
    if (last !== null) await run.attempt(halved.phase, () => halved.giveUp(only, last));
    return;
  }
  run.ctx.emit({ event: "batch.bisect", phase: halved.phase, size: items.length, reason });
  const middle = Math.ceil(items.length / 2);
  await bisect(limited, items.slice(0, middle), halved);
  await bisect(limited, items.slice(middle), halved);
}

/** Tries one document with more and more time; `null` when that was enough. */
async function slowRefusal<T>(run: Run, item: T, halved: HalvedWork<T>): Promise<string | null> {
  let last: Refusal | null = null;
  for (const limit of limits) {
    await run.attempt(halved.phase, () => run.lease.renew());
    last = await attemptRefusal(inLessTime(run, limit), [item], halved);
    if (last === null || !last.isSlow) break;
  }
  return last?.reason ?? null;
}

function inLessTime(run: Run, part: number): Run {
  const { ctx, lease } = run;
  const bound: typeof lease.bound = async () => {
    const { beginBefore, maxTimeMS } = await lease.bound();
    return { beginBefore, maxTimeMS: Math.min(maxTimeMS, Math.ceil(ctx.leaseMs * part)) };
  };
  return { ...run, write: guardedWrites(ctx.db, { bound, renew: () => lease.renew() }) };
}

/** Server codes that mean that no other batch would fare better: privileges, stopped or read-only servers. */
const hopelessCodes: ReadonlySet<unknown> = new Set([13, 18, 20, 59, 8_000]);

interface Refusal {
  readonly reason: string;
  /** It takes longer than a write may. */
  readonly isSlow: boolean;
}

async function attemptRefusal<T>(
  run: Run,
  items: readonly T[],
  { phase, work }: HalvedWork<T>,
): Promise<Refusal | null> {
  const refusal = await run.attempt(phase, () => refusalOnce(() => work(run, items)));
  // A database that is not in time with anything is only waited for.
  if (refusal?.isSlow === true) await run.attempt(phase, () => run.checkpoint(phase, {}));
  return refusal;
}

async function refusalOnce(work: () => Promise<void>): Promise<Refusal | null> {
  try {
    await work();
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
