import { FaultName, Workload } from "../history/history-line.ts";
import { Path, Variant } from "../history/operation.ts";
import { AnomalyName, type Unit } from "../measure/result.ts";

/** `baseline` before the first fault; `fault` while one lasts and until calls are answered again; `healed` otherwise. */
const phases = ["baseline", "fault", "healed"] as const;

/** What can be claimed about: the tags that choose figures, and the aggregates with what they are counted in. */
interface Metric {
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly aggregates: Readonly<Record<string, Unit>>;
}

const group = { variant: Variant.options, path: Path.options, workload: Workload.options };
const ratio = { est: "factor", lo: "factor", hi: "factor", contains: "factor" } as const;
const anomalies = { tags: { ...group, name: AnomalyName.options }, aggregates: { count: "count" } } as const;
/** `p(N)` is any percentile, as in k6. */
const trend = { avg: "ms", min: "ms", med: "ms", max: "ms", "p(N)": "ms" } as const;

export const metrics = {
  latency: { tags: { ...group, measured: ["response", "service"] }, aggregates: trend },
  throughput: { tags: group, aggregates: { rate: "per-second" } },
  errors: { tags: { ...group, phase: phases }, aggregates: { rate: "share", count: "count" } },
  unknown: { tags: group, aggregates: { rate: "share", count: "count" } },
  contention: {
    tags: group,
    aggregates: {
      contended_keys: "count",
      widest_overlap: "count",
      races_lost: "count",
      certain_keys: "count",
      certain_share: "share",
    },
  },
  anomalies,
  control_anomalies: anomalies,
  recovery: { tags: { fault: FaultName.options }, aggregates: { max: "ms" } },
  fault_hits: { tags: { fault: FaultName.options }, aggregates: { count: "count" } },
  client_elu: { tags: {}, aggregates: { value: "share" } },
  loop_delay: { tags: {}, aggregates: { "p(99)": "ms" } },
  dispatch_lag: { tags: {}, aggregates: { "p(99)": "ms" } },
  ratio: { tags: { path: Path.options, workload: Workload.options }, aggregates: ratio },
  aa_ratio: { tags: { path: Path.options, workload: Workload.options }, aggregates: ratio },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

export function metricOf(name: MetricName): Metric {
  return metrics[name];
}

/** What an aggregate is counted in; `null` where the metric has none of this name. */
export function unitOf(name: MetricName, aggregate: string): Unit | null {
  const { aggregates } = metricOf(name);
  const own = aggregates[aggregate];
  if (own !== undefined) return own;
  return /^p\(\d{1,2}(\.\d+)?\)$/.test(aggregate) ? (aggregates["p(N)"] ?? null) : null;
}
