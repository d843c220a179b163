import { mean, sum } from "d3-array";
import { alike } from "./alike.ts";
import { latenciesOf, type MeasuredBlock, wallMs } from "./blocks.ts";
import type { LatencySummary } from "./result.ts";
import { percentile, supportedPercentile } from "./statistics.ts";

/** Every latency of a group, in milliseconds, sorted; thresholds may ask for any percentile of it. */
export interface LatencyGroup extends Pick<
  LatencySummary,
  "variant" | "path" | "workload" | "measured" | "part"
> {
  readonly sorted: Float64Array;
  /** How long this group was under load, without the blocks of others in between. */
  readonly elapsedMs: number;
}

/**
 * Exact latencies of the answered calls of every variant, path and workload: from the rounds and the open loop, and
 * where there were none, from the storms. Calls of an open loop are measured twice: from when they were meant to start,
 * which is what a user waits, and from when they did.
 */
export function latencyGroups(blocks: readonly MeasuredBlock[]): readonly LatencyGroup[] {
  const timed = blocks.filter(({ part, round }) => part !== "storm" && round >= 0);
  const source = timed.length > 0 ? timed : blocks;
  const groups = alike(source, ({ variant, path, workload, part }) => [variant, path, workload, part].join());
  return groups.flatMap(({ first, all }) => groupsOf(first, all));
}

function groupsOf(first: MeasuredBlock, blocks: readonly MeasuredBlock[]): readonly LatencyGroup[] {
  const { variant, path, workload, part } = first;
  const about = { variant, path, workload, part, elapsedMs: sum(blocks, wallMs) };
  const operations = blocks.flatMap((block) => block.operations);
  const response = operations.flatMap(({ outcome, intended, end }) =>
    outcome === "ok" && intended !== null ? [(end - intended) / 1e6] : [],
  );
  const both: readonly LatencyGroup[] = [
    { ...about, measured: "response", sorted: Float64Array.from(response).toSorted() },
    { ...about, measured: "service", sorted: latenciesOf(operations) },
  ];
  return both.filter(({ sorted }) => sorted.length > 0);
}

export function summaryOf({ sorted, elapsedMs, ...about }: LatencyGroup): LatencySummary {
  return {
    ...about,
    count: sorted.length,
    min: percentile(sorted, 0),
    avg: mean(sorted) ?? Number.NaN,
    p50: supportedPercentile(sorted, 0.5),
    p95: supportedPercentile(sorted, 0.95),
    p99: supportedPercentile(sorted, 0.99),
    p999: supportedPercentile(sorted, 0.999),
    max: percentile(sorted, 1),
    perSecond: elapsedMs > 0 ? (sorted.length / elapsedMs) * 1_000 : Number.NaN,
    curve: curveOf(sorted),
  };
}

const pointsPerNine = 10;

/** As far out as there are samples: with a thousand of them, 99.9 % is the greatest. */
function curveOf(sorted: Float64Array): [number, number][] {
  const points = Math.floor(Math.log10(sorted.length) * pointsPerNine + 1e-9) + 1;
  return Array.from({ length: points }, (_, i) => {
    const share = 1 - 10 ** (-i / pointsPerNine);
    return [Number(share.toFixed(8)), Number(percentile(sorted, share).toFixed(3))];
  });
}
