/** One way of doing the same thing. `call` gets a number that is new for every call. */
export interface Variant {
  readonly name: string;
  call(fresh: number): Promise<unknown>;
}

export interface VariantResult {
  readonly name: string;
  /** Median over all calls, in milliseconds. */
  readonly p50: number;
  /** Median over rounds of this variant's p50 by the first variant's p50 of the same round. */
  readonly ratio: number;
  /** 95 % bootstrap interval of `ratio`. */
  readonly interval: readonly [number, number];
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
  const logRatios = rounds.map((durations, round) =>
    Math.log(median(durations) / (control[round] ?? Number.NaN)),
  );
  return {
    name,
    p50: median(rounds.flat()),
    ratio: Math.exp(median(logRatios)),
    interval: bootstrapInterval(logRatios),
  };
}

function bootstrapInterval(values: readonly number[]): readonly [number, number] {
  const medians = Array.from({ length: 2_000 }, () =>
    median(values.map(() => values[Math.floor(Math.random() * values.length)] ?? Number.NaN)),
  ).toSorted((a, b) => a - b);
  return [Math.exp(medians[50] ?? Number.NaN), Math.exp(medians[1_949] ?? Number.NaN)];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function rotated<T>(values: readonly T[], by: number): readonly T[] {
  const turn = by % values.length;
  return [...values.slice(turn), ...values.slice(0, turn)];
}
