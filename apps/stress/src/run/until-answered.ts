import { setTimeout as sleep } from "node:timers/promises";
import type { SeenOperation } from "../worker/orders.ts";
import type { Stage } from "./stage.ts";
import type { Target } from "./target.ts";

/** So many answers on every way show that it is open. */
const enough = 25;

interface Patience {
  readonly leastMs: number;
  readonly mostMs: number;
}

type Watched = Pick<Stage, "observation" | "clock" | "signal">;

/**
 * Waits until every way was seen to be open from now on, for so long at least; a way that stays closed for long is no
 * longer waited for. On a busy machine a time alone would say nothing.
 */
export async function untilAnswered(
  stage: Watched,
  targets: readonly Target[],
  patience: Patience,
): Promise<void> {
  await untilSeen(stage, targets, { ...patience, counts: ({ outcome }) => outcome === "ok" });
}

/** As {@link untilAnswered}, but calls that were not answered will do. */
export async function untilAsked(
  stage: Watched,
  targets: readonly Target[],
  patience: Patience,
): Promise<void> {
  await untilSeen(stage, targets, { ...patience, counts: () => true });
}

interface Seeking extends Patience {
  readonly counts: (operation: SeenOperation) => boolean;
}

async function untilSeen(
  { observation, clock, signal }: Watched,
  targets: readonly Target[],
  { leastMs, mostMs, counts }: Seeking,
): Promise<void> {
  const since = clock.now();
  const missing = new Map(targets.map(({ variant, path }) => [`${variant}/${path}`, enough]));
  const seen = new Promise<void>((resolve) => {
    const unlisten = observation.listen((operations) => {
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
  await sleep(leastMs, undefined, { signal });
  try {
    const patience = AbortSignal.any([signal, over.signal]);
    await Promise.race([seen, sleep(mostMs, undefined, { signal: patience })]);
  } finally {
    over.abort();
  }
}
