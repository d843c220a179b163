import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "./stage.ts";
import type { Target } from "./target.ts";

/** So many answers on every way show that it is open. */
const enoughAnswers = 25;

/**
 * Waits until every way was seen to be open from now on, for so long at least; a way that stays closed for long is no
 * longer waited for. On a busy machine a time alone would say nothing.
 */
export async function untilAnswered(
  { observation, clock, signal }: Pick<Stage, "observation" | "clock" | "signal">,
  targets: readonly Target[],
  { leastMs, mostMs }: { readonly leastMs: number; readonly mostMs: number },
): Promise<void> {
  const since = clock.now();
  const missing = new Map(targets.map(({ variant, path }) => [`${variant}/${path}`, enoughAnswers]));
  const opened = new Promise<void>((resolve) => {
    const unlisten = observation.listen((operations) => {
      for (const { key, start, outcome } of operations) {
        if (outcome !== "ok" || start < since) continue;
        const way = key.split("/", 2).join("/");
        missing.set(way, (missing.get(way) ?? 1) - 1);
      }
      if ([...missing.values()].some((count) => count > 0)) return;
      unlisten();
      resolve();
    });
  });
  const enough = new AbortController();
  const patience = AbortSignal.any([signal, enough.signal]);
  await sleep(leastMs, undefined, { signal });
  try {
    await Promise.race([opened, sleep(mostMs, undefined, { signal: patience })]);
  } finally {
    enough.abort();
  }
}
