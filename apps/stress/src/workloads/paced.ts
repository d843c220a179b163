import type { PlannedCall, Wave } from "./workload-plan.ts";

/** The calls of a wave, one after the other at a constant rate, whether earlier ones are answered or not. */
export function paced(calls: readonly PlannedCall[], perSecond: number, processes: number): Wave {
  return calls.map((call, index) => ({
    process: index % processes,
    due: Math.round((index * 1e9) / perSecond),
    calls: [call],
  }));
}
