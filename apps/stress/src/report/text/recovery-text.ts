import type { FaultOutcome } from "../../measure/result.ts";

/** How soon calls were answered again, and for how long of that the machine was too slow. */
export function recoveryText({ recoveryMs, slowMs }: Pick<FaultOutcome, "recoveryMs" | "slowMs">): string {
  const recovery =
    recoveryMs === null ? "never answered again" : `answered again after ${recoveryMs.toFixed(0)} ms`;
  return slowMs === 0 ? recovery : `${recovery}, the machine being too slow for ${slowMs.toFixed(0)} ms`;
}
