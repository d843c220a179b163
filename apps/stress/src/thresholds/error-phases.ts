import type { FaultOutcome, Second, StressResult } from "../result/stress-result.ts";

/** `baseline` before the first fault; `fault` while one lasts and until calls are answered again; `healed` otherwise. */
export const phases = ["baseline", "fault", "healed"] as const;
type Phase = (typeof phases)[number];

export function secondsIn(
  phase: string,
  { seconds, faults }: Pick<StressResult, "seconds" | "faults">,
): readonly Second[] {
  return seconds.filter((second) => phaseOf(second, faults) === phase);
}

function phaseOf({ at }: Second, faults: readonly FaultOutcome[]): Phase {
  const begins = at * 1e9;
  const ends = begins + 1e9;
  if (faults.every(({ injectedAt }) => injectedAt >= ends)) return "baseline";
  return faults.some((fault) => fault.injectedAt < ends && recoveredAt(fault) > begins) ? "fault" : "healed";
}

function recoveredAt({ healedAt, recoveryMs }: FaultOutcome): number {
  if (healedAt === null) return Number.POSITIVE_INFINITY;
  return healedAt + (recoveryMs ?? Number.POSITIVE_INFINITY) * 1e6;
}
