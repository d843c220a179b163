import { ascending, median, quantileSorted } from "d3-array";
import { seededRandom } from "../seeded-random.ts";
import type { RatioEstimate } from "./result.ts";

/** The smallest sample that at least this share of the samples does not exceed; NaN without samples. */
export function percentile(sorted: Float64Array, share: number): number {
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] ?? Number.NaN;
}

/** A percentile with fewer than ten samples above it is a story about these few: it is not told. */
export function supportedPercentile(sorted: Float64Array, share: number): number | null {
  const above = Math.round(sorted.length * (1 - share) * 1e6) / 1e6;
  if (sorted.length === 0 || (share > 0.5 && above < 10)) return null;
  return percentile(sorted, share);
}

export type Pair = readonly [one: number, other: number];

const resamples = 2_000;
/** With five rounds even the interval from the least to the greatest covers the median in less than 95 of 100 cases. */
const leastRounds = 6;

/**
 * How many times as large the first figure is as the second. Compares within rounds only, so that what changes between
 * rounds hits both sides alike; the median, as single rounds go wild, with its 95 % percentile bootstrap. `null` when
 * no round measured both sides.
 */
export function ratioEstimate(
  pairs: readonly Pair[],
  seed: number,
): Pick<RatioEstimate, "estimate" | "low" | "high" | "rounds"> | null {
  const logRatios = pairs
    .filter((pair) => pair.every((figure) => figure > 0 && Number.isFinite(figure)))
    .map(([one, other]) => Math.log(one / other));
  const rounds = logRatios.length;
  if (rounds === 0) return null;
  const estimate = Math.exp(median(logRatios) ?? Number.NaN);
  if (rounds < leastRounds) return { estimate, low: null, high: null, rounds };
  const random = seededRandom(seed, "bootstrap");
  const medians = Array.from({ length: resamples }, () => {
    const drawn = logRatios.map(() => logRatios[random.below(rounds)]);
    return median(drawn) ?? Number.NaN;
  }).toSorted(ascending);
  const end = (share: number): number => Math.exp(quantileSorted(medians, share) ?? Number.NaN);
  return { estimate, low: end(0.025), high: end(0.975), rounds };
}
