import type { RatioEstimate } from "../result/stress-result.ts";
import { seededRandom, type SeededRandom } from "./seeded-random.ts";

/** One round's figures of the two sides. */
export type Pair = readonly [one: number, other: number];

const resamples = 2_000;
/** With five rounds even the interval from the least to the greatest covers the median in less than 95 of 100 cases. */
const leastRounds = 6;

/**
 * How many times as large the first figure is as the second. Compares within rounds only, so that what changes between
 * rounds hits both sides alike; the median, as single rounds go wild. `null` when no round measured both sides.
 */
export function ratioEstimate(
  pairs: readonly Pair[],
  { seed }: { readonly seed: number },
): Pick<RatioEstimate, "estimate" | "low" | "high" | "rounds"> | null {
  const logRatios = Float64Array.from(
    pairs.filter(isMeasured).map(([one, other]) => Math.log(one / other)),
  ).toSorted();
  const rounds = logRatios.length;
  if (rounds === 0) return null;
  const estimate = Math.exp(medianOf(logRatios));
  if (rounds < leastRounds) return { estimate, low: null, high: null, rounds };
  const [low, high] = bootstrapInterval(logRatios, seededRandom(seed, "bootstrap"));
  return { estimate, low: Math.exp(low), high: Math.exp(high), rounds };
}

function isMeasured([one, other]: Pair): boolean {
  return one > 0 && other > 0 && Number.isFinite(one) && Number.isFinite(other);
}

/** The percentile bootstrap, 95 %. */
function bootstrapInterval(sorted: Float64Array, random: SeededRandom): readonly [number, number] {
  const drawn = new Uint32Array(sorted.length);
  const medians = Float64Array.from({ length: resamples }, () => {
    drawn.fill(0);
    for (let draws = 0; draws < sorted.length; draws += 1) {
      const index = random.below(sorted.length);
      drawn[index] = (drawn[index] ?? 0) + 1;
    }
    return medianOfDrawn(sorted, drawn);
  }).toSorted();
  const tail = Math.floor(resamples * 0.025);
  return [medians[tail] ?? Number.NaN, medians[resamples - 1 - tail] ?? Number.NaN];
}

/** How often each value was drawn says as much as the drawn values in order, and needs no sorting. */
function medianOfDrawn(sorted: Float64Array, drawn: Uint32Array): number {
  const upper = Math.floor(sorted.length / 2);
  const lower = sorted.length % 2 === 1 ? upper : upper - 1;
  return (nthDrawn(sorted, drawn, lower) + nthDrawn(sorted, drawn, upper)) / 2;
}

function nthDrawn(sorted: Float64Array, drawn: Uint32Array, rank: number): number {
  let seen = 0;
  for (const [index, times] of drawn.entries()) {
    seen += times;
    if (seen > rank) return sorted[index] ?? Number.NaN;
  }
  return Number.NaN;
}

function medianOf(sorted: Float64Array): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
