/** What the script of the page is given as JSON. Instants are nanoseconds since the run's epoch. */
export interface ReportData {
  readonly faults: readonly FaultBand[];
  readonly seconds: SecondSeries;
  readonly curves: readonly LatencyCurve[];
  readonly keys: readonly KeyTimeline[];
}

export interface FaultBand {
  readonly name: string;
  readonly from: number;
  /** `null`: until the end of the run. */
  readonly to: number | null;
}

/** Points over time, each of `width` seconds. */
export interface SecondSeries {
  readonly width: number;
  readonly groups: readonly SecondGroup[];
}

export interface SecondGroup {
  readonly variant: string;
  readonly path: string;
  readonly at: readonly number[];
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  readonly unknown: readonly number[];
  readonly p50: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

export interface LatencyCurve {
  readonly variant: string;
  readonly path: string;
  readonly workload: string;
  readonly measured: string;
  /** Share of calls below, and milliseconds. */
  readonly points: readonly (readonly [share: number, ms: number])[];
}

export interface KeyTimeline {
  readonly key: string;
  readonly variant: string;
  readonly path: string;
  readonly workload: string;
  readonly participants: string;
  readonly why: "anomaly" | "control" | "contended";
  readonly widest: number;
  readonly total: number;
  readonly anomalies: readonly KeyAnomaly[];
  readonly window: KeyWindow | null;
  /** The start of the first call; the times of operations count from it. */
  readonly origin: number;
  /** What the database held in the end, in words. */
  readonly audit: string | null;
  readonly processes: readonly string[];
  readonly ids: readonly string[];
  readonly errors: readonly string[];
  readonly operations: readonly OperationRow[];
}

export interface KeyAnomaly {
  readonly name: string;
  readonly text: string;
  readonly witnesses: readonly number[];
}

export interface KeyWindow {
  readonly from: number;
  readonly fromOp: number;
  /** `null`: it is open to this side. */
  readonly until: number | null;
  readonly untilOp: number;
}

export type OperationRow = readonly [
  op: number,
  kind: "ensure" | "find" | "resolve" | "merge",
  /** Into `processes`. */
  process: number,
  /** Since the key's `origin`. */
  start: number,
  end: number,
  outcome: "ok" | "fail" | "unknown",
  /** Into `ids`; -1 for none. */
  id: number,
  created: boolean | null,
  asked: number,
  /** Into `errors`; -1 for none. */
  error: number,
];
