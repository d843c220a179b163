import { mean, sum } from "d3-array";
import { FaultName, place } from "../history/history-line.ts";
import type { LatencyGroup } from "../measure/latencies.ts";
import {
  type Anomaly,
  AnomalyName,
  type Contention,
  type FaultOutcome,
  type LatencySummary,
  type RatioEstimate,
  type Second,
  type StressResult,
  type Unit,
} from "../measure/result.ts";
import { percentile, supportedPercentile } from "../measure/statistics.ts";
import type { Tags, Threshold } from "./parse-threshold.ts";

/** All that thresholds are about: the measured part of a result, and every single latency behind it. */
export interface Measured extends Pick<
  StressResult,
  "anomalies" | "controlAnomalies" | "contention" | "faults" | "latencies" | "ratios" | "seconds"
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

interface Metric {
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly aggregates: Readonly<Record<string, Unit>>;
  /** Those that a threshold is about; none where the run did not measure any. */
  readonly figures: (measured: Measured, threshold: Threshold) => readonly Figure[];
}

/** Of each row that has what the tags say, a figure of its own. */
function each<Row extends object>(
  rowsOf: (measured: Measured) => readonly Row[],
  figureOf: (row: Row) => Figure,
): Metric["figures"] {
  return (measured, { tags }) => chosen(rowsOf(measured), tags).map(figureOf);
}

const shapes = { path: place.path.options, workload: place.workload.options };
const group = { variant: place.variant.options, ...shapes };
const counted = { rate: "share", count: "count" } as const;
const compared = { est: "factor", lo: "factor", hi: "factor", contains: "factor" } as const;
const faults = { fault: FaultName.options };
/** `baseline` before the first fault; `fault` while one lasts and until calls are answered again; `healed` otherwise. */
const phases = ["baseline", "fault", "healed"];

export const metrics = {
  latency: {
    tags: { ...group, measured: ["response", "service"] },
    // `p(N)` is any percentile, as in k6.
    aggregates: { avg: "ms", min: "ms", med: "ms", max: "ms", "p(N)": "ms" },
    figures: ({ samples }, { tags, aggregate }) =>
      samplesOf(samples, tags).map((own) => figure(trendOf(own, aggregate), nameOf(own))),
  },
  throughput: {
    tags: group,
    aggregates: { rate: "per-second" },
    figures: each(
      ({ latencies }) => latencies.filter(({ measured }) => measured === "service"),
      (summary) => figure(summary.perSecond, nameOf(summary)),
    ),
  },
  errors: {
    tags: { ...group, phase: phases },
    aggregates: counted,
    figures: (measured, { tags: { phase: asked, ...tags }, aggregate }) =>
      callFigures(chosen(callsOf(asked, measured), tags), aggregate, (row) => row.failed + row.unknown),
  },
  unknown: {
    tags: group,
    aggregates: counted,
    figures: ({ contention }, { tags, aggregate }) =>
      callFigures(chosen(contention, tags), aggregate, ({ unknown }) => unknown),
  },
  contention: {
    tags: group,
    aggregates: {
      contended_keys: "count",
      widest_overlap: "count",
      races_lost: "count",
      certain_keys: "count",
      certain_share: "share",
    },
    figures: contentionFigures,
  },
  anomalies: anomaliesIn(({ anomalies }) => anomalies),
  control_anomalies: anomaliesIn(({ controlAnomalies }) => controlAnomalies),
  recovery: {
    tags: faults,
    aggregates: { max: "ms" },
    // What never healed, a missing index say, has nothing to recover from; what healed and never answered, for ever.
    figures: each((measured) => measured.faults.filter(({ healedAt }) => healedAt !== null), recoveryFigure),
  },
  fault_hits: {
    tags: faults,
    aggregates: { count: "count" },
    figures: each(
      (measured) => measured.faults,
      ({ fault, target, hit }) => figure(hit, `${fault} ${target}`),
    ),
  },
  ratio: {
    tags: shapes,
    aggregates: compared,
    figures: ({ ratios }, { tags, ratio }) => chosen(ratios, { ...tags, ...ratio }).map(ratioFigure),
  },
  aa_ratio: {
    tags: shapes,
    aggregates: compared,
    figures: each(({ ratios }) => ratios.filter(({ of, to }) => of === to), ratioFigure),
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

export function metricOf(name: MetricName): Metric {
  return metrics[name];
}

/** What an aggregate is counted in; `null` where the metric has none of this name. */
export function unitOf(name: MetricName, aggregate: string): Unit | null {
  const { aggregates } = metricOf(name);
  const isPercentile = /^p\(\d{1,2}(\.\d+)?\)$/.test(aggregate);
  return aggregates[isPercentile ? "p(N)" : aggregate] ?? null;
}

function figure(value: number | null, source: string): Figure {
  return { value: value ?? Number.NaN, interval: null, source };
}

function chosen<T extends object>(rows: readonly T[], tags: Tags): readonly T[] {
  return rows.filter((row) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return Object.entries(tags).every(([name, value]) => values.get(name) === value);
  });
}

/** What a user waits is the response time; where an open loop measured it, service time is meant only when asked for. */
function samplesOf(samples: readonly LatencyGroup[], tags: Tags): readonly LatencyGroup[] {
  const matching = chosen(samples, tags);
  if (tags["measured"] !== undefined) return matching;
  const responses = new Set(matching.filter(({ measured }) => measured === "response").map(groupOf));
  return matching.filter((own) => own.measured === "response" || !responses.has(groupOf(own)));
}

const shares: Readonly<Record<string, number>> = { min: 0, med: 0.5, max: 1 };

function trendOf({ sorted }: LatencyGroup, aggregate: string): number | null {
  if (aggregate === "avg") return mean(sorted) ?? null;
  const share = shares[aggregate];
  if (share !== undefined) return percentile(sorted, share);
  return supportedPercentile(sorted, Number(/^p\((.+)\)$/.exec(aggregate)?.[1]) / 100);
}

type Named = Pick<LatencySummary, "variant" | "path" | "workload" | "measured">;

function groupOf({ variant, path, workload }: Named): string {
  return `${variant} ${path} ${workload}`;
}

function nameOf(summary: Named): string {
  return `${groupOf(summary)}${summary.measured === "response" ? " from the intended start" : ""}`;
}

type Calls = Pick<Contention, "operations" | "failed" | "unknown">;

/** Those of a phase are known by the second, of which faults only tell the whole run apart. */
function callsOf(
  phase: string | undefined,
  { contention, seconds, faults: struck }: Measured,
): readonly Calls[] {
  if (phase === undefined) return contention;
  const phaseOf = ({ at }: Second): string => {
    const [begins, ends] = [at * 1e9, at * 1e9 + 1e9];
    if (struck.every(({ injectedAt }) => injectedAt >= ends)) return "baseline";
    const isStruck = struck.some((fault) => fault.injectedAt < ends && recoveredAt(fault) > begins);
    return isStruck ? "fault" : "healed";
  };
  return seconds
    .filter((second) => phaseOf(second) === phase)
    .map((second) => ({ ...second, operations: second.ok + second.failed + second.unknown }));
}

function recoveredAt({ healedAt, recoveryMs }: FaultOutcome): number {
  if (healedAt === null) return Number.POSITIVE_INFINITY;
  return healedAt + (recoveryMs ?? Number.POSITIVE_INFINITY) * 1e6;
}

/** Of no calls at all, nothing is claimed. */
function callFigures(
  rows: readonly Calls[],
  aggregate: string,
  countOf: (row: Calls) => number,
): readonly Figure[] {
  const [part, whole] = [sum(rows, countOf), sum(rows, ({ operations }) => operations)];
  if (whole === 0) return [];
  return [figure(aggregate === "rate" ? part / whole : part, `${part} of ${whole} calls`)];
}

function contentionFigures({ contention }: Measured, { tags, aggregate }: Threshold): readonly Figure[] {
  const rows = chosen(contention, tags);
  if (rows.length === 0) return [];
  const keys = sum(rows, (row) => row.keys);
  const certain = sum(rows, ({ certainKeys }) => certainKeys);
  const figures: Readonly<Record<string, number>> = {
    contended_keys: sum(rows, ({ contendedKeys }) => contendedKeys),
    widest_overlap: Math.max(...rows.map(({ widestOverlap }) => widestOverlap)),
    races_lost: sum(rows, ({ racesLost }) => racesLost),
    certain_keys: certain,
    certain_share: certain / keys,
  };
  return [figure(figures[aggregate] ?? null, `${keys} keys`)];
}

function anomaliesIn(listOf: (measured: Measured) => readonly Anomaly[]) {
  return {
    tags: { ...group, name: AnomalyName.options },
    aggregates: { count: "count" },
    figures(measured, { tags }) {
      const found = chosen(listOf(measured), tags);
      const names = [...new Set(found.map(({ name }) => name))];
      return [figure(found.length, names.join(", ") || "none found")];
    },
  } as const satisfies Metric;
}

/** What the machine was too slow for may or may not have been part of it. */
function recoveryFigure({ fault, target, recoveryMs, slowMs }: FaultOutcome): Figure {
  const recovery = figure(recoveryMs ?? Number.POSITIVE_INFINITY, `${fault} ${target}`);
  if (slowMs === 0 || recoveryMs === null) return recovery;
  const source = `${recovery.source}, while the machine was too slow for ${(slowMs / 1_000).toFixed(1)} s`;
  return { ...recovery, interval: { low: recoveryMs - slowMs, high: recoveryMs }, source };
}

function ratioFigure({ estimate, low, high, rounds, path, workload }: RatioEstimate): Figure {
  const interval = low === null || high === null ? null : { low, high };
  return { value: estimate, interval, source: `${path} ${workload}, ${rounds} rounds` };
}
