import type {
  Anomaly,
  Contention,
  FaultOutcome,
  LatencySummary,
  RatioEstimate,
  Second,
  StressResult,
} from "../measure/result.ts";
import type { LatencyGroup } from "../measure/latencies.ts";
import { supportedPercentile } from "../measure/statistics.ts";
import type { MetricName } from "./metrics.ts";
import type { Tags, Threshold } from "./parse-threshold.ts";

/** All that thresholds are about: the measured part of a result, and every single latency behind it. */
export interface Measured extends Pick<
  StressResult,
  "anomalies" | "controlAnomalies" | "contention" | "faults" | "latencies" | "ratios" | "seconds" | "client"
> {
  readonly samples: readonly LatencyGroup[];
}

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
  latency: ({ tags, aggregate }, { latencies, samples }) =>
    summariesOf(latencies, tags).map((summary) =>
      figure(trendFigure(summary, aggregate, samples), nameOf(summary)),
    ),
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

function trendFigure(
  summary: LatencySummary,
  aggregate: string,
  samples: readonly LatencyGroup[],
): number | null {
  const { min, avg, max, p50, p95, p99, p999 } = summary;
  const named = { min, avg, max, med: p50, "p(50)": p50, "p(95)": p95, "p(99)": p99, "p(99.9)": p999 };
  const known = new Map<string, number | null>(Object.entries(named)).get(aggregate);
  if (known !== undefined) return known;
  const { sorted } =
    samples.find((group) => nameOf(group) === nameOf(summary) && group.part === summary.part) ?? {};
  const percent = Number(/^p\((.+)\)$/.exec(aggregate)?.[1]);
  return sorted === undefined ? null : supportedPercentile(sorted, percent / 100);
}

function groupOf({ variant, path, workload }: Pick<LatencySummary, "variant" | "path" | "workload">): string {
  return `${variant} ${path} ${workload}`;
}

function nameOf(summary: Pick<LatencySummary, "variant" | "path" | "workload" | "measured">): string {
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

function secondsIn(
  phase: string,
  { seconds, faults }: Pick<StressResult, "seconds" | "faults">,
): readonly Second[] {
  const phaseOf = ({ at }: Second): string => {
    const begins = at * 1e9;
    const ends = begins + 1e9;
    if (faults.every(({ injectedAt }) => injectedAt >= ends)) return "baseline";
    return faults.some((fault) => fault.injectedAt < ends && recoveredAt(fault) > begins)
      ? "fault"
      : "healed";
  };
  return seconds.filter((second) => phaseOf(second) === phase);
}

function recoveredAt({ healedAt, recoveryMs }: FaultOutcome): number {
  if (healedAt === null) return Number.POSITIVE_INFINITY;
  return healedAt + (recoveryMs ?? Number.POSITIVE_INFINITY) * 1e6;
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
