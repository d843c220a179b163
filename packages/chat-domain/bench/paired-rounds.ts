import { median, type Ratio, ratioOf } from "./ratio.ts";

/** One way of doing the same thing. `call` gets a number that is new for every call. */
export interface Variant {
  readonly name: string;
  call(fresh: number): Promise<unknown>;
}

/** Its ratio is that of this variant's p50 to the first variant's p50 of the same round. */
export interface VariantResult extends Ratio {
  readonly name: string;
  /** Median over all calls, in milliseconds. */
  readonly p50: number;
}

export interface RoundsOptions {
  readonly rounds: number;
  readonly callsPerRound: number;
}

/**
 * Runs the variants one after the other in many short rounds, in another order each time, so that a slow second of the
 * machine hits all of them alike; compares within rounds only.
 */
export async function pairedRounds(
  variants: readonly Variant[],
  { rounds, callsPerRound }: RoundsOptions,
): Promise<readonly VariantResult[]> {
  const samples = new Map<Variant, number[][]>(variants.map((variant) => [variant, []]));
  let fresh = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of rotated(variants, round)) {
      const durations: number[] = [];
      for (let call = 0; call < callsPerRound; call += 1) {
        fresh += 1;
        const started = performance.now();
        await variant.call(fresh);
        durations.push(performance.now() - started);
      }
      samples.get(variant)?.push(durations);
    }
  }
  const control = (samples.get(variants[0] as Variant) ?? []).map(median);
  return variants.map((variant) => summarised(variant.name, samples.get(variant) ?? [], control));
}

function summarised(
  name: string,
  rounds: readonly (readonly number[])[],
  control: readonly number[],
): VariantResult {
  const pairs = rounds.map((durations, round) => [median(durations), control[round] ?? Number.NaN] as const);
  return { name, p50: median(rounds.flat()), ...ratioOf(pairs) };
}

/** In another order for each turn. */
export function rotated<T>(values: readonly T[], by: number): readonly T[] {
  const turn = by % values.length;
  return [...values.slice(turn), ...values.slice(0, turn)];
}
