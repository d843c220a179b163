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
function bootstrapInterval(logRatios: Float64Array, random: SeededRandom): readonly [number, number] {
  const resample = new Float64Array(logRatios.length);
  const medians = new Float64Array(resamples);
  for (let i = 0; i < resamples; i += 1) {
    for (let j = 0; j < resample.length; j += 1)
      resample[j] = logRatios[random.below(resample.length)] ?? Number.NaN;
    medians[i] = medianOf(resample.toSorted());
  }
  medians.sort();
  const tail = Math.floor(resamples * 0.025);
  return [medians[tail] ?? Number.NaN, medians[resamples - 1 - tail] ?? Number.NaN];
}

function medianOf(sorted: Float64Array): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
