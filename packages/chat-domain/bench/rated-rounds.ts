import { rotated } from "@onechat/testing";
import { median, type Ratio, ratioOf } from "./ratio.ts";

export interface Rated {
  readonly items: number;
  readonly seconds: number;
}

/** One way of doing a job; it may do more or less of it than the others, which are compared by their rates. */
export interface RatedVariant {
  readonly name: string;
  /** Prepares data of its own, does the job, and says how long that part took. */
  run(round: number): Promise<Rated>;
}

/** Its ratio says how many times as fast as this one the first variant was, in the same round. */
export interface RatedResult extends Ratio {
  readonly name: string;
  /** Median over rounds. */
  readonly perSecond: number;
}

/** Runs the variants one after the other in rounds, in another order each time, and compares within rounds only. */
export async function ratedRounds(
  variants: readonly RatedVariant[],
  rounds: number,
  onRun: (line: string) => void,
): Promise<readonly RatedResult[]> {
  const rates = new Map<RatedVariant, number[]>(variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Rates are kept by round, whatever the order within it.
    for (const variant of rotated(variants, round)) {
      const { items, seconds } = await variant.run(round);
      const rate = items / seconds;
      onRun(`round ${round + 1}: ${variant.name}: ${items} in ${seconds.toFixed(2)} s, ${rate.toFixed(0)}/s`);
      rates.get(variant)?.push(rate);
    }
  }
  const subject = rates.get(variants[0] as RatedVariant) ?? [];
  return variants.map((variant) => {
    const own = rates.get(variant) ?? [];
    const pairs = own.map((rate, round) => [subject[round] ?? Number.NaN, rate] as const);
    return { name: variant.name, perSecond: median(own), ...ratioOf(pairs) };
  });
}
