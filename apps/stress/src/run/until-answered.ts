import { setTimeout as sleep } from "node:timers/promises";
import type { SeenOperation } from "../load/orders.ts";
import type { Stage } from "./stage.ts";
import type { Target } from "./ways.ts";

/** So many answers on every way show that it is open. */
const enough = 25;

export interface Patience {
  readonly leastMs: number;
  readonly mostMs: number;
  /** What shows that a way is open; an answer, unless said. */
  readonly counts?: (operation: SeenOperation) => boolean;
}

/**
 * Waits until every way was seen to be open from now on, for so long at least; a way that stays closed for long is no
 * longer waited for. On a busy machine a time alone would say nothing.
 */
export async function untilAnswered(
  { recorder, clock, host }: Stage,
  targets: readonly Target[],
  { leastMs, mostMs, counts = ({ outcome }) => outcome === "ok" }: Patience,
): Promise<void> {
  const since = clock.now();
  const missing = new Map(targets.map(({ variant, path }) => [`${variant}/${path}`, enough]));
  const seen = new Promise<void>((resolve) => {
    const unlisten = recorder.listen((operations) => {
      for (const operation of operations) {
        if (operation.start < since || !counts(operation)) continue;
        const way = operation.key.split("/", 2).join("/");
        missing.set(way, (missing.get(way) ?? 1) - 1);
      }
      if ([...missing.values()].some((count) => count > 0)) return;
      unlisten();
      resolve();
    });
  });
  const over = new AbortController();
  await sleep(leastMs, undefined, { signal: host.signal });
  try {
    const patience = AbortSignal.any([host.signal, over.signal]);
    await Promise.race([seen, sleep(mostMs, undefined, { signal: patience })]);
  } finally {
    over.abort();
  }
}
