import type { CheckedHistory } from "../checker/checked-history.ts";
import { missingPower } from "../checker/power.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Anomaly } from "../result/stress-result.ts";

/** What a history says about onechat, and how much of it the controls explain. */
export interface JudgedHistory {
  readonly verdict: Extract<ExitName, "pass" | "anomaly" | "unknown">;
  /** A sentence each. */
  readonly reasons: readonly string[];
  readonly anomalies: readonly Anomaly[];
  readonly controlAnomalies: readonly Anomaly[];
}

/** Only anomalies of onechat speak against it; those of the naive control show that the run could find them. */
export function judgeHistory(checked: CheckedHistory): JudgedHistory {
  const anomalies = checked.anomalies.filter(({ variant }) => variant === "ours");
  const controlAnomalies = checked.anomalies.filter(({ variant }) => variant !== "ours");
  const doubts = [...checked.problems, ...missingPower(checked)];
  return {
    verdict: anomalies.length > 0 ? "anomaly" : doubts.length > 0 ? "unknown" : "pass",
    reasons: [...attributed(anomalies, controlAnomalies), ...doubts],
    anomalies,
    controlAnomalies,
  };
}

/** What the bare driver suffers as well is likely to be the database's doing. */
function attributed(anomalies: readonly Anomaly[], controls: readonly Anomaly[]): readonly string[] {
  return countsByName(anomalies).map(([name, count]) => {
    const isShared = controls.some((control) => control.variant === "raw" && control.name === name);
    const keys = `${name} on ${count} ${count === 1 ? "key" : "keys"}`;
    return isShared ? `${keys}; the bare driver shows the same: suspect the database` : keys;
  });
}

export function countsByName(anomalies: readonly Anomaly[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { name } of anomalies) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
}
