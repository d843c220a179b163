import type { Anomaly, Contention, FaultOutcome } from "../result/stress-result.ts";

/** What a history shows. */
export interface CheckedHistory {
  /** Of every variant; a control's are told from onechat's by `variant`. */
  readonly anomalies: readonly Anomaly[];
  /** Per variant, path and workload. */
  readonly contention: readonly Contention[];
  readonly faults: readonly FaultOutcome[];
  /** Why "no anomaly" would prove nothing, or less than it seems; a sentence each. */
  readonly problems: readonly string[];
}
