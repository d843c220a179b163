import { settleSlow } from "./slow-documents.ts";
import { type Halves, type HalvedWork, inLessTime, refusalOf } from "./halved-work.ts";
import type { Run } from "./run.ts";

/** The part of a lease that halves of a slow batch have: a batch that is too large is told early. */
const partOfHalves = 1 / 4;

/**
 * Works on a batch. One that the server refuses as a whole is worked on in halves, down to the document that it is
 * about, which is set aside. One that takes too long, alone as well, is looked at once all others are done.
 */
export async function bisect<T>(run: Run, items: readonly T[], halved: HalvedWork<T>): Promise<void> {
  const halves: Halves<T> = { done: [], slow: [] };
  await halve(run, items, { halved, halves });
  await settleSlow(run, halves, halved);
}

interface Halving<T> {
  readonly halved: HalvedWork<T>;
  readonly halves: Halves<T>;
}

async function halve<T>(run: Run, items: readonly T[], halving: Halving<T>): Promise<void> {
  const { halved, halves } = halving;
  const refusal = await run.attempt(halved.phase, () => refusalOf(run, items, halved));
  if (refusal === null) return void halves.done.push(...items);
  const { reason, isSlow } = refusal;
  const [only] = items;
  if (only !== undefined && items.length === 1) {
    if (isSlow) return void halves.slow.push(only);
    return run.attempt(halved.phase, () => halved.giveUp(only, reason));
  }
  run.ctx.emit({ event: "batch.bisect", phase: halved.phase, size: items.length, reason });
  const limited = isSlow ? inLessTime(run, partOfHalves) : run;
  const middle = Math.ceil(items.length / 2);
  await halve(limited, items.slice(0, middle), halving);
  await halve(limited, items.slice(middle), halving);
}
