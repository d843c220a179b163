import type { Register } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import type { LatencySummary } from "../result/stress-result.ts";
import { percentile, supportedPercentile } from "./percentile.ts";

export interface LatencyGroup extends Pick<Register, "variant" | "path" | "workload"> {
  /** How long this group was under load, without the blocks of others in between. */
  readonly elapsedMs: number;
}

/**
 * Exact latencies of the answered calls of one group. Calls of an open loop are measured twice: from when they were
 * meant to start, which is what a user waits, and from when they did. Nothing is answered: no summaries.
 */
export function summarizeLatencies(
  operations: Iterable<Operation>,
  group: LatencyGroup,
): readonly LatencySummary[] {
  const service: number[] = [];
  const response: number[] = [];
  for (const { outcome, intended, start, end } of operations) {
    if (outcome !== "ok") continue;
    service.push((end - start) / 1e6);
    if (intended !== null) response.push((end - intended) / 1e6);
  }
  return [...summaryOf(response, "response", group), ...summaryOf(service, "service", group)];
}

function summaryOf(
  latencies: readonly number[],
  measured: LatencySummary["measured"],
  { variant, path, workload, elapsedMs }: LatencyGroup,
): readonly LatencySummary[] {
  if (latencies.length === 0) return [];
  const sorted = Float64Array.from(latencies).toSorted();
  const summary = {
    variant,
    path,
    workload,
    measured,
    count: sorted.length,
    p50: supportedPercentile(sorted, 0.5),
    p95: supportedPercentile(sorted, 0.95),
    p99: supportedPercentile(sorted, 0.99),
    p999: supportedPercentile(sorted, 0.999),
    max: percentile(sorted, 1),
    perSecond: elapsedMs > 0 ? (sorted.length / elapsedMs) * 1_000 : Number.NaN,
    curve: curveOf(sorted),
  };
  return [summary];
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
