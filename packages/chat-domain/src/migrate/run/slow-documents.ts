import { MongoServerError } from "mongodb";
import { timeLimitCode } from "../../errors/passing-errors.ts";
import { type Halves, type HalvedWork, inLessTime, refusalOf } from "./halved-work.ts";
import type { Run } from "./run.ts";

/** Parts of a lease: how long the server may take for what one document needs, before that is the document's fault. */
const limits = [1 / 4, 1 / 2, 1] as const;

/**
 * Gives each document that took too long more and more time. What is never enough is the document's own trouble only if
 * every time another one was worked on in as much; else the machine is busy, and is waited for.
 *
 * @throws MigrationError `UNAVAILABLE` when nothing is done in time for as long as the run is patient
 */
export async function settleSlow<T>(run: Run, halves: Halves<T>, halved: HalvedWork<T>): Promise<void> {
  for (const item of halves.slow) {
    const reason = await run.attempt(halved.phase, () => reasonOf(run, { item, halves, halved }));
    if (reason === null) halves.done.push(item);
    else await run.attempt(halved.phase, () => halved.giveUp(item, reason));
  }
}

interface Slow<T> {
  readonly item: T;
  readonly halves: Halves<T>;
  readonly halved: HalvedWork<T>;
}

/** Why the document is set aside; `null` once it is done. */
async function reasonOf<T>(run: Run, slow: Slow<T>): Promise<string | null> {
  let isBusy = false;
  let last: string | null = null;
  for (const part of limits) {
    await run.lease.renew();
    const limited = inLessTime(run, part);
    const began = performance.now();
    const refusal = await refusalOf(limited, [slow.item], slow.halved);
    if (refusal === null || !refusal.isSlow) return refusal?.reason ?? null;
    last = refusal.reason;
    // A lease is renewed while it runs, so a write may have somewhat less than it was meant to have.
    const hadItsTime = performance.now() - began >= (run.ctx.leaseMs * part) / 2;
    isBusy ||= !(await isItsOwnTrouble(limited, slow, hadItsTime));
  }
  if (isBusy) throw busy();
  return last;
}

/** One that is all alone cannot be told from a busy machine by another: it has to have had its time, and the lock not. */
async function isItsOwnTrouble<T>(
  run: Run,
  { item, halves, halved }: Slow<T>,
  hadItsTime: boolean,
): Promise<boolean> {
  await run.lease.renew();
  const other = halves.done.at(-1) ?? halves.slow.find((one) => one !== item);
  if (other === undefined) return hadItsTime;
  const refusal = await refusalOf({ ...run, count: () => undefined }, [other], halved);
  return refusal?.isSlow !== true;
}

function busy(): MongoServerError {
  return new MongoServerError({ code: timeLimitCode, message: "the server is in time with no document" });
}
