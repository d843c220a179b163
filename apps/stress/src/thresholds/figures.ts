import type {
  Anomaly,
  Contention,
  FaultOutcome,
  LatencySummary,
  RatioEstimate,
  StressResult,
} from "../result/stress-result.ts";
import { secondsIn } from "./error-phases.ts";
import type { MetricName } from "./metrics.ts";
import type { Tags, Threshold } from "./threshold.ts";

/** The measured part of a result: all that thresholds are about. */
export type Measured = Omit<StressResult, "verdict" | "reasons" | "thresholds">;

/** One measured number with its uncertainty, where it has one. */
export interface Figure {
  /** NaN where there were too few samples. */
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Whose figure it is. */
  readonly source: string;
}

/** The figures that a threshold is about; none where the run did not measure any. */
export function figuresOf(threshold: Threshold, result: Measured): readonly Figure[] {
  return readers[threshold.metric](threshold, result);
}

type Reader = (threshold: Threshold, result: Measured) => readonly Figure[];

const readers: Readonly<Record<MetricName, Reader>> = {
  latency: ({ tags, aggregate }, { latencies }) =>
    summariesOf(latencies, tags).map((summary) => figure(quantile(summary, aggregate), nameOf(summary))),
  throughput: ({ tags }, { latencies }) =>
    latencies
      .filter((summary) => summary.measured === "service" && matches(summary, tags))
      .map((summary) => figure(summary.perSecond, nameOf(summary))),
  errors: errorFigures,
  unknown: ({ tags, aggregate }, { contention }) => {
    const groups = contention.filter((group) => matches(group, tags));
    return countFigures(aggregate, sumOf(groups, "unknown"), sumOf(groups, "operations"));
  },
  contention: contentionFigures,
  anomalies: ({ tags }, { anomalies }) => anomalyFigures(anomalies, tags),
  control_anomalies: ({ tags }, { controlAnomalies }) => anomalyFigures(controlAnomalies, tags),
  recovery: ({ tags }, { faults }) =>
    faults
      // What never healed, a missing index say, has nothing to recover from; what healed and never answered, for ever.
      .filter((fault) => fault.healedAt !== null && matches(fault, tags))
      .map(recoveryFigure),
  fault_hits: ({ tags }, { faults }) =>
    faults
      .filter((fault) => matches(fault, tags))
      .map(({ fault, target, hit }) => figure(hit, `${fault} ${target}`)),
  client_elu: (_, { client }) => [figure(client.eventLoopUtilization, "the busiest sending process")],
  loop_delay: (_, { client }) => [figure(client.eventLoopDelayP99Ms, "the slowest sending process")],
  dispatch_lag: (_, { client }) => [figure(client.dispatchLagP99Ms, "open loop")],
  ratio: ({ tags, ratio }, { ratios }) =>
    ratios
      .filter((row) => row.metric === ratio?.metric && row.of === ratio.of && row.to === ratio.to)
      .filter((row) => matches(row, tags))
      .map(ratioFigure),
  aa_ratio: ({ tags }, { ratios }) =>
    ratios.filter((row) => row.of === row.to && matches(row, tags)).map(ratioFigure),
};

function figure(value: number | null, source: string): Figure {
  return { value: value ?? Number.NaN, interval: null, source };
}

function matches(row: object, tags: Tags): boolean {
  const values = new Map<string, unknown>(Object.entries(row));
  return Object.entries(tags).every(([name, value]) => values.get(name) === value);
}

/** What a user waits is the response time; where an open loop measured it, service time is meant only when asked for. */
function summariesOf(latencies: readonly LatencySummary[], tags: Tags): readonly LatencySummary[] {
  const matching = latencies.filter((summary) => matches(summary, tags));
  if (tags["measured"] !== undefined) return matching;
  const responses = new Set(
    matching.filter(({ measured }) => measured === "response").map((summary) => groupOf(summary)),
  );
  return matching.filter((summary) => summary.measured === "response" || !responses.has(groupOf(summary)));
}

function quantile(summary: LatencySummary, aggregate: string): number | null {
  const quantiles: Readonly<Record<string, number | null>> = {
    "p(50)": summary.p50,
    med: summary.p50,
    "p(95)": summary.p95,
    "p(99)": summary.p99,
    "p(99.9)": summary.p999,
    max: summary.max,
  };
  return quantiles[aggregate] ?? null;
}

function groupOf({ variant, path, workload }: Pick<LatencySummary, "variant" | "path" | "workload">): string {
  return `${variant} ${path} ${workload}`;
}

function nameOf(summary: LatencySummary): string {
  return `${groupOf(summary)}${summary.measured === "response" ? " from the intended start" : ""}`;
}

function errorFigures({ tags, aggregate }: Threshold, result: Measured): readonly Figure[] {
  const { phase, ...others } = tags;
  if (phase === undefined) {
    const groups = result.contention.filter((group) => matches(group, others));
    const errors = sumOf(groups, "failed") + sumOf(groups, "unknown");
    return countFigures(aggregate, errors, sumOf(groups, "operations"));
  }
  const seconds = secondsIn(phase, result).filter((second) => matches(second, others));
  const errors = seconds.reduce((sum, { failed, unknown }) => sum + failed + unknown, 0);
  return countFigures(aggregate, errors, errors + seconds.reduce((sum, { ok }) => sum + ok, 0));
}

/** Of no calls at all, nothing is claimed. */
function countFigures(aggregate: string, part: number, whole: number): readonly Figure[] {
  if (whole === 0) return [];
  const source = `${part} of ${whole} calls`;
  return [figure(aggregate === "rate" ? part / whole : part, source)];
}

function contentionFigures({ tags, aggregate }: Threshold, { contention }: Measured): readonly Figure[] {
  const groups = contention.filter((group) => matches(group, tags));
  if (groups.length === 0) return [];
  const keys = sumOf(groups, "keys");
  const figures: Readonly<Record<string, number>> = {
    contended_keys: sumOf(groups, "contendedKeys"),
    widest_overlap: Math.max(...groups.map(({ widestOverlap }) => widestOverlap)),
    races_lost: sumOf(groups, "racesLost"),
    certain_keys: sumOf(groups, "certainKeys"),
    certain_share: sumOf(groups, "certainKeys") / keys,
  };
  return [figure(figures[aggregate] ?? null, `${keys} keys`)];
}

type Count = "keys" | "operations" | "unknown" | "failed" | "contendedKeys" | "racesLost" | "certainKeys";

function sumOf(groups: readonly Contention[], count: Count): number {
  return groups.reduce((sum, group) => sum + group[count], 0);
}

function anomalyFigures(anomalies: readonly Anomaly[], tags: Tags): readonly Figure[] {
  const found = anomalies.filter((anomaly) => matches(anomaly, tags));
  const names = [...new Set(found.map(({ name }) => name))];
  return [figure(found.length, names.length === 0 ? "none found" : names.join(", "))];
}

/** What the machine was too slow for may or may not have been part of it. */
function recoveryFigure({ fault, target, recoveryMs, slowMs }: FaultOutcome): Figure {
  const recovery = figure(recoveryMs ?? Number.POSITIVE_INFINITY, `${fault} ${target}`);
  if (slowMs === 0 || recoveryMs === null) return recovery;
  const source = `${recovery.source}, while the machine was too slow for ${(slowMs / 1_000).toFixed(1)} s`;
  return { ...recovery, interval: { low: recoveryMs - slowMs, high: recoveryMs }, source };
}

function ratioFigure(row: RatioEstimate): Figure {
  const { estimate, low, high, rounds, path, workload } = row;
  const interval = low === null || high === null ? null : { low, high };
  return { value: estimate, interval, source: `${path} ${workload}, ${rounds} rounds` };
}
