import { FaultName, Workload } from "../history/history-line.ts";
import { Path, Variant } from "../history/operation.ts";
import { AnomalyName, type Unit } from "../result/stress-result.ts";
import { phases } from "./error-phases.ts";

/** What can be claimed about: the tags that choose figures, and the aggregates with what they are counted in. */
interface Metric {
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly aggregates: Readonly<Record<string, Unit>>;
}

const group = { variant: Variant.options, path: Path.options, workload: Workload.options };
const ratio = { est: "factor", lo: "factor", hi: "factor" } as const;
const anomalies = { tags: { ...group, name: AnomalyName.options }, aggregates: { count: "count" } } as const;

export const metrics = {
  latency: {
    tags: { ...group, measured: ["response", "service"] },
    aggregates: { "p(50)": "ms", med: "ms", "p(95)": "ms", "p(99)": "ms", "p(99.9)": "ms", max: "ms" },
  },
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

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metrics, name);
}
